import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sayagain.errors import CorruptModel
from sayagain.extras import install_command
from sayagain.models.onnx_session import OnnxSession


def test_a_file_that_is_no_network_is_damage(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no network at all")
    with pytest.raises(CorruptModel, match=r"model\.onnx: onnxruntime cannot load it"):
        OnnxSession(tmp_path / "model.onnx").run({})


def test_numbers_are_brought_to_the_type_that_the_network_takes(write, tmp_path):
    session = OnnxSession(write.head(tmp_path / "head") / "model.onnx")
    outputs = session.run({"text": [[[1, 2, 3, 4], [3, 2, 1, 0]]], "mask": [[1, 1]], "unknown": ["left out"]})
    assert outputs["apart"].tolist() == [[[-1, 0, 1, 2], [1, 0, -1, -2]]]


def test_threads_may_share_one(write, tmp_path):
    session = OnnxSession(write.head(tmp_path / "head") / "model.onnx")

    def whole(size):
        text = np.arange(4 * size, dtype=np.float32).reshape(1, size, 4)
        return float(session.run({"text": text, "mask": np.ones((1, size), bool)})["whole"][0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(whole, range(1, 65))) == [2.0 * (size - 1) for size in range(1, 65)]


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
from sayagain.errors import MissingExtra
try:
    if sys.argv[1] == "torch":
        import sayagain.models.training
    else:
        from sayagain.models import load_encoder
        load_encoder().vectors(["lamp on"])
except MissingExtra as error:
    print(error)
"""


@pytest.mark.parametrize(("module", "extra"), [("onnxruntime", "models"), ("tokenizers", "models"), ("torch", "train")])
def test_a_missing_part_is_asked_for_by_the_command_that_installs_it(module, extra):
    completed = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, module], capture_output=True, text=True, check=False
    )
    expected = f"{module} is not installed; run: {install_command(extra)}\n"
    assert (completed.stdout, completed.stderr) == (expected, "")
