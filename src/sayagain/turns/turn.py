"""The turn: one request and its response, with everything that an assistant logs about it.

Only `turn_id`, `started` and `request` are required. Every confidence may be missing: Home Assistant and OVOS
report none. Times are integer milliseconds since 1970-01-01 UTC; a log may also write them as ISO 8601 with a zone.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from sayagain.turns.dialogue_acts import NO_ACTS, ActRole, DialogueActs
from sayagain.turns.hypothesis import NOTHING, Hypothesis, Slot, SlotValue, said
from sayagain.turns.trouble import TroubleKind, error_trouble

__all__ = [
    "Action",
    "AppliedRewrite",
    "Asr",
    "AsrHypothesis",
    "Context",
    "FeedbackReport",
    "Interruption",
    "Nlu",
    "Resolution",
    "ResolutionCandidate",
    "Response",
    "Speech",
    "Time",
    "Turn",
    "Wake",
    "declared_acts",
    "turn_schema",
]

Time = Annotated[
    int,
    Meta(
        description="Milliseconds since 1970-01-01 UTC; in a log also ISO 8601 with a zone, 2026-01-31T08:00:00Z.",
        extra_json_schema={"type": ["integer", "string"]},
    ),
]
Probability = Annotated[float, Meta(ge=0, le=1)]


class Wake(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The wake word that opened the turn."""

    name: str
    """Which wake word, for example `okay_nabu`."""
    probability: Probability | None = None
    """Probability of the wake-word model, in [0, 1]."""


class AsrHypothesis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One transcript that speech recognition considered."""

    text: str
    """The words, as recognised."""
    confidence: float | None = None
    """A probability, or a log-probability if it is not above 0; higher is better."""


class Asr(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What speech recognition returned."""

    text: str = ""
    """The best transcript."""
    nbest: tuple[AsrHypothesis, ...] = ()
    """All transcripts, best first, including the best."""
    confidence: float | None = None
    """Of the best transcript, where reported."""
    audio: str | None = None
    """Name of the recording, never the sound itself."""
    misheard: Probability | None = None
    """Probability that the transcript is wrong, judged from the sound, in [0, 1]; None if nobody judged it."""


