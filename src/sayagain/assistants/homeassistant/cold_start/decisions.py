"""The decisions that the cold start makes: leave a request, say something else instead, or ask first."""

from sayagain.runtime import COLD_START, Decision

__all__ = ["ask", "leave", "rewrite"]


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
        layer=COLD_START,
        probability=min(probability, 1.0),
        why=why,
    )


def ask(heard: str, text: str, probability: float, why: str) -> Decision:
    """Return the decision to ask whether other words were meant; see `rewrite`."""
    return Decision(
        heard=heard,
        text=heard,
        ask=text,
        probability=max(1 - probability, 0.0),
        why=f"asked about: {why}",
    )
