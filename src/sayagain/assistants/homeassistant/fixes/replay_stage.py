"""The stage that failed first, by replay: Home Assistant reads the request again, and the words that worked instead.

Each stage is run again with what the user meant. Where other words that sound alike work, hearing failed; where a name
that the home has works in its place, resolution did; where the request is understood as it is, carrying it out did.
"""

from collections.abc import Mapping
from typing import Any

from sayagain.failures import FailurePoint
from sayagain.text import normalise, sound_similarity

__all__ = ["replay_stage", "sounds_alike"]

_ALIKE = 0.55
"""Least similarity by sound of words that were misheard for others; chosen on every second request of
`benchmarks/failure_points_homeassistant.toml`."""

_QUESTIONS = ("HassGet", "HassClimateGet")
"""Beginnings of the intents that ask: of a name that the home does not have nobody could tell anything."""


def replay_stage(request: str, result: Mapping[str, Any], means: str | None, *, is_guessed: bool) -> FailurePoint:
    """Return the stage at which a request failed.

    Args:
        request: the request as it was heard; it failed.
        result: how Home Assistant reads it; empty if it does not.
        means: other words for it that Home Assistant understands; None if they are not known.
        is_guessed: whether the home has a name that sounds like the one that was heard.

    >>> replay_stage("make me a sandwich", {}, None, is_guessed=False)
    'correct'
    >>> replay_stage("turn on the see lynn lights", {"match": False}, "turn on the ceiling lights", is_guessed=False)
    'asr'
    """
    if result.get("match"):
        details = result.get("details") or {}
        is_lost = not result.get("targets") and not {"name", "area"}.isdisjoint(details)
        return "entity_resolution" if is_lost else "result"
    if is_guessed or (means is not None and sounds_alike(request, means)):
        return "asr"
    if not result:
        return "correct" if means is None else "nlu"
    intent = str((result.get("intent") or {}).get("name", ""))
    return "correct" if means is None and intent.startswith(_QUESTIONS) else "entity_resolution"


def sounds_alike(heard: str, meant: str) -> bool:
    """Return whether the words in which two requests differ sound alike.

    >>> sounds_alike("turn on the bad ride", "turn on the bed light"), sounds_alike("lamp on", "heater on")
    (True, False)
    """
    left, right = normalise(heard).split(), normalise(meant).split()
    while left and right and left[0] == right[0]:
        del left[0], right[0]
    while left and right and left[-1] == right[-1]:
        del left[-1], right[-1]
    return bool(left and right) and sound_similarity(" ".join(left), " ".join(right)) >= _ALIKE
