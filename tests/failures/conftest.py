"""The log of one small home in which a handful of requests work every day, and a maker of further turns."""

from itertools import count

import pytest

from sayagain.failures import FailureIsolator, LogKnowledge
from sayagain.turns import (
    Action,
    Asr,
    AsrHypothesis,
    Hypothesis,
    Nlu,
    Response,
    Slot,
    Speech,
    Turn,
    Wake,
    sessions,
)

DAY = 86_400_000
NOW = 1_767_225_600_000

WORKING = (
    ("close the garage door", "HassTurnOff", "name", "garage door", "cover.garage_door", "Closed the garage door"),
    ("open the garage door", "HassTurnOn", "name", "garage door", "cover.garage_door", "Opened the garage door"),
    ("turn on the kitchen light", "HassTurnOn", "name", "kitchen light", "light.kitchen_light", "Turned on the light"),
    ("turn off the kitchen light", "HassTurnOff", "name", "kitchen light", "light.kitchen_light", "Turned off"),
    ("is the front door locked", "HassGetState", "name", "front door", "lock.front_door", "The front door: locked"),
    ("lock the front door", "HassTurnOn", "name", "front door", "lock.front_door", "Locked the front door"),
    ("play the daily", "HassMediaSearchAndPlay", "search_query", "the daily", "media.kitchen", "Playing the daily"),
    ("turn on the desk lamp", "HassTurnOn", "name", "desk lamp", "light.desk_lamp", "Turned on the desk lamp"),
)

_numbers = count()


def _make_turn(words, *, hypothesis=None, answer=("Done", None), at=NOW, user="u", wake=0.97, nbest=None, **fields):
    """A turn as a home with every trace would log it."""
    heard = [words] if nbest is None else [text for text, _ in nbest]
    confidences = [0.9] if nbest is None else [confidence for _, confidence in nbest]
    text, code = answer
    return Turn(
        turn_id=f"t{next(_numbers)}",
        started=at,
        ended=at + 1_500,
        request=words,
        user_id=user,
        device_id="kitchen",
        area="kitchen",
        language="en",
        wake=Wake(name="okay_nabu", probability=wake),
        asr=Asr(
            text=words,
            nbest=tuple(AsrHypothesis(text=t, confidence=c) for t, c in zip(heard, confidences, strict=True)),
            confidence=confidences[0],
        ),
        nlu=Nlu(engine="hassil", ranking=(hypothesis or Hypothesis(intent=""),)),
        response=Response(text=text, type="error" if code else "action_done", error_code=code),
        speech=Speech(started=at + 2_000, ended=at + 3_500, duration=1_500),
        **fields,
    )


def _hypothesis(intent, **slots):
    return Hypothesis(intent=intent, domain="home", slots=tuple(Slot(name, value) for name, value in slots.items()))


def _working_turn(request, *, at=NOW, user="u"):
    words, intent, slot, value, target, answer = next(entry for entry in WORKING if entry[0] == request)
    return _make_turn(
        words,
        hypothesis=_hypothesis(intent, **{slot: value}),
        answer=(answer, None),
        at=at,
        user=user,
        actions=(Action(target=target),),
    )


@pytest.fixture(scope="session")
def make_turn():
    return _make_turn


@pytest.fixture(scope="session")
def hypothesis():
    return _hypothesis


@pytest.fixture(scope="session")
def working_turn():
    return _working_turn


@pytest.fixture(scope="session")
def home_log():
    """Six days on which every request of `WORKING` works, an hour apart."""
    return tuple(
        _working_turn(entry[0], at=NOW - (7 - day) * DAY + hour * 3_600_000)
        for day in range(6)
        for hour, entry in enumerate(WORKING)
    )


@pytest.fixture(scope="session")
def isolator():
    return FailureIsolator.open()


@pytest.fixture(scope="session")
def isolate(home_log, isolator):
    """Isolate the failure points of turns that happen in the home after its log."""

    def isolate(*turns, later=True):
        log = sessions([*home_log, *turns])
        knowledge = LogKnowledge.of(log)
        stages = {
            isolation.turn_id: isolation.stage
            for opinions in isolator.isolate(log, knowledge, later=later)
            for isolation in opinions
        }
        return [stages[turn.turn_id] for turn in turns]

    return isolate
