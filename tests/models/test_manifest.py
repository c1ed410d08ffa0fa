import msgspec
import pytest

from sayagain.errors import CorruptModel, ModelError
from sayagain.models import read_manifest


@pytest.fixture
def folder(write, tmp_path):
    return write.head(tmp_path / "model")


def test_what_was_written_is_read(folder):
    manifest = read_manifest(folder)
    assert manifest.name == "apart"
    assert manifest.inputs == {"text": ("batch", "turns", 4), "mask": ("batch", "turns")}
    assert list(manifest.files) == ["model.onnx"]


def test_a_folder_without_a_manifest_holds_no_model(tmp_path):
    with pytest.raises(ModelError, match=r"holds no model: there is no manifest\.json"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("position", [0, 100, -1])
def test_one_changed_byte_of_a_file_is_noticed(folder, position):
    content = bytearray((folder / "model.onnx").read_bytes())
    content[position] ^= 1
    (folder / "model.onnx").write_bytes(content)
    with pytest.raises(CorruptModel, match=r"model\.onnx: has SHA-256 \w{12}…, expected \w{12}…"):
        read_manifest(folder)


def test_a_missing_file_is_noticed(folder):
    (folder / "model.onnx").unlink()
    with pytest.raises(CorruptModel, match=r"model\.onnx: cannot be read \(No such file"):
        read_manifest(folder)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"format": 1}', b'{"format": "one"}'])
def test_a_manifest_that_is_none_is_damage(folder, text):
    (folder / "manifest.json").write_bytes(text)
    with pytest.raises(CorruptModel, match=r"manifest\.json: cannot be read"):
        read_manifest(folder)


def test_a_manifest_must_name_the_network(folder, write):
    write.seal(folder, msgspec.structs.replace(read_manifest(folder), files={}))
    with pytest.raises(CorruptModel, match=r"names no model\.onnx"):
        read_manifest(folder)


def test_a_newer_format_asks_for_an_upgrade_whatever_else_it_holds(folder):
    (folder / "manifest.json").write_text('{"format": 2, "all": "new"}')
    with pytest.raises(ModelError, match="format 2, this version reads 1; upgrade sayagain"):
        read_manifest(folder)
