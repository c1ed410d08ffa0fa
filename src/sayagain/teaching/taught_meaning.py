"""A turn as learning may see it: what a user taught stays with that user, so the taught phrase is left out."""

import msgspec

from sayagain.turns import Turn

__all__ = ["replace_taught"]


def replace_taught(turn: Turn) -> Turn:
    """Return a turn that a lesson rewrote as though its user had said the meaning; every other turn as it is.

    Else two users who taught one phrase would teach it to everybody, and what a user has forgotten would live on in a
    release. How the assistant does on the words passed on is worth knowing all the same.

    >>> from sayagain.turns import AppliedRewrite
    >>> rewrite = AppliedRewrite(id="x", source="study mode", target="set the desk lamp to 40 percent", layer="taught")
    >>> turn = Turn(turn_id="t", started=0, request=rewrite.target, applied_rewrite=rewrite)
    >>> replace_taught(turn).heard
    'set the desk lamp to 40 percent'
    """
    applied = turn.applied_rewrite
    if applied is None or applied.layer != "taught":
        return turn
    # The transcripts are of the phrase, too.
    return msgspec.structs.replace(turn, request=applied.target, applied_rewrite=None, asr=None)
