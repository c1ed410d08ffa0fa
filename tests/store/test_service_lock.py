"""The lock of the service, held in this process as by others: `flock` goes by open file."""

import errno

import pytest

from sayagain.errors import StoreError
from sayagain.store import service_lock
from sayagain.store.service_lock import hold_service_lock, service_lock_path


def test_it_is_free_again_when_the_last_holder_ends(tmp_path):
    db = str(tmp_path / "home.db")
    with hold_service_lock(db, worker=True):
        with pytest.raises(StoreError, match=r"home.db is served already, by process unknown; stop that service"):
            hold_service_lock(db, patience=0).__enter__()
        with hold_service_lock(db, worker=True):
            pass
    with hold_service_lock(db, patience=0), hold_service_lock(db, worker=True):
        pass


def test_two_names_of_a_file_are_one_database(tmp_path):
    (tmp_path / "home.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "home.db")
    with hold_service_lock(str(tmp_path / "home.db")), pytest.raises(StoreError, match="served already"):
        hold_service_lock(str(tmp_path / "link.db"), patience=0).__enter__()


def test_a_server_and_the_memory_have_no_lock(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for db in ("postgresql://host/db", ":memory:"):
        with hold_service_lock(db), hold_service_lock(db, patience=0):
            pass
    assert list(tmp_path.iterdir()) == []


def test_where_files_cannot_be_locked_nobody_is_refused(tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(service_lock.fcntl, "flock", flock)
    with hold_service_lock(str(tmp_path / "home.db"), patience=0):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path):
    db = str(tmp_path / "nowhere" / "home.db")
    with pytest.raises(StoreError, match=r"home.db-service.lock: cannot be locked"):
        hold_service_lock(db).__enter__()
    assert service_lock_path(db).parent == tmp_path / "nowhere"
