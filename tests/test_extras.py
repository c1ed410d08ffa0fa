import math
import sys

import pytest

from sayagain.errors import MissingExtra
from sayagain.extras import require


def test_what_is_there_is_imported():
    assert require("math", "voice") is math
    assert require("os.path", "voice").sep


@pytest.mark.parametrize("module", ["no_such_module", "no_such_module.inner"])
def test_what_is_missing_is_named_with_the_command_that_installs_it(module):
    with pytest.raises(MissingExtra) as caught:
        require(module, "voice")
    command = "pip install 'sayagain[voice]' (in a clone: pip install '.[voice]')"
    assert str(caught.value) == f"{module} is not installed; run: {command}"


@pytest.mark.parametrize("needed", ["absent_part", "fau"])
def test_a_module_that_misses_something_itself_is_another_fault(tmp_path, monkeypatch, needed):
    # Its own name begins with what it misses in the second case, which proves nothing.
    (tmp_path / "faulty.py").write_text(f"import {needed}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match=needed):
        require("faulty", "voice")
    sys.modules.pop("faulty", None)
