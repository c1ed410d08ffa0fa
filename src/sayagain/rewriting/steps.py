"""The step: one turn as the chain sees it."""

import msgspec

from sayagain.errors import InputError
from sayagain.turns import SAID, Hypothesis, Turn

__all__ = ["HEARD", "Rewritten", "Step", "state_key", "step"]

HEARD = "heard:"
"""How the state of a request begins for which there is no hypothesis."""


class Rewritten(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request was before it was rewritten."""

    id: str
    """Which rewrite was applied."""
    surface: str
    """The words as heard, normalised."""
    state: str | None = None
    """The state that the release rewrote from (`ChainRewrite.source_state`); without it the state is looked up by the
    words in the same log, and failing that is `heard:` and the words."""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One turn of a goal.

    >>> Step(state="LightOn|", surface="lamp on", user_id="u1", at=1_000, p_defect=0.1).rewritten is None
    True
    """

    state: str
    """The hypothesis acted on, as `state_key` writes it."""
    surface: str
    """The words acted on (after a rewrite, the rewritten words), normalised."""
    user_id: str | None = None
    """Who spoke, where known."""
    at: int = 0
    """When, in milliseconds since 1970-01-01 UTC."""
    p_defect: float | None = None
    """The judge's probability that the turn failed. Without one: 1 if the user had to go on within the goal, else 0."""
    rewritten: Rewritten | None = None
    """What the request was before, if it was rewritten; holdout turns are not. Without it the chain poisons itself."""
    gives_up: bool = False
    """Whether the words abandon the goal ("never mind"): it ends in failure there, and the words are no target."""


def state_key(hypothesis: Hypothesis | None, words: str) -> str:
    """Return the state of a request: its hypothesis, or the words themselves where nothing, or nothing else, is known.

    All unread requests in one state would mix everything that was ever misheard.

    >>> state_key(Hypothesis(intent="LightOn"), "lamp on"), state_key(None, "lamp on")
    ('LightOn|', 'heard:lamp on')
    """
    unread = hypothesis is None or hypothesis.empty or hypothesis.intent == SAID
    return f"{HEARD}{words}" if unread or hypothesis is None else hypothesis.key


def step(
    turn: Turn,
    *,
    words: str,
    heard: str | None = None,
    p_defect: float | None = None,
    source_state: str | None = None,
    gives_up: bool = False,
) -> Step:
    """Return a turn as the chain sees it.

    Args:
        turn: one turn of a goal.
        words: `turn.request`, normalised.
        heard: `turn.heard`, normalised; needed only when it differs from `words`.
        p_defect: from the judge. Without it a turn that was not understood or answered with an error counts as 1.
        source_state: `ChainRewrite.source_state` of the rewrite that was applied, where the release still tells.
        gives_up: whether the words abandon the goal.

    Raises:
        InputError: `p_defect` is outside [0, 1].

    >>> step(Turn(turn_id="t", started=5, request="Lamp on!", user_id="u"), words="lamp on").state
    'heard:lamp on'
    """
    if p_defect is not None and not 0 <= p_defect <= 1:
        raise InputError(f"turn {turn.turn_id}: its defect probability is {p_defect}; expected a number from 0 to 1")
    unread = turn.hypothesis is not None and turn.hypothesis.empty
    if p_defect is None and (unread or (turn.response is not None and turn.response.error_code is not None)):
        p_defect = 1.0
    applied = turn.applied_rewrite
    rewritten = None
    if applied is not None and applied.target != applied.source:
        rewritten = Rewritten(id=applied.id, surface=words if heard is None else heard, state=source_state)
    return Step(
        state=state_key(turn.hypothesis, words),
        surface=words,
        user_id=turn.user_id,
        at=turn.started,
        p_defect=p_defect,
        rewritten=rewritten,
        gives_up=gives_up,
    )
