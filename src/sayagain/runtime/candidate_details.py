"""A candidate with everything that a decision weighs, for people who look into one."""

import msgspec

__all__ = ["CandidateDetails"]


class CandidateDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate of one request with its features and what the guardrails say of it."""

    text: str
    """The words that would be passed on."""
    hypothesis: str
    """What the assistant is known or expected to understand."""
    layer: str
    """Where it came from; `none` stands for all that is not among the candidates, and is never chosen."""
    probability: float
    """That it is right, in [0, 1]; those of all candidates sum to 1."""
    change: str | None
    """The class of change; None where the request would stay as it is."""
    threshold: float | None
    """The least probability, beside leaving the request, that the class needs; None where the class is never made."""
    refused: str | None
    """Why a guardrail refuses it; None where none does, and where the request would stay as it is."""
    rewrite_id: str | None
    """Name of the rewrite; None where the request would stay as it is."""
    features: dict[str, float]
    """What the ranker saw, by the name of the feature; features without a value are left out."""
