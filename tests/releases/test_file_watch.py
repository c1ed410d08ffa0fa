import os
import shutil

from sayagain.releases import file_watch
from sayagain.releases.file_watch import FileWatch
from sayagain.releases.release import Manifest, open_release, write_release

MANIFEST = Manifest(seed=1, log_since=0, log_until=9, settings={}, counts={}, metrics={}, files={})


def test_damage_is_told_and_so_is_its_repair(tmp_path):
    release = write_release(tmp_path, MANIFEST, {"table.arrow": b"12", "priors.arrow": b"34"})
    watch = FileWatch(tmp_path, 1, release.folder)
    assert watch.damage() is None
    release.path("table.arrow").write_bytes(b"13")
    assert watch.damage().startswith("release 1 is damaged: table.arrow has SHA-256")
    os.truncate(release.path("table.arrow"), 0)
    assert watch.damage().startswith("release 1 is damaged: table.arrow has SHA-256")
    release.path("table.arrow").write_bytes(b"12")
    assert watch.damage() is None
    release.path("priors.arrow").unlink()
    assert watch.damage() == "release 1 is damaged: priors.arrow is missing"
    shutil.rmtree(release.folder)
    assert watch.damage() == "there is no release 1; there are: none"


def test_files_that_nobody_touched_are_read_once(tmp_path, monkeypatch):
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return open_release(*arguments)

    monkeypatch.setattr(file_watch, "open_release", counted)
    watch = FileWatch(tmp_path, 1, write_release(tmp_path, MANIFEST, {"table.arrow": b"12"}).folder)
    for _ in range(3):
        assert watch.damage() is None
    assert len(calls) == 1
