import pytest

from sayagain.failures import Isolation
from sayagain.reports.failure_report import failure_report
from sayagain.turns import Hypothesis, Nlu, Turn

DAY = 86_400_000


def isolated(number, stage, *, at=10 * DAY, words="Lamp on!", p=0.8, **fields):
    turn = Turn(turn_id=f"t{number:03}", started=at, request=words, **fields)
    rest = {} if stage == "correct" else {"correct": 1 - p}
    return turn, Isolation(turn_id=turn.turn_id, stage=stage, probabilities={stage: p, **rest})


def report(turns, *, since=7 * DAY, by="stage", limit=10, remedy=lambda turn, stage: f"{stage} {turn.turn_id}"):
    return failure_report(turns, since=since, until=14 * DAY, is_cut=False, judged=0, by=by, limit=limit, remedy=remedy)


def test_stages_are_counted_over_all_turns_with_an_interval():
    turns = [isolated(n, "asr" if n < 10 else "nlu" if n < 14 else "correct") for n in range(100)]
    found = report(turns)
    assert (found.turns, found.failed) == (100, 14)
    assert [(group.name, group.failed, group.turns) for group in found.groups[:2]] == [
        ("asr", 10, 100),
        ("nlu", 4, 100),
    ]
    asr = found.groups[0]
    assert asr.share == pytest.approx(0.1)
    # Wilson 1927 for 10 of 100.
    assert (round(asr.low, 4), round(asr.high, 4)) == (0.0552, 0.1744)
    assert asr.earlier is None


@pytest.mark.parametrize(("now", "before", "moved"), [(30, 5, "up"), (5, 30, "down"), (12, 10, None), (0, 0, None)])
def test_a_share_that_moves_by_more_than_chance_is_flagged(now, before, moved):
    turns = [isolated(n, "result" if n < now else "correct") for n in range(100)]
    turns += [isolated(200 + n, "result" if n < before else "correct", at=DAY) for n in range(100)]
    result = next(group for group in report(turns).groups if group.name == "result")
    assert result.moved == moved
    assert result.earlier == before / 100
    assert result.turns == 100


def test_one_request_is_one_cause_however_often_it_fails():
    turns = [
        isolated(1, "asr", at=10 * DAY, user_id="a"),
        isolated(2, "asr", at=11 * DAY, words="lamp on", user_id="b", p=0.6),
        isolated(3, "asr", at=12 * DAY, words="LAMP ON"),
        isolated(4, "nlu", at=12 * DAY, words="lamp on"),
        isolated(5, "correct", at=12 * DAY, words="lamp on"),
    ]
    first, second = report(turns).causes
    assert (first.words, first.stage, first.times, first.users) == ("lamp on", "asr", 3, 3)
    assert first.examples == ["t003", "t002", "t001"]
    assert first.probability == pytest.approx((0.8 + 0.6 + 0.8) / 3)
    assert first.remedy == "asr t003"
    assert second.stage == "nlu"
    assert len(report(turns, limit=1).causes) == 1


def test_what_failed_before_the_period_is_no_cause():
    assert report([isolated(1, "asr", at=DAY)]).causes == []


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("device", ["d1", "unknown"]),
        ("room", ["kitchen", "unknown"]),
        ("intent", ["On", "nothing understood"]),
        ("language", ["de", "unknown"]),
    ],
)
def test_groups_of_other_kinds_count_their_own_turns(by, names):
    known = {
        "device_id": "d1",
        "area": "kitchen",
        "language": "de-DE",
        "nlu": Nlu(ranking=(Hypothesis(intent="On"),)),
    }
    unknown = {"nlu": Nlu(ranking=(Hypothesis(intent=""),))} if by == "intent" else {}
    turns = [isolated(n, "asr" if n < 2 else "correct", **known) for n in range(4)]
    turns += [isolated(9, "result", **unknown)]
    groups = report(turns, by=by).groups
    assert [group.name for group in groups] == names
    assert [(group.failed, group.turns) for group in groups] == [(2, 4), (1, 1)]
    assert groups[0].stages == {"asr": 2}
