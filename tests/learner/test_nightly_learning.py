import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain import Learner, Turn
from sayagain.errors import SettingError
from sayagain.learner import nightly_learning as nights
from sayagain.learner.nightly_learning import learn_and_promote, repeat_daily, time_of_day, time_until
from sayagain.turns import Action, Nlu, Response


@pytest.mark.parametrize("text", ["", "3", "24:00", "03:60", "3 pm", "03:00:00", "-1:00"])
def test_what_is_no_time_of_day_is_told(text):
    with pytest.raises(SettingError, match=r"the time of day is .*; expected one such as 03:00"):
        time_of_day(text)


@given(at=st.times().map(lambda t: t.replace(second=0, microsecond=0)), now=st.datetimes())
def test_the_next_time_is_within_a_day_and_never_now(at, now):
    wait = time_until(at, now)
    assert timedelta(0) < wait <= timedelta(days=1)
    assert (now + wait).time() == at


def test_a_night_in_which_the_clocks_change():
    zone = ZoneInfo("Europe/Amsterdam")
    now = datetime(2026, 3, 28, 23, 0, tzinfo=zone)
    assert time_until(time(3), now) == timedelta(hours=4)


def evening(number):
    """It failed, it was said again and it worked."""
    at = 1_790_000_000_000 + number * 86_400_000
    failed = Turn(
        turn_id=f"{number}-a",
        started=at,
        request="turn of the bed light",
        device_id="d",
        nlu=Nlu(intent=""),
        response=Response(type="error", error_code="no_valid_targets"),
    )
    again = Turn(
        turn_id=f"{number}-b",
        started=at + 6_000,
        request="turn off the bed light",
        device_id="d",
        nlu=Nlu(intent="HassTurnOff"),
        response=Response(type="action_done"),
        actions=(Action(target="light.bed_light"),),
    )
    return failed, again


def test_a_first_night_with_nothing_said(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        assert learn_and_promote(learner) == "nothing to learn from yet"


def test_a_release_with_no_sure_gain_is_not_put_into_use(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(evening(0))
        assert "release 1 was not promoted: " in learn_and_promote(learner)
        assert learner.store.release_in_use() is None


def test_after_enough_evenings_the_release_is_put_into_use(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        for number in range(30):
            learner.store.add_turns(evening(number))
        assert learn_and_promote(learner) == "release 1 is in use, learnt from 60 turns"
        decision = learner.rewrite("turn of the bed light", device="d")
        assert decision.text == "turn off the bed light"


def test_every_night_the_work_is_done(monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async def work():
        done.append(True)
        if len(done) == 3:
            raise KeyboardInterrupt

    done = []
    monkeypatch.setattr(nights.asyncio, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(repeat_daily(time(3), work))
    assert len(waits) == 3
    assert all(0 < wait <= 25 * 3600 for wait in waits)
