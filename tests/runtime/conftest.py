from types import SimpleNamespace

import pytest

from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.runtime import Runtime
from sayagain.store import open_store


@pytest.fixture(scope="session")
def learnt(worlds):
    """Two releases' worth: one that rewrites "turn of the lamp", and one that knows nothing."""
    return SimpleNamespace(
        helpful=learn(worlds.misheard(users=40), LearnSettings(holdout=0.0)),
        held_out=learn(worlds.misheard(users=40), LearnSettings(holdout=0.2)),
        ignorant=learn([], LearnSettings(holdout=0.0)),
    )


@pytest.fixture
def home(tmp_path, learnt):
    """A store with three releases, and a runtime over it."""
    store = open_store(str(tmp_path / "home.db"))
    folder = tmp_path / "releases"
    for each in (learnt.helpful, learnt.ignorant, learnt.held_out):
        write_release(folder, each.manifest, each.files)
    yield SimpleNamespace(store=store, releases=folder, runtime=Runtime(store, folder))
    store.close()
