"""What the learner answers: plain records that the command line prints and `--json` encodes."""

import msgspec

from sayagain.feedback import Signal
from sayagain.guardrails import RewriteTotals
from sayagain.labels import Judgement
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["Defect", "Explanation", "Ingested", "ReleaseLine", "RewriteLine"]


class Ingested(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a log that was read."""

    new: int
    """Turns stored now."""
    known: int
    """Turns that were there before."""
    bad: int
    """Lines or rows that are no turn."""
    omitted: int = 0
    """Those of them that the reject file has no room for."""
    rejects: str | None
    """The file that holds the others; None without any."""


class Defect(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was judged to have failed, with the turn where that is surest."""

    turn_id: str
    """The turn."""
    times: int
    """Turns with this request, in this language and group, that were judged to have failed in the period."""
    group: str | None
    """The device, room, intent or language; `unknown` where the log does not tell, None where nobody asked."""
    at: int
    """When, ms since 1970 UTC."""
    heard: str
    """The request as heard."""
    p_defect: float
    """That it failed."""
    meant: str | None
    """What was meant, where something tells: words or a hypothesis."""
    signs: list[str]
    """What speaks for it, in plain words."""


class RewriteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rewrite of a release: what is heard, what is passed on instead, and why."""

    heard: str
    """The request as heard."""
    language: str | None
    """Its language, where the log states one."""
    text: str
    """The words passed on."""
    hypothesis: str | None = msgspec.field(name="reading")
    """The hypothesis passed on or expected."""
    layer: str
    """Where it comes from."""
    probability: float | None
    """That it is right rather than the request as it is."""
    times: float
    """How often the request was heard."""
    users: int
    """From how many users."""
    rewrite_id: str | None
    """Its name, for `withdraw`."""
    live: RewriteTotals | None
    """What came of it since it is made; None where that is not known yet."""
    why: str
    """In plain words."""


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A release in a list."""

    number: int
    """Its number."""
    in_use: bool
    """Whether it decides now."""
    digest: str
    """SHA-256 of its manifest."""
    counts: dict[str, int]
    """What it was learnt from; empty when it is damaged."""
    metrics: dict[str, float | None]
    """What its replay gave."""
    trouble: str | None
    """What is wrong with it; None when it is whole."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a turn was judged as it was, and what was done."""

    turn: Turn
    """The turn."""
    judgement: Judgement | None
    """What learning made of it; None when it came after the last learning."""
    signals: list[Signal]
    """What the user's behaviour says of it."""
    decision: Decision | None
    """What the release in use would do now; None when none is in use."""
    sentences: list[str]
    """The whole of it in plain words."""
