"""Forgetting a user leaves nothing of the user in any file, whatever is killed meanwhile, and harms nobody else."""

import json
import subprocess
import sys
import time

import msgspec
import pytest

from sayagain import Learner
from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.errors import ReleaseError, TurnError
from sayagain.learner import release_loop
from sayagain.learner.learn_release import learn_release
from sayagain.learning.learn import settings_of
from sayagain.releases.erasure import has_personal
from sayagain.releases.release import hold_drafts, list_releases, open_release
from sayagain.store import Erasure, user_code
from sayagain.store.turn_spool import spool_path
from sayagain.turns import AppliedRewrite, Asr, AsrHypothesis, FeedbackReport, Hypothesis, Nlu, Slot, Turn

START = 1_767_225_600_000
ANN = "ann-zephyr"
SECRETS = ("xylophone", "quagmire", ANN)
"""What only Ann says, what she and one other say, who she is."""


def secret_turns(worlds, user, *, visits=8):
    """A user who says what few others do, again and again, in every way that is learnt from."""
    own = Hypothesis(intent="remind", slots=(Slot("what", "xylophone"),))
    shared = Hypothesis(intent="remind", slots=(Slot("what", "quagmire"),))
    said = [
        ("remind me of the quagmires", None),
        ("remind me of the quagmire", shared),
        ("turn off the lamp", worlds.light_off),
    ]
    if user == ANN:
        said += [("remind me of the xylophones", None), ("remind me of the xylophone", own)]
    return [
        worlds.turn(
            f"{user}-{visit}-{place}",
            words,
            START + (visit + 1) * 90_000_000 + place * 6_000,
            user_id=user,
            nlu=Nlu(ranking=(hypothesis,)) if hypothesis is not None else None,
            response=worlds.done if hypothesis is not None else worlds.lost,
            asr=Asr(nbest=(AsrHypothesis(text=words),)),
        )
        for visit in range(visits)
        for place, (words, hypothesis) in enumerate(said)
    ]


def planted(worlds, db):
    """A database whose release 1 is of others alone, whose 2 and 3 hold Ann, and whose 3 is in use."""
    with Learner(db, holdout=0) as learner:
        log = [msgspec.structs.replace(turn, started=START + turn.started) for turn in worlds.misheard(users=20)]
        learner.store.add_turns([turn for turn in log if turn.started < START + 40_000_000])
        learner.learn()
        learner.store.add_turns(log + secret_turns(worlds, ANN) + secret_turns(worlds, "bob"))
        learner.learn()
        learner.promote(learner.learn(), force=True)
        learner.teach("xylophone mode", means="turn off the lamp", user=ANN)
        learner.feedback(f"{ANN}-0-0", FeedbackReport(kind="correction", text="quagmire", at=START))


@pytest.fixture(scope="module")
def template(tmp_path_factory, worlds):
    folder = tmp_path_factory.mktemp("planted")
    planted(worlds, folder / "home.db")
    return folder


@pytest.fixture
def home(template, tmp_path):
    subprocess.run(["cp", "-r", f"{template}/.", str(tmp_path)], check=True)
    return tmp_path / "home.db"


def found(db, secrets=SECRETS):
    """Return the files below the database's folder that hold a secret."""
    files = [path for path in db.parent.rglob("*") if path.is_file()]
    assert files
    return sorted(
        {(path.name, secret) for path in files for secret in secrets if secret.encode() in path.read_bytes().lower()}
    )


def test_nothing_is_left_in_any_file(home):
    names = {name for name, _ in found(home)}
    assert {"home.db", "personal.arrow", "table.arrow", "wordings.arrow", "index-texts.json"} <= names
    with Learner(home) as learner:
        assert open_release(learner.releases, 1).manifest.counts["users"] > 1
        report = learner.forget(ANN)
        assert (report.turns, report.feedback, report.taught) == (40, 1, 1)
        assert (report.learnt_again, report.deleted, report.remains) == (3, [2], [])
        assert learner.store.erasures() == []
        assert found(home, ("xylophone", ANN)) == []
        # What she and one other said is that other's alone now: in the log, and in that one's own part.
        assert {name for name, _ in found(home, ("quagmire",))} == {"home.db", "personal.arrow"}
        assert list_releases(learner.releases) == [1, 3]
        assert learner.rewrite("turn of the lamp", user="u1").text == "turn off the lamp"
        assert has_personal(learner.release(3), user_code("bob", learner.store.user_key()))
        for user in (ANN, "u1", None):
            assert learner.rewrite("remind me of the quagmires", user=user).text == "remind me of the quagmires"
        with pytest.raises(ReleaseError, match=r"^release 2 was deleted: what it was learnt from is forgotten$"):
            learner.release(2)
        # Its number is never given again.
        assert learner.learn().number == 4


