"""Removal of taught phrases from turns before learning: a lesson stays private to its user."""

import msgspec

from sayagain.turns import Turn

__all__ = ["replace_taught"]


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
    if applied is None or applied.layer != "taught":
        return turn
    # The transcripts contain the phrase too.
    return msgspec.structs.replace(turn, request=applied.target, applied_rewrite=None, asr=None)
