"""A log that is larger than `in_memory` is learnt from its latest turns and from counts of the older ones."""

import shutil
import threading
import time

import msgspec
import pytest

from sayagain import Learner
from sayagain.learner import day_files, log_window
from sayagain.learner.learn_release import learn_settings
from sayagain.learner.log_window import read_window
from sayagain.releases.contents import open_contents
from sayagain.turns import Action, Hypothesis, Nlu, Slot, Turn

DAY = 86_400_000
FIRST = 20_000 * DAY


def turn(n, day, request="light on in the kitchen", **fields):
    intent = Hypothesis(intent="on", slots=(Slot("area", "kitchen"),))
    user = fields.pop("user_id", f"u{n % 7}")
    return Turn(
        turn_id=f"{n}.{day}",
        started=FIRST + day * DAY + n * 400_000,
        request=request,
        user_id=user,
        language="en",
        nlu=Nlu(ranking=(intent,)),
        actions=(Action(target="light"),),
        **fields,
    )


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db", in_memory=50, recent=40) as opened:
        opened.store.add_turns(turn(n, day) for day in range(20) for n in range(10))
        yield opened


def window(learner, **times):
    with read_window(learner.store, learner.settings, learn_settings(learner.settings), **times) as read:
        return read


def steps_run(read):
    return [step.step for step in read.older.steps if step.seconds]


def files(learner):
    return [path for path in learner.settings.history_folder.rglob("*") if path.is_file()]


def test_each_turn_is_in_memory_or_counted(learner):
    read = window(learner)
    assert [turn.turn_id for turn in read.turns] == [f"{n}.{day}" for day in range(16, 20) for n in range(10)]
    assert read.older.turns == 160
    assert read.older.since == FIRST


def test_a_session_that_goes_on_after_midnight_is_in_one_of_both(learner):
    # Its first turn is older than the latest forty.
    long = [turn(n, 15 + n, user_id="long", session_id="long") for n in range(2)]
    learner.store.add_turns(msgspec.structs.replace(turn, turn_id=f"long {n}") for n, turn in enumerate(long))
    read = window(learner)
    assert read.older.turns + len(read.turns) == learner.store.count()
    assert "long 1" in {turn.turn_id for turn in learner.store.turns(since=read.turns[0].started)}
    assert not any(turn.session_id == "long" for turn in read.turns)


def test_a_small_log_is_in_memory_whole_and_so_is_every_log_without_the_extra(learner, monkeypatch):
    small = msgspec.structs.replace(learner.settings, in_memory=200)
    with read_window(learner.store, small, learn_settings(small)) as read:
        assert (len(read.turns), read.older.turns) == (200, 0)
    monkeypatch.setattr(log_window, "find_spec", lambda _: None)
    assert (len(window(learner).turns), window(learner).older.turns) == (200, 0)
    assert files(learner) == []


def test_a_release_tells_of_the_whole_log_and_of_the_steps(learner):
    manifest = learner.learn().manifest
    assert manifest.counts["turns"] == 200
    assert manifest.counts["judged"] == 40
    assert manifest.counts["users"] == 7
    assert (manifest.log_since, manifest.log_until) == (FIRST, FIRST + 19 * DAY + 9 * 400_000)
    steps = msgspec.json.decode((learner.settings.history_folder / "steps.json").read_bytes())
    assert {"turns", "sessions", "labels", "uses"} <= {step["step"] for step in steps}
    assert all(step["rows"] >= 0 and step["seconds"] >= 0 and step["bytes"] > 0 for step in steps)


def test_the_same_log_gives_the_same_release_whatever_was_kept(learner):
    first = learner.learn().manifest
    again = learner.learn().manifest
    shutil.rmtree(learner.settings.history_folder)
    assert first == again == learner.learn().manifest


def test_what_older_turns_say_is_in_the_release(learner):
    learner.store.add_turns(turn(n, 0, request="lamp please", user_id=f"old {n % 3}") for n in range(10, 30))
    table = open_contents(learner.learn()).table
    assert table["lamp please"].heard == 20
    assert table["lamp please"].users == 3
    assert table["light on in the kitchen"].heard == 200


def test_the_next_night_reads_the_new_days_alone(learner):
    window(learner)
    learner.store.add_turns(turn(n, day) for day in (20, 21) for n in range(10))
    steps = steps_run(window(learner))
    # Days of the last week may still get feedback, so they are read again; the fifteen days before are not.
    assert 0 < steps.count("turns") < 10
    assert steps.count("sessions") == 1


def test_turns_that_arrive_late_on_an_old_day_are_counted(learner):
    assert window(learner).older.turns == 160
    learner.store.add_turns([turn(99, 2)])
    assert window(learner).older.turns == 161


def test_who_is_forgotten_is_gone_from_the_history(learner):
    learner.learn()
    assert files(learner)
    learner.forget("u3")
    assert files(learner) == []
    read = window(learner)
    assert read.older.turns + len(read.turns) == learner.store.count() < 200


def test_a_history_of_a_killed_erasure_is_deleted_when_the_database_is_opened(learner):
    window(learner)
    learner.store.forget_user("u3")
    with Learner(learner.settings.db):
        assert files(learner) == []


def test_what_is_not_ours_in_a_folder_of_that_name_stays(learner):
    window(learner)
    (learner.settings.history_folder / "mine.txt").write_text("mine", encoding="utf-8")
    learner.forget("u3")
    assert [path.name for path in files(learner)] == ["mine.txt"]


def test_expired_days_and_what_was_derived_from_them_are_deleted(learner):
    window(learner)
    age = (time.time_ns() // 1_000_000 - FIRST) // DAY
    with Learner(learner.settings.db, keep_days=max(1, age - 5)) as later:
        assert later.store.count() < 200
        kept = files(later)
        assert kept
        assert all(path.parent.name != "turns" for path in kept)
        assert all(int(path.stem) * DAY > FIRST + 3 * DAY for path in kept if path.parent.name == "days")


def test_a_release_in_use_is_learnt_again_without_who_is_forgotten(learner):
    learner.promote(learner.learn(), force=True)
    report = learner.forget("u3")
    assert (report.learnt_again, report.remains) == (1, [])
    assert learner.release(1).manifest.counts["turns"] == learner.store.count()


def test_the_one_in_use_is_tried_on_the_same_turns(learner):
    learner.promote(learner.learn(), force=True)
    learner.store.add_turns(turn(n, 20) for n in range(10))
    report = learner.evaluate(learner.learn())
    assert report.in_use_result.tally.turns == report.result.tally.turns == 8


def test_two_learners_do_not_take_each_others_files(learner):
    settings = learner.settings
    order = []
    with day_files.hold_history(learner.store, settings.history_folder):

        def wait():
            with Learner(settings.db) as other, day_files.hold_history(other.store, settings.history_folder):
                order.append("second")

        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