def test_the_release_in_use_is_what_it_would_have_been_without_the_user(home, worlds):
    with Learner(home) as learner:
        before = learner.release(3)
        # What came after it was learnt is none of its log.
        learner.store.add_turns([worlds.answered("later", "turn on the lamp", 2 * 10**12, user_id="u1")])
        learner.forget(ANN)
        release = learner.release(3)
        assert (release.folder.name, before.folder.exists()) == ("000003.2", False)
        log = [turn for turn in learner.store.turns() if turn.turn_id != "later"]
        key = learner.store.user_key()
        oracle = learn_release(log, settings_of(before.manifest), home.parent / "oracle", key=key, withdrawn={})
        assert {name: release.path(name).read_bytes() for name in oracle.files} == oracle.files
        assert release.manifest == msgspec.structs.replace(oracle.manifest, files=release.manifest.files)


def test_whoever_serves_it_notices(home):
    with Learner(home) as server, Learner(home) as learner:
        asked = Turn(turn_id="x", started=0, request="remind me of the xylophones", user_id=ANN)

        def personal():
            return [
                one.candidate.text
                for one in server.runtime.decider.weigh(asked, [])
                if one.candidate.layer == "personal"
            ]

        assert personal() == ["remind me of the xylophone"]
        learner.forget(ANN)
        assert personal() == []
        assert server.runtime.trouble is None
        assert server.rewrite("turn of the lamp", user="u1").text == "turn off the lamp"


def test_a_user_of_whom_nothing_was_learnt_costs_no_release(home, worlds):
    with Learner(home) as learner:
        digests = [line.digest for line in learner.release_list()]
        learner.store.add_turns([worlds.answered("new", "turn on the lamp", 2 * 10**12, user_id="new")])
        for user in ("new", "nobody"):
            report = learner.forget(user)
            assert (report.learnt_again, report.erased, report.deleted, report.remains) == (None, [], [], [])
        assert [line.digest for line in learner.release_list()] == digests


def test_a_rollback_passes_over_what_was_deleted(home):
    with Learner(home) as learner:
        for number in (1, 2, 3):
            learner.store.set_release_in_use(number)
        learner.forget(ANN)
        assert learner.rollback() == 1
        assert learner.rewrite("turn of the lamp", user="u1").release == 1
        assert learner.runtime.trouble is None


def test_a_home_of_one_user_has_no_release_left(tmp_path, worlds):
    with Learner(tmp_path / "home.db", holdout=0) as learner:
        learner.store.add_turns(secret_turns(worlds, ANN))
        learner.promote(learner.learn(), force=True)
        report = learner.forget(ANN)
        assert (report.learnt_again, report.deleted, report.remains) == (None, [1], [])
        assert learner.store.release_in_use() is None
        assert learner.rewrite("turn of the lamp").text == "turn of the lamp"
        assert found(tmp_path / "home.db") == []


def test_words_of_the_user_in_what_was_made_of_others_turns_go_too(tmp_path, worlds):
    """Where the assistant's own session holds several users, a label of one may be the words of the next."""
    turns = [
        msgspec.structs.replace(turn, session_id=f"s{n // 5}", user_id=None if n % 5 == 3 else ANN)
        for n, turn in enumerate(secret_turns(worlds, ANN))
    ]
    with Learner(tmp_path / "home.db", holdout=0) as learner:
        learner.store.add_turns(turns)
        learner.learn()
        assert any(each.label and each.label.words for each in learner.store.judgements())
        learner.forget(ANN)
        assert list(learner.store.judgements()) == []
        assert learner.store.count() == 8


