"""A backup is the database and its releases at one moment, also while others write, and gives the same answers."""

import os
import shutil
import subprocess
import sys
import tarfile
import threading

import pytest

from sayagain import Learner
from sayagain.cli import main
from sayagain.errors import InputError, ReleaseError, StoreError
from sayagain.learner.backup import create_backup, restore_backup
from sayagain.releases.erasure import retire_release
from sayagain.store import hold_service_lock, open_store
from sayagain.turns import Turn

ASKED, ANSWER = "turn of the lamp", "turn off the lamp"


@pytest.fixture(scope="module")
def template(tmp_path_factory, worlds):
    folder = tmp_path_factory.mktemp("backup")
    with Learner(folder / "home.db", holdout=0) as learner:
        learner.store.add_turns(worlds.misheard(users=20))
        learner.promote(learner.learn(), force=True)
        for _ in range(2):
            learner.learn()
        retire_release(learner.releases, 2)
        learner.teach("study mode", means="turn off the lamp", user="ann")
    return folder


@pytest.fixture
def home(template, tmp_path):
    shutil.copytree(template, tmp_path / "home")
    return tmp_path / "home"


def create(home, name="home.tar"):
    return create_backup(str(home / "home.db"), home / "home.db-releases", home / name)


def restore(home, source="home.tar", name="new.db"):
    return restore_backup(home / source, str(home / name), home / f"{name}-releases")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_restored_answers_as_before_and_has_the_same_turns(home):
    backup = create(home)
    assert (backup.releases, backup.damaged) == ((1, 3), ())
    assert (home / "home.tar").stat().st_mode & 0o777 == 0o600
    before = names(home)
    assert restore(home) == backup
    assert names(home / "new.db-releases") == names(home / "home.db-releases") == ["000001", "000002.retired", "000003"]
    assert names(home) == sorted([*before, "new.db", "new.db-releases", "new.db-service.lock"])
    with Learner(home / "home.db") as old, Learner(home / "new.db") as new:
        assert list(new.store.turns()) == list(old.store.turns())
        assert backup.turns == new.store.count()
        for user in (None, "u1"):
            assert new.rewrite(ASKED, user=user) == old.rewrite(ASKED, user=user)
        assert new.rewrite(ASKED).text == ANSWER
        assert new.rewrite("study mode", user="ann").text == ANSWER
        assert new.release(1).digest == old.release(1).digest


def test_it_is_one_moment_while_others_write(home):
    done = threading.Event()
    with open_store(home / "home.db") as store:
        before = store.count()

        def write():
            batch = 0
            while not done.is_set():
                store.add_turns([Turn(turn_id=f"w{batch}-{i}", started=batch, request="lamp on") for i in range(50)])
                batch += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            counts = [create(home, f"{number}.tar").turns for number in range(4)]
        finally:
            done.set()
            writer.join()
    for number, count in enumerate(counts):
        assert (count - before) % 50 == 0
        restore(home, f"{number}.tar", f"{number}.db")
        with open_store(home / f"{number}.db") as copy:
            written = {turn.turn_id for turn in copy.turns() if turn.turn_id.startswith("w")}
            assert written == {f"w{batch}-{i}" for batch in range((count - before) // 50) for i in range(50)}
    assert counts == sorted(counts)


@pytest.mark.parametrize("where", [0.001, 0.1, 0.5, 0.9])
def test_one_changed_byte_anywhere_is_found_and_nothing_is_restored(home, where):
    create(home)
    path = home / "home.tar"
    content = bytearray(path.read_bytes())
    place = int(len(content) * where)
    # A byte of a file, not of the filling between two.
    while not content[place]:
        place += 1
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"home.tar (is damaged|is no backup|was made by)"):
        restore(home)
    assert not (home / "new.db").exists()


@pytest.mark.parametrize("kept", [0, 100, 40_000])
def test_a_truncated_backup_is_one_sentence(home, kept):
    create(home)
    os.truncate(home / "home.tar", kept)
    with pytest.raises(InputError, match=r"home.tar is (damaged|no backup)"):
        restore(home)


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "releases/../../outside", "turns.db-wal"])
def test_a_file_with_another_name_is_not_restored(home, name):
    create(home)
    (home / "outside").write_text("x", encoding="utf-8")
    with tarfile.open(home / "home.tar", "a") as archive:
        archive.add(home / "outside", name)
    with pytest.raises(InputError, match="is not the file that was written"):
        restore(home)


def test_a_damaged_release_is_left_out_and_named_and_the_one_in_use_must_be_whole(home):
    (home / "home.db-releases" / "000003" / "table.arrow").write_bytes(b"x")
    backup = create(home)
    assert (backup.releases, backup.damaged) == ((1,), (3,))
    assert restore(home).releases == (1,)
    (home / "home.db-releases" / "000001" / "table.arrow").write_bytes(b"x")
    with pytest.raises(ReleaseError, match="release 1, which is in use, cannot be copied"):
        create(home, "second.tar")
    assert not (home / "second.tar").exists()


def test_nothing_is_replaced_and_a_database_that_is_served_is_left_alone(home):
    create(home)
    with pytest.raises(InputError, match=r"home.tar exists already"):
        create(home)
    with pytest.raises(InputError, match=r"home.db or .* exists already"):
        restore(home, name="home.db")
    with hold_service_lock(str(home / "new.db")), pytest.raises(StoreError, match="served already"):
        restore(home)
    assert restore(home).turns


@pytest.mark.parametrize("db", ["postgresql://host/db", ":memory:"])
def test_what_has_no_file_is_refused_with_what_to_do(tmp_path, db):
    with pytest.raises(InputError, match=r"pg_dump|name a file"):
        create_backup(db, tmp_path / "releases", tmp_path / "home.tar")


KILLED = """
import os, sys
from pathlib import Path
from sayagain.learner import backup

def killed(*_):
    os.kill(os.getpid(), 9)

setattr(backup, sys.argv[1], killed)
folder = Path(sys.argv[2])
arguments = (str(folder / "home.db"), folder / "home.db-releases", folder / "killed.tar")
if sys.argv[3] == "restore":
    backup.restore_backup(folder / "home.tar", str(folder / "new.db"), folder / "new.db-releases")
else:
    backup.create_backup(*arguments)
"""


@pytest.mark.parametrize(
    ("step", "what"),
    [("_copy_releases", "create"), ("_write", "create"), ("check_database", "restore"), ("sync_folder", "restore")],
)
def test_killed_at_any_step_it_leaves_no_draft_behind_the_next_start(home, step, what):
    create(home)
    process = subprocess.run([sys.executable, "-c", KILLED, step, str(home), what], check=False)
    assert process.returncode == -9
    assert not (home / "killed.tar").exists()
    assert not (home / "new.db").exists()
    for name in ("home.db", "new.db") if what == "restore" else ("home.db",):
        Learner(home / name).close()
        assert not [path for path in (home / f"{name}-releases").iterdir() if path.name.startswith(".draft")]


def test_the_commands(home, capsys, monkeypatch):
    monkeypatch.chdir(home)
    assert main(["backup", "create", "home.tar", "--db", "home.db"]) == 0
    assert main(["backup", "restore", "home.tar", "--db", "new.db"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.partition(" turns")[2] for line in out] == [" and 2 releases, checked", " and 2 releases restored"]
    assert main(["backup", "create", "second.tar", "--db", "nowhere.db"]) == 2
    assert "nowhere.db: there is no such database" in capsys.readouterr().err
