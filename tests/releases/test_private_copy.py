import hashlib
import io
import os

import numpy as np
import pytest

from sayagain.errors import CorruptRelease, ReleaseError
from sayagain.releases import private_copy as copies
from sayagain.releases.private_copy import array_view, private_copy

CONTENT = bytes(range(256)) * 40


def hash_of(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(params=["in memory", "mapped"])
def file(request, tmp_path, monkeypatch):
    if request.param == "mapped":
        monkeypatch.setattr(copies, "_IN_MEMORY", 100)
        monkeypatch.setattr(copies, "_CHUNK", 100)
    folder = tmp_path / "000001"
    folder.mkdir()
    path = folder / "table.arrow"
    path.write_bytes(CONTENT)
    return path


def test_what_is_written_over_a_file_does_not_reach_its_copy(file):
    content = private_copy(file, hash_of(CONTENT), 1)
    assert isinstance(content, bytes) == (copies._IN_MEMORY > 100)
    with file.open("r+b") as changed:
        changed.write(b"x" * len(CONTENT))
    assert bytes(content) == CONTENT
    assert [path.name for path in file.parent.parent.iterdir()] == ["000001"]


def test_another_content_is_damage(file):
    with pytest.raises(CorruptRelease, match=r"^release 7 is damaged: table.arrow has SHA-256 .*…, expected .*…$"):
        private_copy(file, hash_of(b"another"), 7)
    file.unlink()
    with pytest.raises(CorruptRelease, match=r"^release 7 is damaged: table.arrow is missing$"):
        private_copy(file, hash_of(CONTENT), 7)


def test_no_room_for_a_copy_is_one_sentence_and_no_damage(file, monkeypatch):
    monkeypatch.setattr(copies, "_IN_MEMORY", 100)

    def full(*_, **__):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(copies.tempfile, "TemporaryFile", full)
    with pytest.raises(ReleaseError, match=r"^release 1: table.arrow cannot be copied \(No space left") as raised:
        private_copy(file, hash_of(CONTENT), 1)
    assert not isinstance(raised.value, CorruptRelease)


@pytest.mark.parametrize(
    "array", [np.arange(12.0).reshape(3, 4), np.zeros(0, np.int32), np.asfortranarray([[1, 2], [3, 4]])]
)
def test_an_array_is_what_was_saved(array):
    out = io.BytesIO()
    np.save(out, array)
    view = array_view(out.getvalue())
    assert (view.dtype, view.tolist()) == (array.dtype, array.tolist())


def test_an_array_of_objects_is_not_read():
    out = io.BytesIO()
    np.save(out, np.array([{}]))
    with pytest.raises(ValueError, match="array of objects"):
        array_view(out.getvalue())
