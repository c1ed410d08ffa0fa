"""Data augmentation: names that nothing has, looked for as Home Assistant does, which a simulated home hardly does.

Home Assistant fits a request to its sentences first and looks for the name in it then: "turn on the X" is understood
with any X, and answered with the name that nothing has. So requests that a simulated home does not understand are
answered here, and requests are added that fail for a name alone: of a thing that nobody has, or in another room.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from sayagain.failures.failure_point import FailurePoint
from sayagain.failures.log_knowledge import heard_words
from sayagain.failures.training.impossible_requests import impossible_requests
from sayagain.text import normalise
from sayagain.turns import Nlu, Response, Turn

__all__ = ["say_missing_names"]

UNKNOWN, ELSEWHERE, IMPOSSIBLE = 0.05, 0.05, 0.03
"""Requests that are added, as shares of the requests that name a thing and work."""

_FOLLOWED = 0.7
"""Share of them that the user says again, in the words that work."""

_SAID_AGAIN = 8_000
_QUIET = 1_200_000
"""Silence around what is added, so that it is a session of its own, in milliseconds."""

_EMPTY_HYPOTHESIS = 0.5
"""Share of the added requests whose log has an empty hypothesis instead of none."""

_MOST_WORDS = 5
_GROUP_WORDS = frozenset({"light", "lights"})
"""Home Assistant takes these as part of its sentence, not of the name."""

_OTHER_NAMES: tuple[str, ...] = (
    *("reading corner lamp", "aquarium", "bar stool heater", "wine cooler", "salt lamp", "lava lamp"),
    *("ring light", "pendant", "sconce", "torch", "lantern", "uplighter", "strip", "wardrobe light"),
    *("mirror light", "hob", "extractor", "dehumidifier", "diffuser", "radiator", "blower", "projector"),
    *("soundbar", "turntable", "gramophone", "console", "screen", "awning", "shutter", "skylight", "hatch"),
    *("roller door", "trapdoor", "sprinkler", "fountain", "pump", "boiler", "kettle", "toaster", "freezer"),
    *("crib light", "desk spot", "vanity", "cabinet light"),
)
"""Names of things that a home does not have."""


def say_missing_names(
    turns: Sequence[Turn], truths: Mapping[str, FailurePoint], *, seed: int
) -> tuple[list[Turn], dict[str, FailurePoint]]:
    """Return a log as Home Assistant would answer it, with requests that fail for a name, and its truth.

    Args:
        turns: the log of one home.
        truths: the failure point of each turn, by turn id.
        seed: seed of the choice.
    """
    rng = np.random.default_rng(seed)
    naming = [turn for turn in turns if truths.get(turn.turn_id) == "correct" and _said_name(turn)]
    log: list[Turn] = []
    all_truths = dict(truths)
    carriers = _carriers(naming)
    for turn in turns:
        answered = _answer(turn, carriers, rng) if turn.trouble == "not understood" else turn
        log.append(answered)
        if answered is not turn and truths.get(turn.turn_id) == "nlu":
            # The name is all that was missing: the sentence is understood.
            all_truths[turn.turn_id] = "entity_resolution"
    if naming:
        last = max(turn.ended or turn.started for turn in turns)
        for added, truth in _added(naming, rng, last + _QUIET):
            log.append(added)
            all_truths[added.turn_id] = truth
    return log, all_truths


def _said_name(turn: Turn) -> str:
    """Return the name of a thing that a turn names in the words of the request."""
    if turn.hypothesis is None or not turn.actions:
        return ""
    names = (normalise(str(slot.value)) for slot in turn.hypothesis.slots if slot.name == "name")
    return next((name for name in names if f" {name} " in f" {heard_words(turn)} "), "")


def _carriers(naming: Sequence[Turn]) -> list[tuple[str, str]]:
    """Return what stands before and behind the names, the longest first."""
    found = Counter(tuple(f" {heard_words(turn)} ".split(f" {_said_name(turn)} ", 1)) for turn in naming)
    return sorted(((before, behind) for before, behind in found), key=lambda pair: (-len("".join(pair)), pair))


def _answer(turn: Turn, carriers: Sequence[tuple[str, str]], rng: np.random.Generator) -> Turn:
    """Return a turn that was not understood with the answer that names what is missing, if its sentence is known."""
    words = f" {heard_words(turn)} "
    for before, behind in carriers:
        if len(before.split()) and words.startswith(f"{before} ") and words.endswith(f" {behind}"):
            name = words[len(before) : len(words) - len(behind)].split()
            if 0 < len(name) <= _MOST_WORDS:
                return _without_name(turn, " ".join(name), rng)
    return turn


def _without_name(turn: Turn, name: str, rng: np.random.Generator) -> Turn:
    *first, last = name.split()
    shown = " ".join(first) if first and last in _GROUP_WORDS and rng.random() < 0.7 else name
    response = Response(
        text=f"Sorry, I am not aware of any device called {shown}", type="error", error_code="no_valid_targets"
    )
    return _unread(turn, response)


def _unread(turn: Turn, response: Response) -> Turn:
    """Return a turn that was answered without a hypothesis; as some logs do, it keeps an empty one if it has one."""
    nlu = turn.nlu if turn.hypothesis is not None and turn.hypothesis.empty else None
    return msgspec.structs.replace(turn, response=response, nlu=nlu, actions=(), resolution=())


def _added(naming: Sequence[Turn], rng: np.random.Generator, at: int) -> list[tuple[Turn, FailurePoint]]:
    """Return turns that fail for a name or that nobody could serve, some said again in the words that work."""
    home_names = {_said_name(turn) for turn in naming}
    other_names = [name for name in _OTHER_NAMES if name not in home_names]
    rooms = sorted({turn.area.replace("_", " ") for turn in naming if turn.area}) or ["kitchen"]
    added: list[tuple[Turn, FailurePoint]] = []

    def say(turn: Turn, truth: FailurePoint, after: int) -> None:
        nonlocal at
        at += after
        added.append((_at(turn, f"{naming[0].turn_id}-added-{len(added)}", at), truth))

    for share, kind in ((UNKNOWN, "unknown"), (ELSEWHERE, "elsewhere"), (IMPOSSIBLE, "impossible")):
        for _ in range(max(1, round(share * len(naming)))):
            works = naming[int(rng.integers(len(naming)))]
            name = _said_name(works)
            if kind == "impossible":
                say(_impossible(works, rng), "correct", _QUIET)
                continue
            if kind == "unknown":
                other = other_names[int(rng.integers(len(other_names)))]
                words = heard_words(works).replace(name, other)
                failed = _without_name(_say(works, words, rng), other, rng)
            else:
                room = rooms[int(rng.integers(len(rooms)))]
                words = f"{heard_words(works)} in the {room}"
                failed = _without_name(_say(works, words, rng), f"{name} in the {room} area", rng)
            say(failed, "entity_resolution", _QUIET)
            if rng.random() < _FOLLOWED:
                say(works, "correct", _SAID_AGAIN)
    return added


def _impossible(turn: Turn, rng: np.random.Generator) -> Turn:
    requests = impossible_requests()
    words = requests[int(rng.integers(len(requests)))]
    said = _say(turn, words, rng)
    if rng.random() < 0.2:
        # A sentence with room for any name takes a part of the request for one.
        return _without_name(said, " ".join(words.split()[-2:]), rng)
    response = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
    return _unread(said, response)


def _say(turn: Turn, words: str, rng: np.random.Generator) -> Turn:
    asr = None if turn.asr is None else msgspec.structs.replace(turn.asr, text=words, nbest=())
    nlu = Nlu(intent="") if rng.random() < _EMPTY_HYPOTHESIS else None
    return msgspec.structs.replace(turn, request=words, asr=asr, nlu=nlu, applied_rewrite=None)


def _at(turn: Turn, turn_id: str, started: int) -> Turn:
    """Return a turn at another time."""
    shift = started - turn.started
    speech = turn.speech
    if speech is not None:
        speech = msgspec.structs.replace(
            speech,
            started=None if speech.started is None else speech.started + shift,
            ended=None if speech.ended is None else speech.ended + shift,
        )
    return msgspec.structs.replace(
        turn,
        turn_id=turn_id,
        started=started,
        ended=None if turn.ended is None else turn.ended + shift,
        session_id=None,
        conversation_id=None,
        speech=speech,
    )
