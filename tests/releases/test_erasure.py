"""Revisions of a release, retiring one, and finishing what a killed process began."""

import pytest

from sayagain.errors import ReleaseError
from sayagain.releases.erasure import (
    delete_leftovers,
    delete_superseded,
    erase_personal,
    has_personal,
    retire_release,
)
from sayagain.releases.mapped_table import encode_table
from sayagain.releases.release import Manifest, list_releases, open_release, release_folder, write_release
from sayagain.rewriting.own import PersonalRequests

MANIFEST = Manifest(seed=1, log_since=0, log_until=9, settings={}, counts={}, metrics={}, files={})
FILES = {"personal.arrow": encode_table({"ann": PersonalRequests(), "bob": PersonalRequests()}), "table.arrow": b"12"}


def names(root):
    return sorted(path.name for path in root.iterdir())


def test_a_revision_takes_the_place_of_a_release_and_the_old_files_stay_for_who_has_them_open(tmp_path):
    first = write_release(tmp_path, MANIFEST, FILES)
    write_release(tmp_path, MANIFEST, FILES)
    assert erase_personal(tmp_path, 1, "ann")
    revised = open_release(tmp_path, 1)
    assert (revised.number, revised.folder.name, release_folder(tmp_path, 1)) == (1, "000001.1", revised.folder)
    assert [has_personal(revised, user) for user in ("ann", "bob")] == [False, True]
    assert has_personal(first, "ann")
    assert revised.path("table.arrow").read_bytes() == b"12"
    assert revised.digest != first.digest
    assert not erase_personal(tmp_path, 1, "ann")
    assert erase_personal(tmp_path, 1, "bob")
    assert list_releases(tmp_path) == [1, 2]
    delete_superseded(tmp_path, 1)
    assert names(tmp_path) == ["000001.2", "000002"]
    assert write_release(tmp_path, MANIFEST, FILES).number == 3


def test_a_retired_release_is_gone_and_its_number_never_comes_again(tmp_path):
    for _ in range(2):
        write_release(tmp_path, MANIFEST, FILES)
    erase_personal(tmp_path, 2, "ann")
    retire_release(tmp_path, 2)
    assert names(tmp_path) == ["000001", "000002.retired"]
    assert list_releases(tmp_path) == [1]
    with pytest.raises(ReleaseError, match=r"^release 2 was deleted: what it was learnt from is forgotten$"):
        open_release(tmp_path, 2)
    assert write_release(tmp_path, MANIFEST, FILES).number == 3


def test_what_killed_processes_left_is_deleted_and_nothing_else(tmp_path):
    for _ in range(3):
        write_release(tmp_path, MANIFEST, FILES)
    erase_personal(tmp_path, 1, "ann")
    (tmp_path / "000002.retired").touch()
    (tmp_path / ".draft-0").mkdir()
    for name in ("notes", "000003.bak"):
        (tmp_path / name).mkdir()
    assert list_releases(tmp_path) == [1, 3]
    assert delete_leftovers(tmp_path) == 3
    assert names(tmp_path) == ["000001.1", "000002.retired", "000003", "000003.bak", "notes"]
    assert delete_leftovers(tmp_path) == 0
    assert delete_leftovers(tmp_path / "never") == 0
