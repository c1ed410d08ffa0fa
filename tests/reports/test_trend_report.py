from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sayagain.labels import Judgement
from sayagain.reports.trend_report import trend_report
from sayagain.turns import AppliedRewrite, Response, Turn, sessions

DAY = 86_400_000
NO = Response(type="error", error_code="no_intent_match")
BERLIN = ZoneInfo("Europe/Berlin")


def at(*when, zone=UTC):
    return round(datetime(*when, tzinfo=zone).timestamp() * 1000)


def turns(count, start, *, failed=0, name="t", **fields):
    return [
        Turn(
            turn_id=f"{name}{number}",
            started=start + number * 400_000,
            request="lamp on",
            user_id="u",
            response=NO if number < failed else None,
            **fields,
        )
        for number in range(count)
    ]


def test_the_last_week_is_compared_with_the_one_before():
    start = at(2026, 3, 1)
    log = [*turns(60, start, failed=30, name="a"), *turns(60, start + 8 * DAY, failed=3, name="b")]
    trend = trend_report(sessions(log), {}, UTC)
    assert (trend.week_before.failed, trend.week.failed, trend.moved) == (30, 3, "down")
    assert trend_report(sessions(log[:60]), {}, UTC).moved is None
    worse = [*turns(60, start, failed=3, name="a"), *turns(60, start + 8 * DAY, failed=30, name="b")]
    assert trend_report(sessions(worse), {}, UTC).moved == "up"


def test_what_learning_judged_counts_before_what_the_assistant_says():
    log = turns(4, at(2026, 3, 1), failed=2)
    judgements = {
        "t0": Judgement(turn_id="t0", p_defect=0.1, defect=False),
        "t3": Judgement(turn_id="t3", p_defect=0.9, defect=True),
    }
    trend = trend_report(sessions(log), judgements, UTC)
    assert (trend.turns, trend.judged, trend.week.failed) == (4, 2, 2)


def test_days_are_those_of_the_home_also_when_the_clocks_change():
    log = [turn for day in range(4) for turn in turns(1, at(2026, 3, 27 + day, 23, 30, zone=BERLIN), name=f"d{day}")]
    days = trend_report(sessions(log), {}, BERLIN).days
    assert [day.start for day in days] == [at(2026, 3, 27 + day, zone=BERLIN) for day in range(4)]
    assert [day.turns for day in days] == [1, 1, 1, 1]
    assert {day.start - before.start for before, day in pairwise(days)} == {DAY, DAY - 3_600_000}


def test_a_day_without_a_turn_is_a_day_and_a_year_is_not_drawn():
    log = [*turns(1, at(2026, 3, 1), name="a"), *turns(1, at(2026, 3, 4), name="b")]
    assert [day.turns for day in trend_report(sessions(log), {}, UTC).days] == [1, 0, 0, 1]
    log = [*turns(1, at(1971, 3, 1), name="a"), *turns(1, at(2026, 3, 4), name="b")]
    assert [day.turns for day in trend_report(sessions(log), {}, UTC).days] == [1, 1]


def test_rewrites_count_by_what_the_user_did_next():
    def applied(arm=None, layer="table"):
        return AppliedRewrite(id="r", source="lamb on", target="lamp on", layer=layer, arm=arm)

    start = at(2026, 3, 1)
    good = turns(3, start, name="g", applied_rewrite=applied())
    bad = turns(1, start + DAY, failed=1, name="b", applied_rewrite=applied())
    alone = turns(2, start + 2 * DAY, failed=2, name="h", applied_rewrite=applied("holdout", "leave"))
    trend = trend_report(sessions([*good, *bad, *alone]), {}, UTC)
    assert (trend.week.rewritten, trend.rewrites.good, trend.rewrites.bad) == (4, 3, 1)
    assert (trend.rewrites.good_alone, trend.rewrites.bad_alone) == (0, 2)


def test_an_empty_log_has_no_days():
    trend = trend_report([], {}, None)
    assert (trend.turns, trend.days, trend.moved) == (0, [], None)
