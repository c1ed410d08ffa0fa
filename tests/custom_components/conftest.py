"""The modules of the integration that need no Home Assistant, imported beside its package, which does."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "custom_components" / "sayagain"


@pytest.fixture(scope="session")
def integration():
    """Import a module of the integration by its name."""
    package = ModuleType("integration")
    package.__path__ = [str(FOLDER)]
    sys.modules["integration"] = package
    yield lambda name: importlib.import_module(f"integration.{name}")
    for name in [name for name in sys.modules if name.split(".")[0] == "integration"]:
        del sys.modules[name]
