"""What the cold start rewrites passes the same admission as what a release rewrites."""

import msgspec
import pytest

from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.decisions import NOTHING


@pytest.fixture(scope="module")
def admitted(guarded_home):
    seen = []

    def admit(turn, decision, *, holdout):
        seen.append((turn.heard, holdout))
        return msgspec.structs.replace(decision, release=7)

    return ColdStart(guarded_home, admit=admit), seen


def test_what_is_not_understood_may_be_kept_back_and_what_would_be_misread_may_not(admitted, said):
    cold_start, seen = admitted
    misheard = cold_start.decide(said("turn of the floor lamp"))
    misread = cold_start.decide(said("don't turn on the floor lamp"))
    assert (misheard.changed, misheard.release, misread.text, misread.release) == (True, 7, NOTHING, 7)
    assert seen == [("turn of the floor lamp", True), ("don't turn on the floor lamp", False)]


def test_what_is_left_is_not_its_business(admitted, said):
    cold_start, seen = admitted
    before = len(seen)
    assert not cold_start.decide(said("turn on the floor lamp")).changed
    assert len(seen) == before