def test_remains_are_told(home):
    reader = None
    with Learner(home) as learner:
        reader = learner.store._connect()
        try:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM turns").fetchall()
            report = learner.forget(ANN)
            assert "home.db" in report.remains
        finally:
            reader.close()
        assert learner.forget(ANN).remains == []
        assert found(home, ("xylophone", ANN)) == []


def test_reject_files_beside_the_database_forget_the_user_and_keep_the_rest(tmp_path):
    lines = [
        {"turn_id": "a", "request": "xylophone", "user_id": ANN},
        {"turn_id": "b", "request": "lamp on", "user_id": "bob"},
    ]
    log = "".join(f"{json.dumps(line)}\n" for line in lines) + "broken\n"
    (tmp_path / "log.jsonl").write_text(log, encoding="utf-8")
    with Learner(tmp_path / "home.db") as learner:
        assert learner.ingest(tmp_path / "log.jsonl").bad == 3
        rejects = tmp_path / "log.jsonl.rejects.jsonl"
        assert "xylophone" in rejects.read_text(encoding="utf-8")
        assert learner.forget(ANN).rejects == 1
        left = [json.loads(line)["raw"] for line in rejects.read_text(encoding="utf-8").splitlines()]
        assert [text.strip() for text in left] == [json.dumps(lines[1]), "broken"]
        assert learner.forget(ANN).rejects == 0


def test_a_turn_that_was_refused_for_good_is_gone_with_its_user(tmp_path):
    class Refusing:
        def rewrite(self, request): ...

        def observe(self, *_):
            raise TurnError("too long")

    turn = Turn(turn_id="a", started=0, request="xylophone", user_id=ANN)
    with Spool(tmp_path / "home.db-homeassistant", Refusing()) as spool:
        spool.keep(turn)
        spool.keep(msgspec.structs.replace(turn, turn_id="b", user_id="bob"))
    (rejects,) = tmp_path.glob("*.rejects.jsonl")
    assert ANN in rejects.read_text(encoding="utf-8")
    with Learner(tmp_path / "home.db") as learner:
        assert learner.forget(ANN).rejects == 1
    assert found(tmp_path / "home.db", (ANN,)) == []
    assert ANN not in rejects.read_text(encoding="utf-8")
    assert "bob" in rejects.read_text(encoding="utf-8")


def test_turns_that_wait_for_the_database_are_gone_with_their_user_and_the_rest_waits_on(tmp_path):
    class Silent:
        def rewrite(self, request): ...

        def observe(self, *_):
            raise OSError("not there")

    spool = Spool(spool_path(str(tmp_path / "home.db")), Silent())
    turn = Turn(turn_id="a", started=0, request="xylophone", user_id=ANN)
    spool.hold(turn)
    spool.keep(msgspec.structs.replace(turn, turn_id="b", request="play the xylophone"))
    spool.keep(msgspec.structs.replace(turn, turn_id="c", request="lamp on", user_id="bob"))
    with Learner(tmp_path / "home.db") as learner:
        report = learner.forget(ANN)
    assert (report.spooled, report.remains) == (2, [])
    assert found(tmp_path / "home.db", ("xylophone", ANN)) == []
    spool.close(timeout=0)
    with Spool(spool_path(str(tmp_path / "home.db")), (taken := Taking())):
        while not taken.turns:
            time.sleep(0.01)
    assert [each.turn_id for each in taken.turns] == ["c"]


class Taking:
    """A front that takes every turn."""

    def __init__(self):
        self.turns = []

    def rewrite(self, request): ...

    def observe(self, turn, *_):
        self.turns.append(turn)


def test_drafts_of_a_killed_process_are_deleted_at_the_next_start_and_those_of_a_living_one_are_not(home):
    root = home.parent / "home.db-releases"
    draft = root / ".draft-1"
    draft.mkdir()
    (draft / "table.arrow").write_text("xylophone", encoding="utf-8")
    with hold_drafts(root):
        Learner(home).close()
        assert draft.exists()
    Learner(home).close()
    assert not draft.exists()
    assert list_releases(root) == [1, 2, 3]


