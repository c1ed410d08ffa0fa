"""The decisions that the cold start makes: leave a request, say something else instead, or ask first."""

import hashlib

from sayagain.runtime import COLD_START, Decision
from sayagain.text import normalise

__all__ = ["LAYER", "NOTHING", "ask", "leave", "rewrite"]

LAYER = COLD_START
"""The layer that is logged for every request the cold start rewrites."""

NOTHING = "never mind"
"""What Home Assistant understands and does nothing for, in silence; the agent says that nothing was done."""


def leave(heard: str, why: str) -> Decision:
    """Return the decision to pass a request on as it is.

    >>> leave("lamp on", "it is understood").why
    'left as it is: it is understood'
    """
    return Decision(heard=heard, text=heard, why=f"left as it is: {why}")


def rewrite(heard: str, text: str, probability: float, why: str) -> Decision:
    """Return the decision to pass other words on.

    Args:
        heard: the request.
        text: what is passed on.
        probability: that it is what was meant.
        why: in plain words.
    """
    return Decision(
        heard=heard,
        text=text,
        layer=LAYER,
        probability=min(probability, 1.0),
        rewrite_id=_identity(heard, text),
        why=why,
    )


def ask(heard: str, text: str, probability: float, why: str) -> Decision:
    """Return the decision to ask whether other words were meant; see `rewrite`."""
    return Decision(
        heard=heard,
        text=heard,
        ask=text,
        probability=max(1 - probability, 0.0),
        rewrite_id=_identity(heard, text),
        why=f"asked about: {why}",
    )


def _identity(heard: str, text: str) -> str:
    said = f"{normalise(heard)}\n{text}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
