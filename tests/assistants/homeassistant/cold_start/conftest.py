"""A home with what the demo home lacks: a gate, a valve, an alarm, blinds, heaters; and the cold start over it."""

import itertools

import pytest

from benchmarks.no_harm_home import guarded_home
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.turns import Turn

_COUNT = itertools.count(1)


@pytest.fixture(scope="session", name="guarded_home")
def _guarded_home():
    return guarded_home()


@pytest.fixture(scope="session")
def guarded_oracle(guarded_home):
    return Oracle(guarded_home)


@pytest.fixture(scope="session", params=["by sound", "by meaning too"])
def guarded(request, guarded_home):
    return ColdStart(
        guarded_home, encoder=request.getfixturevalue("encoder") if request.param == "by meaning too" else None
    )


@pytest.fixture(scope="session")
def said():
    """Make a turn of words, each in a conversation of its own unless told."""

    def turn(words, room=None, language="en", conversation=None, started=None):
        number = next(_COUNT)
        return Turn(
            turn_id=f"t{number}",
            started=number * 1_000_000 if started is None else started,
            request=words,
            language=language,
            device_id=room,
            conversation_id=conversation or f"guarded-{number}",
        )

    return turn
