"""The linear model of words in the benchmark of satisfaction, and annotators' three classes, on small dialogues."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from sayagain.turns import Response, Session, Turn

# The benchmark's networks need torch.
pytestmark = pytest.mark.train

ROOT = Path(__file__).parent.parent

GOOD, BAD = "thanks that is perfect", "no that is wrong"


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def rated(load):
    """Forty dialogues of two turns; users who complain give low ratings."""

    def dialogue(number, second_request):
        turns = tuple(
            Turn(turn_id=f"{number}/{index}", started=index, request=words, response=Response(text="booked a table"))
            for index, words in enumerate(("find me a table", second_request))
        )
        return load("uss").Rated(
            session=Session(session_id=str(number), turns=turns),
            ratings=((), (2, 1, 3) if second_request == BAD else (4, 5, 3)),
            acts=("", ""),
            overall=(),
            domain="MWOZ",
        )

    return [dialogue(number, BAD if number % 4 == 0 else GOOD) for number in range(40)]


@pytest.fixture
def examples(rated):
    numbers = np.array([[np.nan, 1.0], [0.5, 2.0]], np.float32)
    return [{"numbers": numbers} for _ in rated]


def test_words_tell_who_is_not_satisfied(load, rated, examples):
    words = load("uss_words")
    rows = words.Counts(rated, examples)(rated, examples)
    judge = words.Linear(rated[4:], rows[4:])
    (bad_low, bad_class), (good_low, good_class) = judge(rows[:2])
    assert bad_low.shape == (2,)
    assert bad_class.shape == (2, 3)
    assert bad_low[1] > 0.4
    assert good_low[1] < 0.2
    assert bad_class[1, 0] > 2 * good_class[1, 0]
    # No turn has a mean of 3.
    assert bad_class[:, 1] == pytest.approx([0, 0])


def test_counts_do_not_look_at_ratings(load, rated, examples):
    words = load("uss_words")
    unrated = [load("uss").Rated(dialogue.session, ((), ()), dialogue.acts, (), dialogue.domain) for dialogue in rated]
    rated_rows, unrated_rows = (
        words.Counts(dialogues, examples)(dialogues, examples) for dialogues in (rated, unrated)
    )
    assert all(
        (rated_row != unrated_row).nnz == 0 for rated_row, unrated_row in zip(rated_rows, unrated_rows, strict=True)
    )


def test_words_never_seen_are_passed_over(load, rated, examples):
    words = load("uss_words")
    counts = words.Counts(rated, examples)
    turn = Turn(turn_id="t", started=0, request="zebra")
    unknown_words = load("uss").Rated(Session(session_id="s", turns=(turn,)), ((1,),), ("",), (), "MWOZ")
    numbers = {"numbers": np.array([[np.nan, np.nan]], np.float32)}
    (row,) = counts([unknown_words], [numbers])
    assert row.shape[0] == 1
    assert np.isfinite(row.toarray()).all()


def test_opinions_are_averaged_as_log_odds(load):
    judge = load("uss_judge")
    low, high = np.array([0.1]), np.array([0.9])
    first, second = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    average = judge._average([(low, first), (high, second)])
    assert average["low"] == pytest.approx([0.5])
    assert average["class"] == pytest.approx(np.array([[0.5, 0.0, 0.5]]))


def test_a_person_is_held_against_the_others_alone(load, rated, capsys):
    satisfaction = load("satisfaction")
    classes = {"class": np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])}
    figures = satisfaction._three_class_figures("MWOZ", [(rated[0], classes)])
    # Ratings 2, 1, 3 against means 2, 2.5, 1.5 of the others: two of three annotators are right, the judge always.
    assert figures == {"accuracy3_others": 1.0, "human_accuracy3_others": pytest.approx(2 / 3)}
    assert capsys.readouterr().out == "MWOZ    judge 1.000, person 0.667\n"
