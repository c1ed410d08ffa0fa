"""Admission of a rewrite that another source than a release made: withdrawals and the holdout hold for it, too."""

from collections.abc import Mapping

import msgspec

from sayagain.exploration import split_holdout
from sayagain.runtime.decision import Decision
from sayagain.turns import Turn

__all__ = ["admit_rewrite"]


def admit_rewrite(
    turn: Turn, decision: Decision, *, withdrawn: Mapping[str, str], release: int | None, seed: int, share: float
) -> Decision:
    """Return a decision as it may be made, with what is to be logged of it.

    Args:
        turn: under way.
        decision: rewrites it, asks about a rewrite, or leaves it.
        withdrawn: reasons by rewrite id.
        release: the release in use; None for none.
        seed: of the holdout.
        share: of the rewrites that are kept back, in [0, 1].

    >>> made = Decision(heard="lamp of", text="lamp off", layer="cold start", rewrite_id="f00", why="it is alike")
    >>> turn = Turn(turn_id="t", started=0, request="lamp of")
    >>> admit_rewrite(turn, made, withdrawn={"f00": "not here"}, release=None, seed=1, share=0.0).why
    'left as it is: “lamp off” was withdrawn: not here'
    """
    identity = decision.rewrite_id
    if identity is None:
        return decision
    if identity in withdrawn:
        why = f"left as it is: “{decision.ask or decision.text}” was withdrawn: {withdrawn[identity]}"
        return Decision(heard=turn.heard, text=turn.heard, release=release, why=why)
    if not decision.changed:
        return msgspec.structs.replace(decision, release=release)
    holdout = split_holdout(seed=seed, release=release or 0, unit=turn.turn_id, rewrite_id=identity, share=share)
    if not holdout.left_alone:
        return msgspec.structs.replace(decision, release=release, propensity=holdout.propensity)
    return Decision(
        heard=turn.heard,
        text=turn.heard,
        probability=None if decision.probability is None else 1 - decision.probability,
        propensity=holdout.propensity,
        rewrite_id=identity,
        release=release,
        arm="holdout",
        why=f"left as it is: {share:.0%} are kept back to learn what a rewrite is worth",
    )
