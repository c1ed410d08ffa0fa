"""Removal of teaching from turns before learning: a lesson stays private to its owner."""

from collections.abc import Iterable

import msgspec

from sayagain.turns import Turn

__all__ = ["TAUGHT", "TAUGHT_LAYERS", "TAUGHT_STEPS", "TEACHING", "replace_taught", "without_teaching"]

TAUGHT = "taught"
"""The layer of a request that was taught to mean another."""

TAUGHT_STEPS = "taught steps"
"""The layer of a request that was taught to mean several, one after the other."""

TAUGHT_LAYERS = frozenset({TAUGHT, TAUGHT_STEPS})
"""The layers of what was taught."""

TEACHING = "teaching"
"""The layer of a turn of a teaching exchange, which sayagain answered itself."""


_NO_REQUEST = frozenset({TAUGHT_STEPS, TEACHING})


def without_teaching(turns: Iterable[Turn]) -> list[Turn]:
    """Return the turns of which the assistant saw one request: no teaching exchange, and no several requests in one.

    >>> without_teaching([Turn(turn_id="t", started=0, request="lamp on")])[0].request
    'lamp on'
    """
    return [turn for turn in turns if turn.applied_rewrite is None or turn.applied_rewrite.layer not in _NO_REQUEST]


def replace_taught(turn: Turn) -> Turn:
    """Return a turn that a lesson rewrote as if its user had said the meaning; return any other turn unchanged.

    Otherwise two users who taught the same phrase would release it to everybody, and a deleted lesson would survive in
    a release. The assistant's response to the passed-on words remains useful for learning.

    >>> from sayagain.turns import AppliedRewrite
    >>> rewrite = AppliedRewrite(id="x", source="study mode", target="set the desk lamp to 40 percent", layer="taught")
    >>> turn = Turn(turn_id="t", started=0, request=rewrite.target, applied_rewrite=rewrite)
    >>> replace_taught(turn).heard
    'set the desk lamp to 40 percent'
    """
    applied = turn.applied_rewrite
    if applied is None or applied.layer != TAUGHT:
        return turn
    # The transcripts contain the phrase too.
    return msgspec.structs.replace(turn, request=applied.target, applied_rewrite=None, asr=None)
