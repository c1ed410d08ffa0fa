"""Evidence of context: what one logged request turned out to mean, in its situation, by what the user did next.

No label is needed. The judge says how likely the turn went wrong; where the user said something else at once, that is
probably what was meant.
"""

from collections.abc import Mapping, Sequence

import msgspec

from sayagain.context.conditions import conditions
from sayagain.context.context_signal import context_signals
from sayagain.context.placed import listed_hypotheses, placed_hypothesis, request_key
from sayagain.turns import Hypothesis, Turn

__all__ = ["UNKNOWN", "ContextExample", "context_example"]

UNKNOWN = "?"
"""What was meant where nobody knows, except that it was not what was done."""

RETRY = 30_000
"""Longest silence before a request that says what the one before meant, in milliseconds."""

UNLISTED = 0.5
"""Share of the evidence for another request at once where the assistant lists nothing: many change their goal."""


class ContextExample(msgspec.Struct, frozen=True, kw_only=True):
    """One request in its situation."""

    request: str
    """What it shares with requests that may mean the same, as `request_key` gives it."""
    conditions: frozenset[str]
    """What was true."""
    unit: str
    """The fitting unit of the speaker, which is left out where its own requests are decided while learning."""
    at: int
    """When it was said, in milliseconds."""
    done: Hypothesis
    """What was done, placed."""
    p_defect: float
    """Probability that this was wrong."""
    listed: bool
    """Whether the assistant listed what else may have been meant."""
    retry: Hypothesis | None = None
    """What was asked for at once instead, placed."""
    share: float = 0.0
    """Probability that the retry says what was meant, if something else was."""

    @property
    def meant(self) -> dict[str, float]:
        """What was meant, as probabilities by key that sum to 1; `UNKNOWN` among them."""
        return outcomes(self, self.p_defect)


def outcomes(example: ContextExample, p_defect: float) -> dict[str, float]:
    """Return what was meant as probabilities by key, given P(what was done was wrong)."""
    meant = {example.done.key: 1 - p_defect, UNKNOWN: p_defect * (1 - example.share)}
    if example.retry is not None:
        meant[example.retry.key] = p_defect * example.share
    return meant


def context_example(
    turns: Sequence[Turn], place: int, p_defect: Mapping[str, float], *, unit: str, parsed: bool = True
) -> ContextExample | None:
    """Return what a turn tells, or None where it has no context or the assistant understood nothing.

    Args:
        turns: of its session.
        place: of the turn among them.
        p_defect: P(the turn went wrong) by turn id; turns without one tell nothing.
        unit: of the speaker.
        parsed: whether the assistant's hypotheses are known when a decision is made.
    """
    turn = turns[place]
    p = p_defect.get(turn.turn_id)
    # Other words than were heard tell about those words.
    if turn.context is None or p is None or turn.understood.empty or turn.heard != turn.request:
        return None
    asked = turn if parsed else msgspec.structs.replace(turn, nlu=None)
    listed = listed_hypotheses(asked)
    later = turns[place + 1] if place + 1 < len(turns) else None
    retry, share = None, 0.0
    if later is not None and _may_say_again(turn, later):
        retry = placed_hypothesis(later.understood, turn)
        is_listed = any(retry.key == placed_hypothesis(hypothesis, turn).key for hypothesis in listed)
        share = 1.0 if is_listed else 0.0 if listed else UNLISTED
    return ContextExample(
        request=request_key(asked, listed),
        conditions=conditions(context_signals(asked, turns[:place])),
        unit=unit,
        at=turn.started,
        done=placed_hypothesis(turn.understood, turn),
        p_defect=p,
        listed=bool(listed),
        retry=retry if share else None,
        share=share,
    )


def _may_say_again(turn: Turn, later: Turn) -> bool:
    """Return whether a later request may say what the turn meant: it follows at once and was understood otherwise."""
    return (
        not later.understood.empty
        and not later.complained
        and later.understood.key != turn.understood.key
        and later.started - (turn.ended or turn.started) <= RETRY
    )
