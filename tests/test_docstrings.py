"""The examples in docstrings run as they are printed."""

import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
# What needs torch or speech is imported by the tests that have them.
ELSEWHERE = ("/training/", "/speech/", "__main__")
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in (SOURCE / "sayagain").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8") and not any(part in str(path) for part in ELSEWHERE)
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "sayagain":
            raise
        pytest.skip(f"{error.name} is not installed")
    result = doctest.testmod(module)
    assert result.failed == 0
