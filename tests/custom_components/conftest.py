"""The integration: in a real Home Assistant, and those of its modules that need none, imported beside its package."""

import importlib
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .real_home import Service, given, restart

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


@pytest.fixture(scope="session")
def installed():
    """Copy the integration into the configuration of Home Assistant, as HACS does, and remove it at the end."""
    folder = Path(given("CONFIG")) / "custom_components" / "sayagain"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    restart()
    yield
    shutil.rmtree(folder)


@pytest.fixture
def service(tmp_path, request):
    request.getfixturevalue("installed")
    with Service(tmp_path) as started:
        yield started
