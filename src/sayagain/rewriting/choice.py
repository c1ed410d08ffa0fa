"""The choice among ranked candidates: the likeliest rewrite that nothing forbids, and how sure it is."""

from collections.abc import Callable, Sequence

import msgspec

from sayagain.rewriting.candidates import Candidate, Position
from sayagain.rewriting.change import change_class
from sayagain.text import normalise

__all__ = ["Choice", "choose", "keeps_words", "may_ask"]

_FAILS = "these words themselves go wrong more often than not"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The rewrite that would be made if it is sure enough."""

    candidate: Candidate | None
    """What would be passed on; None where every rewrite is refused, or there is none."""
    probability: float
    """P(candidate) ÷ (P(candidate) + P(leave it)), in [0, 1]."""
    right: float = 0.0
    """P(candidate), in [0, 1]."""
    leave: float = 0.0
    """P(the request is right as it is), in [0, 1]; what is missing to 1 is that something else was meant."""
    change: str
    """The class of change, as `change_class` names it; empty without a candidate."""
    refused: str | None
    """Why the likeliest rewrite was refused; None where it was not."""
    refused_candidate: Candidate | None = None
    """The likeliest rewrite, where it was refused."""
    refused_right: float = 0.0
    """P(the refused candidate), in [0, 1]."""

    @property
    def refused_probability(self) -> float:
        """P(the refused candidate) ÷ (P(it) + P(leave it)), in [0, 1]."""
        return self.refused_right / max(self.refused_right + self.leave, 1e-12)


def keeps_words(heard: str, candidate: Candidate, position: Position) -> bool:
    """Whether passing on a candidate leaves the request as it is: the same words, where a rewrite is words."""
    if position == "read" or candidate.layer == "none" or candidate.in_context:
        return False
    return normalise(candidate.text) == normalise(heard)


def may_ask(candidate: Candidate, position: Position) -> bool:
    """Whether the user may be asked about a refused candidate: users showed that they mean it by these very words."""
    return candidate.verified and not candidate.guessed and not candidate.fails and position != "read"


def choose(
    heard: str,
    candidates: Sequence[Candidate],
    probabilities: Sequence[float],
    position: Position,
    refuse: Callable[[Candidate], str | None],
) -> Choice:
    """Return the likeliest rewrite that no guardrail refuses.

    Args:
        heard: the request.
        candidates: all of them; the first leaves the request as it is.
        probabilities: that each is right; they sum to 1.
        position: what is known when the decision is made.
        refuse: says why a candidate must not be passed on, or None.
    """
    rewrites, leave = [], float(probabilities[0])
    for candidate, probability in zip(candidates[1:], probabilities[1:], strict=True):
        if keeps_words(heard, candidate, position):
            # The same words leave the request as it is, whatever hypothesis is expected of them.
            leave += float(probability)
        elif candidate.layer != "none":
            rewrites.append((float(probability), candidate))
    first_refusal: str | None = None
    refused_candidate: Candidate | None = None
    refused_right = 0.0
    other_probability = leave
    for probability, candidate in sorted(rewrites, key=lambda rewrite: -rewrite[0]):
        reason = _FAILS if candidate.fails else refuse(candidate)
        if reason is None:
            return Choice(
                candidate=candidate,
                probability=probability / max(probability + other_probability, 1e-12),
                right=probability,
                leave=leave,
                change=change_class(
                    candidates[0].hypothesis,
                    candidate.hypothesis,
                    guessed=candidate.guessed,
                    in_context=candidate.in_context,
                    completed=bool(candidate.completed),
                ),
                refused=first_refusal,
                refused_candidate=refused_candidate,
                refused_right=refused_right,
            )
        if first_refusal is None:
            first_refusal = f"{candidate.description(heard)} was refused: {reason}"
            refused_candidate, refused_right = candidate, probability
        # The user may still have meant the refused candidate, and then the next best is wrong.
        other_probability += probability
    return Choice(
        candidate=None,
        probability=0.0,
        leave=leave,
        change="",
        refused=first_refusal,
        refused_candidate=refused_candidate,
        refused_right=refused_right,
    )