def test_who_is_forgotten_while_a_log_is_learnt_from_is_in_no_release(home, monkeypatch):
    with Learner(home) as learner, Learner(home) as other:
        once = []

        def learn(log, *given, **named):
            learnt = learn_release(log, *given, **named)
            if not once:
                once.append(other.store.forget_user(ANN))
            return learnt

        monkeypatch.setattr(release_loop, "learn_release", learn)
        release = learner.learn()
        assert once
        everything = b"".join(path.read_bytes() for path in release.folder.iterdir())
        for secret in (user_code(ANN, learner.store.user_key()), "xylophone"):
            assert secret.encode() not in everything
        # And the release in use is still to be learnt again; the next forgetting does so.
        assert len(learner.store.erasures()) == 1
        assert learner.forget("nobody").learnt_again == 3
        assert found(home, ("xylophone", ANN)) == []


KILLED = """
import importlib, os, sys
from pathlib import Path
from sayagain import Learner
db, where, name, when = sys.argv[1:]
module = importlib.import_module(where)
owner, _, attribute = name.rpartition(".")
owner = getattr(module, owner) if owner else module
real = getattr(owner, attribute)
calls = []
def killed(*given, **named):
    calls.append(1)
    before, nth = when[0] == "-", int(when[1:])
    if len(calls) == nth and before:
        os._exit(9)
    found = real(*given, **named)
    if len(calls) == nth:
        os._exit(9)
    return found
learner = Learner(db)
setattr(owner, attribute, killed)
learner.forget("ann-zephyr")
"""

ERASE = "sayagain.learner.erase_user"
RELEASES = "sayagain.releases"


@pytest.mark.parametrize(
    ("where", "name", "when"),
    [
        (ERASE, "_erase_rejects", "-1"),
        (f"{RELEASES}.erasure", "_delete", "-1"),
        (f"{RELEASES}.erasure", "shutil.rmtree", "-1"),
        (f"{RELEASES}.release", "_publish", "-1"),
        (f"{RELEASES}.release", "_publish", "+1"),
        (f"{RELEASES}.erasure", "_delete", "-2"),
        (ERASE, "_learn_again", "-1"),
        ("sayagain.learner.learn_release", "_try_release", "+1"),
        (f"{RELEASES}.release", "_publish", "+3"),
        (ERASE, "_learn_again", "+1"),
    ],
)
def test_killed_at_any_point_the_next_start_serves_and_the_next_forgetting_finishes(home, where, name, when):
    command = [sys.executable, "-c", KILLED, str(home), where, name, when]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()
    with Learner(home) as learner:
        # What only she does was served to nobody else, and is out as soon as anybody starts.
        assert learner.rewrite("turn of the lamp", user="u1").text == "turn off the lamp"
        assert learner.rewrite("remind me of the xylophones", user=ANN).text == "remind me of the xylophones"
        assert [path.name for path in learner.releases.iterdir() if path.name.startswith(".draft")] == []
        assert [line.trouble for line in learner.release_list()] == [None, None]
        assert isinstance(learner.store.erasures()[0], Erasure)
        assert learner.forget(ANN).remains == []
        assert list_releases(learner.releases) == [1, 3]
        assert learner.release(3).manifest.counts["users"] == 21
    assert found(home, ("xylophone", ANN)) == []


def test_why_a_rewrite_was_withdrawn_is_told_without_the_words_of_who_objected(tmp_path, worlds):
    """Everybody sees the reason, and it stays when the user is forgotten."""
    words = "no, that's not what I meant, xylophone"
    applied = AppliedRewrite(id="r1", source="lamp of", target="lamp off", layer="table")
    with Learner(tmp_path / "home.db", min_users=1) as learner:
        learner.observe(worlds.turn("first", "lamp on", START, user_id=ANN, response=worlds.done))
        learner.learn()
        learner.promote(force=True)
        learner.runtime.look()
        for place in range(2):
            at = START + (place + 1) * 3_600_000
            rewritten = worlds.turn(f"r{place}", "lamp off", at, user_id=ANN, response=worlds.done)
            learner.observe(msgspec.structs.replace(rewritten, applied_rewrite=applied, language="en"))
            objection = worlds.turn(f"o{place}", words, at + 4_000, user_id=ANN, response=worlds.lost)
            learner.observe(msgspec.structs.replace(objection, language="en"))
        (withdrawal,) = learner.withdrawals()
        assert withdrawal.reason == "the user objected to it (correction)"
        assert learner.forget(ANN).remains == []
