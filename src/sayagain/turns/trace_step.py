"""The trace of an LLM agent's turn: what it looked up and which tools it called, in order."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

if TYPE_CHECKING:
    from sayagain.turns.turn import Turn

__all__ = ["STEPS", "TraceStep", "trace_steps"]

STEPS = "steps"
"""Name of the trace in `Turn.raw`."""


class TraceStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of an agent between a request and its answer."""

    kind: Literal["retrieval", "tool"]
    """Whether documents were looked up, or a tool was called."""
    name: str
    """Name of the tool or of the data source."""
    arguments: dict[str, Any] = {}
    """Arguments of the call."""
    error: str | None = None
    """Error code or message; None where it worked."""
    found: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Documents or results that came back; None where the trace does not tell."""


def trace_steps(turn: "Turn") -> tuple[TraceStep, ...]:
    """Return the steps that a reader of traces left in `Turn.raw`; none where it left none, or something else.

    >>> from sayagain.turns import Turn
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", raw={"steps": [{"kind": "tool", "name": "light"}]})
    >>> [step.name for step in trace_steps(turn)]
    ['light']
    """
    if not isinstance(turn.raw, dict) or not isinstance(turn.raw.get(STEPS), list):
        return ()
    try:
        return tuple(msgspec.convert(turn.raw[STEPS], list[TraceStep]))
    except msgspec.ValidationError:
        return ()