class Nlu(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What language understanding returned."""

    engine: str | None = None
    """Name of the NLU engine, for example `hassil`."""
    intent: str | None = None
    """The best hypothesis's intent; give this and `slots`, or `ranking`, or both."""
    domain: str | None = None
    """The best hypothesis's domain."""
    slots: tuple[Slot, ...] = ()
    """The best hypothesis's arguments."""
    confidence: float | None = None
    """Confidence of the best hypothesis, if reported."""
    ranking: tuple[Hypothesis, ...] = ()
    """All hypotheses, best first; an empty one (nothing understood) may be among them."""
    act_roles: dict[str, ActRole] = {}
    """Roles of the intents that only answer the assistant, for example `{"greet": "social"}`, by the log reader."""


class ResolutionCandidate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a slot's words may denote."""

    id: str
    """The thing's id in the assistant."""
    name: str | None = None
    """The thing's name."""
    confidence: float | None = None
    """Confidence of the match, where reported."""


class Resolution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Entity resolution of one slot: from its words to the thing they denote."""

    slot: str
    """The slot's name."""
    raw: SlotValue = None
    """The words or number to be resolved."""
    id: str | None = None
    """Id of the chosen entity; missing if none was found."""
    status: str | None = None
    """`ok`, `not_found`, `ambiguous`, or the assistant's own word."""
    candidates: tuple[ResolutionCandidate, ...] = ()
    """Candidate entities, best first."""


class Response(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the assistant answered."""

    text: str = ""
    """The words of the answer."""
    type: str | None = None
    """`action_done`, `query_answer`, `question`, `error`, or the assistant's own word."""
    error_code: str | None = None
    """Error code, for example `no_intent_match`; missing without an error."""
    acts: tuple[Hypothesis, ...] = ()
    """Dialogue acts of the answer, where reported; a question for a slot is `request` with slot `slot`, a question
    whether a value was understood is `confirm`."""


class Action(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the assistant did in the world."""

    target: str
    """The device, service or thing acted upon."""
    ok: bool = True
    """Whether it worked."""
    name: str | None = None
    """What was done, for example `turn_on`."""


class Speech(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The spoken answer."""

    started: Time | None = None
    """Start of the spoken answer."""
    ended: Time | None = None
    """End of the spoken answer, complete or cut short."""
    duration: Annotated[int, Meta(ge=0)] | None = None
    """Duration of the whole answer if it had not been cut short, in milliseconds."""


class Interruption(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether the answer was cut short."""

    yes: bool
    """True if the answer was cut short, by whomever."""
    by: Literal["user", "assistant", "other"] | None = None
    """The party that cut it short; an assistant that stops by itself is no barge-in."""
    at: Time | None = None
    """When."""


class FeedbackReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Feedback that the user gave on purpose: a rating, thumbs, an answer to "did that help?", a correction."""

    kind: Literal["rating", "thumbs", "helped", "correction"]
    """How it was given."""
    value: Probability | None = None
    """0 is worst, 1 is best; thumbs and yes/no are 0 or 1, five stars map to 0, .25, .5, .75, 1."""
    text: str | None = None
    """The user's words, for a correction."""
    at: Time | None = None
    """When."""


class AppliedRewrite(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What sayagain did to this request; without it, live rewrites poison the data they are learnt from."""

    id: str
    """Id of the rewrite; `none` if the request was deliberately not rewritten (holdout, control arm)."""
    source: str = field(name="from")
    """The request as heard."""
    target: str = field(name="to")
    """The request as passed on; equal to `from` if it was not rewritten."""
    layer: str
    """Where it came from: taught, chain, table, rephrase, personal, global, n-best; or `leave`."""
    release: int | None = None
    """The number of the release that decided."""
    arm: str | None = None
    """Arm of the experiment; `holdout` for the share that is never rewritten."""
    propensity: Probability | None = None
    """The probability with which this choice was made."""
    proof: str | None = None
    """Proof that the service made the decision; pass it on from the decision, unchanged."""


class Context(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The situation of the request; every part may be missing."""

    device_states: dict[str, str] = {}
    """State by device id, for example `light.kitchen: on`."""
    screen: bool | None = None
    """Whether the device has a screen."""
    area: str | None = None
    """The room."""
    local_time: str | None = None
    """Time of day where the user is, `HH:MM`."""
    weekday: Annotated[int, Meta(ge=0, le=6)] | None = None
    """Day of the week where the user is; 0 is Monday."""
    read_at: Time | None = None
    """When states and readings were read; missing if with the request. After it, or a minute before, they are stale."""
    activity: str | None = None
    """Current activity, for example `cooking`."""
    sensors: dict[str, str | int | float | bool] = {}
    """Readings by sensor id."""


class Turn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request and its response.

    >>> turn = Turn(turn_id="t1", started=1_767_225_600_000, request="turn of the lamp")
    >>> turn.hypotheses
    ()
    >>> turn.heard
    'turn of the lamp'
    """

    turn_id: str
    """Unique in the log; a turn seen twice is stored once."""
    started: Time
    """When the user began to speak or sent the request."""
    request: str
    """The user's words as the assistant acted on them (after a rewrite: the rewritten words)."""
    ended: Time | None = None
    """When the user finished speaking."""
    assistant: str | None = None
    """Which assistant, for example `homeassistant`."""
    user_id: str | None = None
    """Who spoke; missing when unknown."""
    home: str | None = None
    """The home, or another group that speaks as one: its users count as one user where others are taught."""
    device_id: str | None = None
    """The device spoken to."""
    satellite_id: str | None = None
    """The voice satellite, where it differs from the device."""
    area: str | None = None
    """The room of the device."""
    conversation_id: str | None = None
    """The assistant's own id of the conversation."""
    session_id: str | None = None
    """The assistant's own id of the session; when missing, sessions are cut by gap and device."""
    language: str | None = None
    """BCP 47, for example `en`."""
    wake: Wake | None = None
    """The wake word."""
    asr: Asr | None = None
    """Speech recognition."""
    applied_rewrite: AppliedRewrite | None = None
    """What sayagain did to the request."""
    nlu: Nlu | None = None
    """Language understanding."""
    resolution: tuple[Resolution, ...] = ()
    """Entity resolution, one entry a slot."""
    response: Response | None = None
    """The answer; missing when there was none."""
    actions: tuple[Action, ...] = ()
    """What was done."""
    speech: Speech | None = None
    """The spoken answer's times."""
    interrupted: Interruption | None = None
    """Whether the answer was cut short."""
    feedback: tuple[FeedbackReport, ...] = ()
    """What the user reported on purpose."""
    context: Context | None = None
    """The situation."""
    raw: Any = None
    """Any other data that the assistant logs; stored, never used by learning."""

    @property
    def heard(self) -> str:
        """The words as heard, before any rewrite."""
        return self.applied_rewrite.source if self.applied_rewrite is not None else self.request

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """The assistant's n-best hypotheses, best first; empty if it reports none."""
        if self.nlu is None:
            return ()
        if self.nlu.ranking:
            return self.nlu.ranking
        if self.nlu.intent is None:
            return ()
        hypothesis = Hypothesis(
            intent=self.nlu.intent,
            domain=self.nlu.domain,
            slots=self.nlu.slots,
            confidence=self.nlu.confidence,
        )
        return (hypothesis,)

    @property
    def hypothesis(self) -> Hypothesis | None:
        """The hypothesis acted on, or None if the assistant reports none."""
        hypotheses = self.hypotheses
        return hypotheses[0] if hypotheses else None

    @property
    def complained(self) -> bool:
        """Whether the response is an error."""
        response = self.response
        return response is not None and (response.error_code is not None or response.type == "error")

    @property
    def failed(self) -> bool:
        """Whether the turn failed by the assistant's own record: an error response or an empty hypothesis."""
        return self.complained or (self.hypothesis is not None and self.hypothesis.empty)

    @property
    def trouble(self) -> TroubleKind | None:
        """What the turn lacks by its own record: words, a meaning, the named entity or the action; None if nothing."""
        understood = self.hypothesis is not None and not self.hypothesis.empty
        if self.complained and self.response is not None:
            if not self.request.strip():
                return "not recognised"
            empty = self.hypothesis is not None and self.hypothesis.empty
            return "not understood" if empty else error_trouble(self.response.error_code, hypothesis=understood)
        if self.hypothesis is not None and self.hypothesis.empty:
            return "not understood" if self.request.strip() else "not recognised"
        return "not done" if self.actions and not any(action.ok for action in self.actions) else None

    @property
    def understood(self) -> Hypothesis:
        """The hypothesis of the assistant; the words themselves if it reports none.

        A request that was understood and not carried out keeps its hypothesis.

        >>> Turn(turn_id="t", started=0, request="Lamp on").understood.key
        'said|words=lamp on'
        """
        if self.trouble in ("not recognised", "not understood"):
            return NOTHING
        return self.hypothesis or said(self.request)


def declared_acts(turns: Iterable[Turn]) -> DialogueActs:
    """Return the acts that only answer the assistant, as the turns declare them.

    >>> hello = Turn(turn_id="t", started=0, request="hi", nlu=Nlu(intent="greet", act_roles={"greet": "social"}))
    >>> declared_acts([hello]).social
    frozenset({'greet'})
    """
    roles = [turn.nlu.act_roles for turn in turns if turn.nlu is not None and turn.nlu.act_roles]
    return DialogueActs.declared(roles) if roles else NO_ACTS


def turn_schema() -> dict[str, Any]:
    """Return the JSON Schema of a turn, as published in docs/turn.schema.json."""
    return msgspec.json.schema(Turn)
