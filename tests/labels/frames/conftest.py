"""Sessions of requests and responses without anything else, as the frame labeller reads them."""

import pytest

from sayagain.turns import Response, Session, Turn


@pytest.fixture(scope="session")
def session():
    """Return a function that makes a session of (request, response) pairs."""

    def make(*exchanges, name="s"):
        turns = tuple(
            Turn(
                turn_id=f"{name}{number}",
                started=number * 9_000,
                request=request,
                response=Response(text=response) if response else None,
            )
            for number, (request, response) in enumerate(exchanges)
        )
        return Session(session_id=name, turns=turns)

    return make
