"""Older turns counted by SQL over Parquet give the counts that the same turns give in memory."""

import itertools
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from sayagain.errors import ReleaseError
from sayagain.formats import turns_to_parquet
from sayagain.labels import infer_labels
from sayagain.learning.count import count
from sayagain.learning.history import LogHistory, log_history
from sayagain.learning.learn import LearnSettings, read_log
from sayagain.rewriting.own import PersonalRequests, add_personal
from sayagain.rewriting.table import transcripts
from sayagain.turns import (
    Action,
    AppliedRewrite,
    Asr,
    AsrHypothesis,
    FeedbackReport,
    Hypothesis,
    Nlu,
    Response,
    Slot,
    Speech,
    Turn,
    fitting_unit,
    privacy_units,
)

DAY = 86_400_000
ROOMS = ("kitchen", "office", "attic", "Café No. 5", "hall\x1f'x")
SETTINGS = LearnSettings(min_users=1)


def nbest(heard, step):
    confidences = {heard: 0.7, f"{heard} now": 0.2 + step / 10, heard.upper(): 0.1}
    return tuple(AsrHypothesis(text=text, confidence=confidence) for text, confidence in confidences.items())


def log(days=4, users=7, **changes):
    """Requests of some users for the lights of rooms: understood, misheard and said again, taught, rewritten."""
    turns = []
    for day, user, step in itertools.product(range(days), range(users), range(6)):
        n = len(turns)
        room = ROOMS[(day + user + step) % len(ROOMS)]
        misheard = (n * 7) % 3 == 0
        heard = f"light on in the {room}" if not misheard else f"light on in a {room[:-1]}"
        on = Hypothesis(intent="on", domain="home", slots=(Slot("area", room), Slot("name", f"{room} light")))
        fields = {
            "asr": Asr(text=heard, nbest=nbest(heard, step)),
            "nlu": Nlu(ranking=(Hypothesis(intent=""),) if misheard else (on,)),
            "response": Response(text="Sorry." if misheard else "Done.", type="error" if misheard else "action_done"),
            "actions": () if misheard else (Action(target="light", ok=n % 5 != 0),),
            "user_id": None if n % 11 == 0 else f"u{user}",
            "device_id": f"d{user % 3}",
            "language": ("en", "en-GB", "de", None)[n % 4],
        }
        if n % 13 == 0:
            layer = ("taught", "table", "teaching", "leave")[n // 13 % 4]
            fields["applied_rewrite"] = AppliedRewrite(id="r", source=f"{heard} x", target=heard, layer=layer)
        if n % 9 == 0:
            fields["feedback"] = (FeedbackReport(kind="thumbs", value=float(n % 2)),)
        if n % 8 == 0:
            fields["home"] = f"home {user % 2}"
        if n % 10 == 0:
            fields["session_id"] = f"session of {user} on {day}"
        started = (day + 1) * DAY - 90_000 + user * 5_000 + (0, 9_000, 35_000, 120_000, 460_000, 465_000)[step]
        # A long answer goes on until less than a session's gap before the next request, for some.
        fields["speech"] = Speech(started=started + 500, ended=started + (60_000 if step == 3 and user % 2 else 2_000))
        turns.append(Turn(turn_id=f"{n:04}", started=started, request=heard, **(fields | changes)))
    return turns


@pytest.fixture
def history(tmp_path):
    """Open the history of some turns, in files by day."""
    opened = []

    def open_history(turns, *, anonymous="one", memory="500MB"):
        by_day = defaultdict(list)
        for turn in turns:
            by_day[turn.started // DAY].append(turn)
        files = []
        for day, of_day in sorted(by_day.items()):
            files.append(tmp_path / f"{day}.parquet")
            if not files[-1].exists():
                turns_to_parquet(files[-1], of_day)
        gap = SETTINGS.session_gap
        opened.append(LogHistory(files, tmp_path / "h", memory=memory, session_gap=gap, anonymous=anonymous))
        return opened[-1]

    yield open_history
    for each in opened:
        each.__exit__()


def close(one, other):
    """Whether two records are equal but for the last digits; uses of the same weight stand in any order."""
    if isinstance(one, msgspec.Struct):
        return close(msgspec.to_builtins(one), msgspec.to_builtins(other))
    if isinstance(one, dict):
        if "uses" in one and isinstance(one["uses"], list):
            one, other = (
                {**row, "uses": sorted(row["uses"], key=lambda use: str(use["reading"]))} for row in (one, other)
            )
        return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(close, one, other))
    return one == pytest.approx(other, abs=1e-6) if isinstance(one, float) else one == other


def tables(counted):
    """All that a release shows of the counts, for one user and for two behind each entry."""
    return {
        (code, min_users): {
            "table": part.table.rows(min_users),
            "priors": part.priors.tables(min_users),
            "wordings": part.wordings.table(min_users),
            "surfaces": part.surfaces.table(min_users),
            "frequencies": part.frequencies(min_users),
            "names": part.known_names(min_users),
        }
        for code, part in counted.parts.items()
        for min_users in (1, 2)
    }


def in_memory(sessions, anonymous="one"):
    units = privacy_units(sessions, anonymous)
    return count([(session, infer_labels(session)) for session in sessions], units=units)


def by_steps(history, latest, anonymous="one", min_users=1):
    older = history.count(latest, min_users=min_users)
    units = older.units() | privacy_units(latest, anonymous)
    return older, count([(session, infer_labels(session)) for session in latest], units=units, older=older)


@pytest.mark.parametrize("share", [0.1, 0.6])
@pytest.mark.parametrize(
    ("anonymous", "changes"),
    [
        ("one", {}),
        ("device", {"home": None}),
        ("one", {"user_id": None}),
        ("one", {"language": None}),
        ("one", {"nlu": None, "actions": ()}),
        ("one", {"asr": None, "session_id": None}),
    ],
)
def test_older_turns_count_as_in_memory(history, share, anonymous, changes):
    turns = log(**changes)
    sessions = read_log(turns, msgspec.structs.replace(SETTINGS, anonymous=anonymous))
    latest = sessions[round(len(sessions) * (1 - share)) :]
    expected = in_memory(sessions, anonymous)
    older, counted = by_steps(history(turns, anonymous=anonymous), latest, anonymous)
    assert older.turns + sum(len(session.turns) for session in latest) == sum(
        len(session.turns) for session in sessions
    )
    assert counted.parts.keys() == expected.parts.keys()
    assert close(tables(counted), tables(expected))
    for session in latest:
        for text in {text for turn in session.turns for text, _ in transcripts(turn)}:
            unit = fitting_unit(session)
            assert close(counted.table.row(text, unit), expected.table.row(text, unit)), (text, unit)


def test_what_each_user_does_counts_as_in_memory(history):
    turns = log()
    sessions = read_log(turns, SETTINGS)
    latest = sessions[-8:]
    older, counted = by_steps(history(turns), latest)
    expected, given = {}, {}
    for session in sessions[:-8]:
        if session.user_id:
            own = expected.setdefault(session.user_id, PersonalRequests(uses={}))
            add_personal(own, session, infer_labels(session), counted.others)
    older.add_personal(given, lambda code: code if code in counted.others else None)
    assert len(given) > 3
    assert close(given, {user: own for user, own in expected.items() if own.uses or own.others})


def test_turns_of_an_earlier_session_that_goes_on_are_named(history):
    turns = log()
    sessions = read_log(turns, SETTINGS)
    older, _ = by_steps(history(turns), sessions[10:])
    expected = {t.turn_id for s in sessions[:10] for t in s.turns if t.started >= sessions[10].turns[0].started}
    assert expected
    assert older.late_turns == expected


def test_what_one_user_said_counts_only_if_it_was_said_lately(history):
    secret = [
        Turn(turn_id=f"s{n}", started=DAY + n * 400_000, request=words, user_id="u1", language="en")
        for n, words in enumerate(["my secret", "lately said too", "my secret", "lamp"])
    ]
    turns = [*log(), *secret]
    latest = read_log([*log()[-30:], msgspec.structs.replace(secret[1], turn_id="z", started=5 * DAY)], SETTINGS)
    _, counted = by_steps(history(turns), latest, min_users=2)
    assert counted.table.row("my secret") is None
    assert counted.table.row("lately said too").heard == 2
    # Everybody's words are there, from both parts.
    assert counted.table.row("light on in the kitchen").users > 2


def test_many_users_are_counted_in_groups_and_no_turn_is_lost(history, monkeypatch):
    monkeypatch.setattr(log_history, "MOST_GROUPS", 3)
    turns = log(users=30, home=None)
    sessions = read_log(turns, SETTINGS)
    latest = [session for session in sessions if session.user_id == "u1"][-2:]
    older, counted = by_steps(history(turns), latest)
    cut = (latest[0].turns[0].started, latest[0].turns[0].turn_id)
    before = [session for session in sessions if (session.turns[0].started, session.turns[0].turn_id) < cut]
    row, expected = (each.table.row("light on in the kitchen") for each in (counted, in_memory([*before, *latest])))
    assert row.heard == expected.heard > 20
    # Three groups, the user of the latest sessions, and all unknown speakers.
    assert row.users <= 5 < expected.users
    assert older.strangers > 20


def test_the_same_files_are_not_read_again_and_a_new_day_alone_is(history):
    turns = log()
    sessions = read_log(turns, SETTINGS)
    first_days = [turn for turn in turns if turn.started < 3 * DAY]
    history(first_days).count(read_log(first_days, SETTINGS)[-5:], min_users=1)
    older = history(turns).count(sessions[-5:], min_users=1)
    worked = [step.step for step in older.steps if step.seconds]
    read = sum(step.step == "turns" for step in older.steps)
    assert 0 < worked.count("turns") < read
    again = history(turns).count(sessions[-5:], min_users=1)
    assert [step.step for step in again.steps if step.seconds] == []
    assert [step.rows for step in again.steps] == [step.rows for step in older.steps]


def test_a_file_that_changed_is_read_anew_and_counts_once(history, tmp_path):
    turns = log()
    sessions = read_log(turns, SETTINGS)
    history(turns[1:]).count(read_log(turns[1:], SETTINGS)[-8:], min_users=1)
    for path in tmp_path.glob("*.parquet"):
        path.unlink()
    _, counted = by_steps(history(turns), sessions[-8:])
    assert close(tables(counted), tables(in_memory(sessions)))
    assert len(list(tmp_path.glob("h/steps-*/turns/*.parquet"))) == len(list(tmp_path.glob("*.parquet")))


@pytest.mark.parametrize("step", ["contents", "sessions", "labels", "uses"])
def test_a_killed_step_is_run_again_and_the_counts_are_whole(history, step, monkeypatch):
    turns = log()
    sessions = read_log(turns, SETTINGS)
    rename = Path.replace

    def die(draft, path):
        if step in (path.stem, path.parent.name):
            raise KeyboardInterrupt
        return rename(draft, path)

    with monkeypatch.context() as patch:
        # Killed when all is written, and nothing says yet that it is.
        patch.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            history(turns).count(sessions[-8:], min_users=1)
    _, counted = by_steps(history(turns), sessions[-8:])
    assert close(tables(counted), tables(in_memory(sessions)))


def test_too_little_memory_is_said_in_one_sentence(history):
    turns = log(days=2)
    with pytest.raises(ReleaseError, match=r"the step .* over older turns failed"):
        history(turns, memory="1KB").count(read_log(turns, SETTINGS)[-5:], min_users=1)
