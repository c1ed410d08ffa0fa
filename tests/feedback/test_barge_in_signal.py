import pytest

from sayagain.feedback import barge_in
from sayagain.turns import Hypothesis, Interruption, Response, Session, Speech, Turn

LONG = Speech(started=2_000, duration=6_000)


def find(after=None, request="the weather", **fields):
    turns = [Turn(turn_id="a", started=0, request=request, **fields)]
    if after is not None:
        turns.append(Turn(turn_id="b", started=after, request="something else"))
    return barge_in(Session(session_id="s", turns=tuple(turns)))


def by(who, at=3_000):
    return Interruption(yes=True, by=who, at=at)


@pytest.mark.parametrize(
    ("after", "fields"),
    [
        (None, {"interrupted": by("user"), "speech": LONG}),
        (None, {"interrupted": Interruption(yes=True, by="user")}),
        (3_100, {"interrupted": by(None), "speech": LONG}),
        (3_000, {"interrupted": Interruption(yes=True)}),
        (5_000, {"speech": LONG}),
        (5_000, {"speech": Speech(started=2_000, ended=8_000)}),
        (5_500, {"speech": Speech(started=2_000, ended=5_000, duration=6_000)}),
    ],
)
def test_the_user_cut_in(after, fields):
    (signal,) = find(after, **fields)
    assert (signal.turn_id, signal.kind, signal.positive) == ("a", "barge-in", False)
    assert signal.strength > 0


@pytest.mark.parametrize(
    ("after", "fields"),
    [
        (3_100, {"interrupted": by("assistant"), "speech": LONG}),
        (3_100, {"interrupted": by("other"), "speech": LONG}),
        (None, {"interrupted": by(None), "speech": LONG}),
        (60_000, {"interrupted": by(None), "speech": LONG}),
        (5_000, {"interrupted": Interruption(yes=False), "speech": LONG}),
        (9_000, {"speech": LONG}),
        (7_800, {"speech": LONG}),
        (9_000, {"speech": Speech(started=2_000, ended=5_000, duration=6_000)}),
        (5_000, {"speech": Speech()}),
        (5_000, {}),
    ],
)
def test_nobody_cut_in(after, fields):
    assert find(after, **fields) == []


def test_the_less_was_heard_the_stronger():
    strengths = [find(interrupted=by("user", at), speech=LONG)[0].strength for at in (2_000, 4_000, 6_000, 8_000)]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == 1
    assert 0 < strengths[-1] < 0.5


def test_the_length_of_an_answer_is_guessed_from_its_words():
    began = Speech(started=2_000)
    short_answer = find(interrupted=by("user"), speech=began, response=Response(text="It is sunny"))
    long_answer = find(interrupted=by("user"), speech=began, response=Response(text="It is sunny, " * 10))
    assert long_answer[0].strength > short_answer[0].strength


@pytest.mark.parametrize(
    "fields",
    [
        {"response": Response(text="x", acts=(Hypothesis(intent="offer"),))},
        {"response": Response(text="Which of them?", type="question")},
        {"request": "play the news"},
    ],
)
def test_cutting_in_where_it_is_natural_is_weaker(fields):
    plain = find(interrupted=by("user"), speech=LONG, response=Response(text="x"))
    natural = find(interrupted=by("user"), speech=LONG, **fields)
    assert natural[0].strength < plain[0].strength


def test_a_long_answer_heard_for_long_is_weaker_than_its_share_says():
    minute = Speech(started=2_000, duration=60_000)
    early, late = (find(interrupted=by("user", at), speech=minute)[0].strength for at in (9_900, 10_100))
    assert late < early * 0.6
