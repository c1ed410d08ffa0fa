"""Builder of one OVOS turn from the messages of the bus."""

import hashlib
import re

from sayagain.assistants.ovos.message import Message
from sayagain.turns import (
    Action,
    AppliedRewrite,
    Asr,
    AsrHypothesis,
    Interruption,
    Nlu,
    Response,
    Slot,
    Speech,
    Turn,
)

__all__ = ["QUIET", "OvosTurnBuilder"]

QUIET = 60_000
"""Silence after which a turn is over even if OVOS has not reported its end, in milliseconds."""

_SPEAKING_QUIET = 10 * QUIET
"""The same while the answer is spoken."""

_INTENT = re.compile(r"(?P<skill>[^:\s]+):(?P<intent>\S+)")
_FALLBACK = re.compile(r"ovos\.skills\.fallback\.(?P<skill>.+)\.response")
_GET_RESPONSE = re.compile(r"(?P<skill>.+)\.converse\.get_response")
_NON_SLOT_KEYS = frozenset(
    {"utterance", "utterances", "lang", "confidence", "conf", "intent_type", "intent_name", "target", "skill_id"}
)
"""Keys beside the slots in the data of an intent."""


class OvosTurnBuilder:
    """Builder of one turn, from its utterance on.

    Args:
        utterance: the message `recognizer_loop:utterance`.
        line: its line in the log, from 1.
        speech_started: when the user began to speak, in milliseconds; None if unknown.
    """

    def __init__(self, utterance: Message, line: int, speech_started: int | None = None) -> None:
        self.line = line
        self.at = utterance.at
        self.last_seen = utterance.at
        """Time of its latest message."""
        self.transcripts = utterance.utterances
        self.turn_id: str | None = utterance.turn_id
        self.is_handled = False
        """Whether OVOS has handled it; the answer may still be spoken."""
        self.is_speaking = False
        """Whether the answer is being spoken."""
        self._session = utterance.session
        self._speech_started = speech_started
        self._applied_rewrite: AppliedRewrite | None = None
        self._nlu: Nlu | None = None
        self._utterances: list[str] = []
        self._expects_response = self._fallback_ran = self._intent_failed = self._is_cancelled = False
        self._error: str | None = None
        self._actions: list[Action] = []
        self._answer_started: int | None = None
        self._answer_ended: int | None = None
        self._cut_at: int | None = None

    @property
    def has_answer(self) -> bool:
        """Whether there is an answer."""
        return bool(self._utterances)

    def is_quiet(self, at: int) -> bool:
        """Whether no further message is expected at a time, in milliseconds."""
        return at - self.last_seen > (_SPEAKING_QUIET if self.is_speaking else QUIET)

    def take(self, message: Message) -> None:
        """Take in a message of this turn."""
        self.last_seen = message.at
        self.turn_id = self.turn_id or message.turn_id
        self._applied_rewrite = self._applied_rewrite or message.applied_rewrite
        kind, skill = message.type, message.skill or "ovos"
        if kind == "speak":
            self._utterances += [utterance] if (utterance := message.text("utterance")) else []
            self._expects_response = message.data.get("expect_response") is True
        elif kind in {"mycroft.skill.handler.complete", "mycroft.skill.handler.error"}:
            if exception := message.text("exception"):
                self._error = exception
            self._actions.append(Action(target=skill, name=message.text("name"), ok=exception is None))
        elif kind == "complete_intent_failure":
            self._intent_failed = True
        elif kind == "ovos.utterance.cancelled":
            self._is_cancelled = True
        elif kind == "ovos.utterance.handled":
            self.is_handled = True
        else:
            self._take_hypothesis(message)

    def start_speaking(self, at: int) -> None:
        """Record that the answer starts to be spoken."""
        self.is_speaking = True
        self.last_seen = at
        self._answer_started = self._answer_started or at

    def end_speaking(self, at: int) -> None:
        """Record that the answer has been spoken."""
        self.is_speaking = False
        self.last_seen = self._answer_ended = at

    def interrupt(self, at: int) -> None:
        """Record that the user speaks into the answer, or stops it."""
        self.is_speaking = False
        self.last_seen = self._answer_ended = self._cut_at = at

    def turn(self) -> Turn:
        """Return the turn, as far as it is known."""
        has_speech = self._answer_started is not None
        is_interrupted = self._cut_at is not None
        request = self.transcripts[0]
        if self._applied_rewrite is not None and self._applied_rewrite.layer != "leave":
            request = self._applied_rewrite.target
        return Turn(
            turn_id=self.turn_id or self._derive_id(),
            started=self.at if self._speech_started is None else self._speech_started,
            ended=None if self._speech_started is None else self.at,
            request=request,
            assistant="ovos",
            user_id=self._session.user_id,
            session_id=self._session.session_id,
            area=self._session.area,
            language=self._session.language,
            asr=Asr(
                text=self.transcripts[0], nbest=tuple(AsrHypothesis(text=transcript) for transcript in self.transcripts)
            ),
            applied_rewrite=self._applied_rewrite,
            nlu=self._nlu,
            response=self._response(),
            actions=tuple(self._actions),
            speech=Speech(started=self._answer_started, ended=self._answer_ended) if has_speech else None,
            interrupted=Interruption(yes=is_interrupted, by="user" if is_interrupted else None, at=self._cut_at)
            if has_speech
            else None,
        )

    def _derive_id(self) -> str:
        identity = "\x1f".join((self._session.session_id, str(self.at), *self.transcripts))
        return hashlib.sha256(identity.encode(errors="replace")).hexdigest()[:32]

    def _take_hypothesis(self, message: Message) -> None:
        """Take in the hypothesis of OVOS; the first handler that accepts the utterance has it."""
        kind = message.type
        if match := _FALLBACK.fullmatch(kind):
            self._fallback_ran = True
            if message.data.get("result") is True:
                self._nlu = self._nlu or Nlu(intent="fallback", domain=match["skill"])
        elif kind == "skill.converse.response":
            if message.data.get("result") is True and (skill := message.text("skill_id")):
                self._nlu = self._nlu or Nlu(intent="converse", domain=skill)
        elif match := _GET_RESPONSE.fullmatch(kind):
            self._nlu = self._nlu or Nlu(intent="get_response", domain=match["skill"])
        elif (match := _INTENT.fullmatch(kind)) and message.text("utterance") and self._nlu is None:
            self._nlu = Nlu(
                engine="adapt" if "intent_type" in message.data else None,
                intent=match["intent"],
                domain=match["skill"],
                slots=tuple(sorted(_slots(message, match["skill"]), key=lambda slot: slot.name)),
                confidence=_number(message.data.get("confidence", message.data.get("conf"))),
            )

    def _response(self) -> Response | None:
        text = " ".join(self._utterances)
        if self._error is not None:
            return Response(text=text, type="error", error_code="handler_error")
        if self._intent_failed or (self._fallback_ran and self._nlu is None):
            return Response(text=text, type="error", error_code="no_intent_match")
        if self._is_cancelled:
            return Response(text=text, type="cancelled")
        if not text and not self.is_handled:
            return None
        return Response(text=text, type="question" if self._expects_response else "action_done")


def _slots(message: Message, skill: str) -> list[Slot]:
    # Adapt names a keyword after the skill: my_skill_openvoiceosLampKeyword.
    prefix = re.sub(r"[^A-Za-z0-9]", "_", skill)
    return [
        Slot(name.removeprefix(prefix) or name, value)
        for name, value in message.data.items()
        if isinstance(value, str | int | float | bool) and name not in _NON_SLOT_KEYS and not name.startswith("__")
    ]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= 1 else None
