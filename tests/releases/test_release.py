import hashlib
import subprocess
import sys
import threading

import msgspec
import pytest

from sayagain.errors import CorruptRelease, ReleaseError
from sayagain.releases.release import Manifest, list_releases, open_release, write_release

MANIFEST = Manifest(
    seed=1, log_since=0, log_until=9, settings={"min_users": 2}, counts={"turns": 3}, metrics={"wins": 1.5}, files={}
)
FILES = {"table.arrow": b"0123456789" * 20, "empty.txt": b"", "settings.json": b"{}"}


def test_what_was_written_is_what_is_opened(tmp_path):
    written = write_release(tmp_path / "new" / "releases", MANIFEST, FILES)
    opened = open_release(tmp_path / "new" / "releases", 1)
    assert opened == written
    assert opened.number == 1
    assert opened.manifest == msgspec.structs.replace(MANIFEST, files=opened.manifest.files)
    assert opened.manifest.files.keys() == FILES.keys()
    for name, content in FILES.items():
        assert opened.path(name).read_bytes() == content


def test_equal_contents_give_equal_bytes_and_numbers_count_up(tmp_path):
    one = write_release(tmp_path, MANIFEST, FILES)
    other = write_release(tmp_path, MANIFEST, dict(reversed(FILES.items())))
    assert (one.number, other.number) == (1, 2)
    assert one.digest == other.digest
    for name in (*FILES, "manifest.json", "manifest.sha256"):
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()
    third = write_release(tmp_path, msgspec.structs.replace(MANIFEST, seed=2), FILES)
    assert third.digest != one.digest
    assert list_releases(tmp_path) == [1, 2, 3]


@pytest.mark.parametrize("name", ["table.arrow", "settings.json", "manifest.json", "manifest.sha256"])
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("bit", [1, 128])
def test_one_flipped_bit_anywhere_is_found_and_the_file_is_named(tmp_path, name, where, bit):
    folder = write_release(tmp_path, MANIFEST, FILES).folder
    content = bytearray((folder / name).read_bytes())
    content[int(where * (len(content) - 1))] ^= bit
    (folder / name).write_bytes(content)
    with pytest.raises(CorruptRelease, match=rf"^release 1 is damaged: .*{name}"):
        open_release(tmp_path, 1)


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"\0", lambda _: b""])
@pytest.mark.parametrize("name", ["table.arrow", "manifest.json", "manifest.sha256"])
def test_a_file_cut_short_or_grown_is_found(tmp_path, name, change):
    path = write_release(tmp_path, MANIFEST, FILES).folder / name
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(CorruptRelease, match=name):
        open_release(tmp_path, 1)


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sha256"])
def test_a_missing_file_is_named(tmp_path, name):
    (write_release(tmp_path, MANIFEST, FILES).folder / name).unlink()
    with pytest.raises(CorruptRelease, match=rf"^release 1 is damaged: {name} "):
        open_release(tmp_path, 1)


def test_a_draft_that_was_never_finished_is_no_release_and_in_nobodys_way(tmp_path):
    draft = tmp_path / ".draft-1"
    draft.mkdir(parents=True)
    (draft / "table.arrow").write_bytes(b"half")
    for name in ("7", "0000012", "000003.bak", "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "000009").write_text("a file is no release")
    assert list_releases(tmp_path) == []
    assert write_release(tmp_path, MANIFEST, FILES).number == 1


def test_nothing_is_left_behind_but_releases(tmp_path):
    write_release(tmp_path, MANIFEST, FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["000001"]


def test_a_release_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    (tmp_path / "releases").write_text("in the way")
    with pytest.raises(ReleaseError, match=r"releases: a release cannot be written \(.*\)$"):
        write_release(tmp_path / "releases", MANIFEST, FILES)


def test_there_are_none_before_the_first(tmp_path):
    assert list_releases(tmp_path / "never") == []
    with pytest.raises(ReleaseError, match=r"^there is no release 4; there are: none$"):
        open_release(tmp_path / "never", 4)
    write_release(tmp_path, MANIFEST, FILES)
    with pytest.raises(ReleaseError, match=r"^there is no release 4; there are: 1$"):
        open_release(tmp_path, 4)


def test_a_file_that_a_release_does_not_have_is_not_looked_for(tmp_path):
    with pytest.raises(ReleaseError, match=r"^release 1 has no file judge\.txt; it has empty\.txt, "):
        write_release(tmp_path, MANIFEST, FILES).path("judge.txt")


@pytest.mark.parametrize("manifest", [{**msgspec.to_builtins(MANIFEST), "format": 3}, {"format": 99, "other": []}])
def test_a_newer_release_is_refused_with_what_to_do(tmp_path, manifest):
    folder = tmp_path / "000001"
    folder.mkdir()
    text = msgspec.json.encode(manifest)
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sha256").write_text(hashlib.sha256(text).hexdigest())
    with pytest.raises(ReleaseError, match=r"^release 1 has format \d+, .* upgrade sayagain$"):
        open_release(tmp_path, 1)


def test_a_release_whose_users_could_be_guessed_is_refused_with_what_to_do(tmp_path):
    folder = tmp_path / "000001"
    folder.mkdir()
    text = msgspec.json.encode({**msgspec.to_builtins(MANIFEST), "format": 1})
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sha256").write_text(hashlib.sha256(text).hexdigest())
    with pytest.raises(ReleaseError, match=r"^release 1 has format 1: it names .* run: sayagain learn$"):
        open_release(tmp_path, 1)


WRITE = """
import sys
from pathlib import Path
from sayagain.releases.release import Manifest, write_release
sys.stdin.readline()
for _ in range(5):
    manifest = Manifest(seed=1, log_since=0, log_until=9, settings={}, counts={}, metrics={}, files={})
    write_release(Path(sys.argv[1]), manifest, {"a": sys.argv[2].encode() * 5000})
"""


def test_processes_that_write_at_once_get_numbers_of_their_own(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path), name], stdin=subprocess.PIPE) for name in "ab"
    ]
    for writer in writers:
        writer.stdin.write(b"\n")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert list_releases(tmp_path) == list(range(1, 11))
    said = sorted(open_release(tmp_path, number).path("a").read_bytes()[:1] for number in range(1, 11))
    assert said == [b"a"] * 5 + [b"b"] * 5


def test_so_do_threads(tmp_path):
    def write(name):
        for _ in range(5):
            write_release(tmp_path, MANIFEST, {"a": name * 5000})

    writers = [threading.Thread(target=write, args=(name,)) for name in (b"a", b"b", b"c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert list_releases(tmp_path) == list(range(1, 16))
    said = [open_release(tmp_path, number).path("a").read_bytes()[:1] for number in range(1, 16)]
    assert sorted(said) == [b"a"] * 5 + [b"b"] * 5 + [b"c"] * 5
