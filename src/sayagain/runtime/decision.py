"""The decision: what is passed on for one request, and why."""

from typing import Annotated

import msgspec

from sayagain.turns import AppliedRewrite, Hypothesis

__all__ = ["ASKED", "COLD_START", "LEAVE", "Decision"]

LEAVE = "leave"
"""The layer of a request that is passed on as it is."""

COLD_START = "cold start"
"""The layer of a request that was rewritten by what an assistant understands, before anything was learnt."""

ASKED = "asked"
"""The layer of a rewrite that the user said yes to."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What is passed on for one request.

    >>> kept = Decision(heard="lamp on", text="lamp on", why="nothing is known of these words")
    >>> kept.changed, kept.applied.layer
    (False, 'leave')
    """

    heard: str
    """The request as heard."""
    text: str
    """The words to pass on; the same unless the layer rewrites."""
    hypothesis: Hypothesis | None = msgspec.field(default=None, name="reading")
    """The hypothesis to pass on, or the one expected of the words if only words are; None when left or taught."""
    layer: str = LEAVE
    """Where the rewrite came from, or `leave`."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """That what is passed on is right rather than the request as it was; None where nothing was weighed."""
    propensity: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """The probability with which this choice was made."""
    rewrite_id: str | None = None
    """Which rewrite; also set when the holdout kept it from being applied."""
    release: int | None = None
    """The release that decided; None when none is in use."""
    ask: str | None = None
    """Words to pass on if the user says yes to them; an assistant that can ask does so, another leaves the request."""
    ask_each_time: bool = False
    """Whether a yes to `ask` counts for this time alone: it opens, locks, buys, calls or drops a condition."""
    ask_layer: str = ASKED
    """The layer to log once the user said yes to `ask`: `asked`, or that of what was taught."""
    reply: str | None = None
    """What to answer the user instead of passing anything on: the request was part of a teaching exchange."""
    steps: tuple[str, ...] = ()
    """The requests to pass on one after the other in place of `text` or `ask`, by a front that can; empty for one."""
    arm: str | None = None
    """`holdout` when a rewrite was at hand and kept back on purpose."""
    left_out: tuple[str, ...] = ()
    """Layers whose candidates were not ready within the time of a decision, and so were not weighed."""
    proof: str | None = None
    """Proof that the service made the decision, to be stored with the turn; None where nothing is to be proved."""
    why: str
    """In plain words."""

    @property
    def changed(self) -> bool:
        """Whether the request is rewritten."""
        return self.layer != LEAVE

    @property
    def question(self) -> str | None:
        """What to ask the user before anything is done; None where there is nothing to ask."""
        return None if self.ask is None else f"Did you mean: {self.ask}?"

    @property
    def applied(self) -> AppliedRewrite:
        """What to log with the turn, so that what is learnt from it stays honest."""
        return AppliedRewrite(
            id=self.rewrite_id or "none",
            source=self.heard,
            target=self.text,
            # What was taught is no evidence, also where the user says no to it this time.
            layer=self.layer if self.ask is None or self.ask_layer == ASKED else self.ask_layer,
            release=self.release,
            arm=self.arm,
            propensity=self.propensity,
            proof=self.proof,
        )
