"""The judge of words in the benchmark of satisfaction, and a person's three classes, on dialogues made by hand."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from sayagain.turns import Response, Session, Turn

# The benchmark's networks want torch.
pytestmark = pytest.mark.train

ROOT = Path(__file__).parent.parent

GOOD, BAD = "thanks that is perfect", "no that is wrong"


@pytest.fixture
def made(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def rated(made):
    """Forty dialogues of two turns; who is told off rates low."""

    def one(number, said):
        turns = tuple(
            Turn(turn_id=f"{number}/{at}", started=at, request=words, response=Response(text="booked a table"))
            for at, words in enumerate(("find me a table", said))
        )
        return made("uss").Rated(
            session=Session(session_id=str(number), turns=turns),
            ratings=((), (2, 1, 3) if said == BAD else (4, 5, 3)),
            acts=("", ""),
            overall=(),
            domain="MWOZ",
        )

    return [one(number, BAD if number % 4 == 0 else GOOD) for number in range(40)]


@pytest.fixture
def examples(rated):
    numbers = np.array([[np.nan, 1.0], [0.5, 2.0]], np.float32)
    return [{"numbers": numbers} for _ in rated]


def test_words_tell_who_is_not_satisfied(made, rated, examples):
    words = made("uss_words")
    rows = words.Counts(rated, examples)(rated, examples)
    judge = words.Linear(rated[4:], rows[4:])
    (bad_low, bad_class), (good_low, good_class) = judge(rows[:2])
    assert bad_low.shape == (2,)
    assert bad_class.shape == (2, 3)
    assert bad_low[1] > 0.4
    assert good_low[1] < 0.2
    assert bad_class[1, 0] > 2 * good_class[1, 0]
    # Nobody gave a mean of 3.
    assert bad_class[:, 1] == pytest.approx([0, 0])


def test_counts_do_not_look_at_ratings(made, rated, examples):
    words = made("uss_words")
    blind = [made("uss").Rated(one.session, ((), ()), one.acts, (), one.domain) for one in rated]
    seen, unseen = (words.Counts(some, examples)(some, examples) for some in (rated, blind))
    assert all((one != other).nnz == 0 for one, other in zip(seen, unseen, strict=True))


def test_words_never_seen_are_passed_over(made, rated, examples):
    words = made("uss_words")
    counts = words.Counts(rated, examples)
    turn = Turn(turn_id="t", started=0, request="zebra")
    odd = made("uss").Rated(Session(session_id="s", turns=(turn,)), ((1,),), ("",), (), "MWOZ")
    numbers = {"numbers": np.array([[np.nan, np.nan]], np.float32)}
    (row,) = counts([odd], [numbers])
    assert row.shape[0] == 1
    assert np.isfinite(row.toarray()).all()


def test_opinions_are_averaged_as_log_odds(made):
    judge = made("uss_judge")
    low, high = np.array([0.1]), np.array([0.9])
    first, second = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    said = judge._average([(low, first), (high, second)])
    assert said["low"] == pytest.approx([0.5])
    assert said["class"] == pytest.approx(np.array([[0.5, 0.0, 0.5]]))


def test_a_person_is_held_against_the_others_alone(made, rated, capsys):
    three = made("satisfaction")
    classes = {"class": np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])}
    found = three._three_class_figures("MWOZ", [(rated[0], classes)])
    # 2 beside a mean of 2, 1 beside 2.5, 3 beside 1.5: two of three people are right, the judge in all three.
    assert found == {"accuracy3_others": 1.0, "human_accuracy3_others": pytest.approx(2 / 3)}
    assert capsys.readouterr().out == "MWOZ    judge 1.000, person 0.667\n"
