import pytest

from sayagain.household.replay import Week
from sayagain.household.statistics import measure, word_error_share
from sayagain.household.truth import Truth
from sayagain.turns import Asr, Hypothesis, Interruption, Nlu, Speech, Turn


def _turn(number, heard, *, session="home00-s1", understood=True, cut=False):
    return Turn(
        turn_id=f"home00-{number}",
        started=number,
        request=heard,
        user_id="home00.p1",
        session_id=session,
        asr=Asr(text=heard),
        nlu=Nlu(ranking=(Hypothesis(intent="X" if understood else ""),)),
        speech=Speech(started=number, duration=1),
        interrupted=Interruption(yes=True, by="user") if cut else None,
    )


def _truth(number, said, point, reaction="done"):
    return Truth(turn_id=f"home00-{number}", said=said, kind="light on", failure_point=point, reaction=reaction)


def test_rates_are_those_of_a_log_counted_by_hand():
    turns = (
        _turn(1, "lamb on", understood=False, cut=True),
        _turn(2, "lamp on"),
        _turn(3, "lamp off", session="home00-s2"),
        _turn(4, "over to the news", session="home00-s3", understood=False),
    )
    truths = (
        _truth(1, "lamp on", "asr", "repeat"),
        _truth(2, "lamp on", "correct"),
        _truth(3, "lamp off", "correct", "again"),
        Truth(turn_id="home00-4", said="and over to the news", kind="television", failure_point="false wake"),
    )
    statistics = measure([Week(0, turns, truths)])
    assert (statistics.turns, statistics.users) == (4, 1)
    assert statistics.sessions_a_day == pytest.approx(3 / 7)
    assert statistics.word_error_rate == pytest.approx(1 / 6)
    assert statistics.misheard_rate == 0.25
    assert statistics.no_hypothesis_rate == 0.5
    assert statistics.defect_rate == 0.5
    assert statistics.failure_points == {"asr": 0.25, "correct": 0.5, "false wake": 0.25}
    assert statistics.defects_by_kind == {"light on": (1, 3), "television": (1, 1)}
    assert statistics.reactions_after_defects == {"repeat": 1.0}
    assert statistics.reactions_after_successes == {"done": 0.5, "again": 0.5}
    assert statistics.repeats_after_defects == 0.5
    assert statistics.repeats_after_successes == 0.0
    assert statistics.barge_ins == (0.5, 0.0)


def test_nothing_cannot_be_measured():
    with pytest.raises(ValueError, match="no turns"):
        measure([])


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("stop", "stop", 0),
        ("stop", "", 1),
        ("set the oven to one hundred eighty", "set the oven to 180", 0),
        ("turn on the kids room light", "turn on the kid's room light", 0),
        ("lock the front door", "block front door", 2),
    ],
)
def test_word_errors(said, heard, errors):
    assert word_error_share(said, heard) == (errors, len(said.split()))
