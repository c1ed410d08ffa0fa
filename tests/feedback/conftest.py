"""Short ways to write a session: each request with what is known of it."""

import pytest

from sayagain.turns import Hypothesis, Nlu, Response, Session, Slot, Turn

GAP = 5_000
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")


def make_turn(number, request, **fields):
    """A turn that starts `GAP` after the one before, unless told; `hypothesis` is an intent and its slots."""
    meaning = fields.pop("hypothesis", None)
    if meaning is not None:
        intent, slots = meaning
        hypothesis = Hypothesis(
            intent=intent,
            slots=tuple(Slot(name, value) for name, value in slots.items()),
            domain=fields.pop("domain", None),
        )
        fields["nlu"] = Nlu(ranking=(hypothesis,))
    return Turn(turn_id=f"t{number}", request=request, **{"started": number * GAP, **fields})


def make_session(*turns):
    """A session of requests; each is words, or words and the fields known of the turn."""
    session_turns = []
    for number, turn in enumerate(turns):
        words, fields = (turn, {}) if isinstance(turn, str) else turn
        session_turns.append(make_turn(number, words, **fields))
    return Session(session_id="s", turns=tuple(session_turns))


@pytest.fixture
def session():
    return make_session


@pytest.fixture
def check_try():
    """Return a check that a session's first turn was said again as one detector tells, and the other does not."""

    def check(said, again, detect, other):
        (signal,) = detect(said)
        assert (signal.turn_id, signal.kind, signal.positive) == ("t0", detect.__name__, False)
        assert again in signal.evidence
        assert other(said) == []

    return check


@pytest.fixture
def lost():
    return {"response": LOST}


@pytest.fixture
def done():
    return {"response": DONE}
