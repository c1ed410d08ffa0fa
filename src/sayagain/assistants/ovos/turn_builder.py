"""A turn under way: what its messages have told of it so far."""

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
"""Silence after which a turn is over whether or not OVOS has said that it is done with it, in milliseconds."""

_LONG = 10 * QUIET
"""The same while its answer sounds."""

_INTENT = re.compile(r"(?P<skill>[^:\s]+):(?P<intent>\S+)")
_FALLBACK = re.compile(r"ovos\.skills\.fallback\.(?P<skill>.+)\.response")
_ANSWERED = re.compile(r"(?P<skill>.+)\.converse\.get_response")
_NO_SLOTS = frozenset(
    {"utterance", "utterances", "lang", "confidence", "conf", "intent_type", "intent_name", "target", "skill_id"}
)
"""What stands beside the slots in the data of an intent."""


class OvosTurnBuilder:
    """One turn, from its utterance on.

    Args:
        utterance: the message `recognizer_loop:utterance`.
        line: where it stands in the log, from 1.
        began: when the user began to speak, in milliseconds; None where only the words are known.
    """

    def __init__(self, utterance: Message, line: int, began: int | None = None) -> None:
        self.line = line
        self.at = utterance.at
        self.last = utterance.at
        """When the last was heard of it."""
        self.heard = utterance.utterances
        self.turn_id: str | None = utterance.turn_id
        self.handled = False
        """Whether OVOS is done with it, but for what is still to be said."""
        self.speaking = False
        """Whether its answer sounds."""
        self._session = utterance.session
        self._began = began
        self._applied: AppliedRewrite | None = None
        self._nlu: Nlu | None = None
        self._said: list[str] = []
        self._asks = self._refused = self._lost = self._cancelled = False
        self._error: str | None = None
        self._actions: list[Action] = []
        self._spoke_from: int | None = None
        self._spoke_until: int | None = None
        self._cut: int | None = None

    @property
    def answers(self) -> bool:
        """Whether something is said in answer."""
        return bool(self._said)

    def quiet(self, at: int) -> bool:
        """Whether nothing more is to be expected at a time, in milliseconds; an answer that sounds may be long."""
        return at - self.last > (_LONG if self.speaking else QUIET)

    def take(self, message: Message) -> None:
        """Take in what a message of this turn tells."""
        self.last = message.at
        self.turn_id = self.turn_id or message.turn_id
        self._applied = self._applied or message.applied
        kind, skill = message.type, message.skill or "ovos"
        if kind == "speak":
            self._said += [said] if (said := message.says("utterance")) else []
            self._asks = message.data.get("expect_response") is True
        elif kind in {"mycroft.skill.handler.complete", "mycroft.skill.handler.error"}:
            if wrong := message.says("exception"):
                self._error = wrong
            self._actions.append(Action(target=skill, name=message.says("name"), ok=wrong is None))
        elif kind == "complete_intent_failure":
            self._lost = True
        elif kind == "ovos.utterance.cancelled":
            self._cancelled = True
        elif kind == "ovos.utterance.handled":
            self.handled = True
        else:
            self._read(message)

    def starts_to_speak(self, at: int) -> None:
        """The answer begins to sound."""
        self.speaking = True
        self.last = at
        self._spoke_from = self._spoke_from or at

    def ends_to_speak(self, at: int) -> None:
        """The answer has sounded."""
        self.speaking = False
        self.last = self._spoke_until = at

    def is_cut_short(self, at: int) -> None:
        """The user speaks into the answer, or stops it."""
        self.speaking = False
        self.last = self._spoke_until = self._cut = at

    def turn(self) -> Turn:
        """Return the turn as far as it has come."""
        spoke = self._spoke_from is not None
        cut = self._cut is not None
        passed_on = self.heard[0]
        if self._applied is not None and self._applied.layer != "leave":
            passed_on = self._applied.target
        return Turn(
            turn_id=self.turn_id or self._own_id(),
            started=self.at if self._began is None else self._began,
            ended=None if self._began is None else self.at,
            request=passed_on,
            assistant="ovos",
            user_id=self._session.user_id,
            session_id=self._session.session_id,
            area=self._session.area,
            language=self._session.language,
            asr=Asr(text=self.heard[0], nbest=tuple(AsrHypothesis(text=each) for each in self.heard)),
            applied_rewrite=self._applied,
            nlu=self._nlu,
            response=self._response(),
            actions=tuple(self._actions),
            speech=Speech(started=self._spoke_from, ended=self._spoke_until) if spoke else None,
            interrupted=Interruption(yes=cut, by="user" if cut else None, at=self._cut) if spoke else None,
        )

    def _own_id(self) -> str:
        told = "\x1f".join((self._session.session_id, str(self.at), *self.heard))
        return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32]

    def _read(self, message: Message) -> None:
        """Take in what OVOS made of the utterance; the first that wants it has it."""
        kind = message.type
        if match := _FALLBACK.fullmatch(kind):
            self._refused = True
            if message.data.get("result") is True:
                self._nlu = self._nlu or Nlu(intent="fallback", domain=match["skill"])
        elif kind == "skill.converse.response":
            if message.data.get("result") is True and (skill := message.says("skill_id")):
                self._nlu = self._nlu or Nlu(intent="converse", domain=skill)
        elif match := _ANSWERED.fullmatch(kind):
            self._nlu = self._nlu or Nlu(intent="get_response", domain=match["skill"])
        elif (match := _INTENT.fullmatch(kind)) and message.says("utterance") and self._nlu is None:
            self._nlu = Nlu(
                engine="adapt" if "intent_type" in message.data else None,
                intent=match["intent"],
                domain=match["skill"],
                slots=tuple(sorted(_slots(message, match["skill"]), key=lambda slot: slot.name)),
                confidence=_number(message.data.get("confidence", message.data.get("conf"))),
            )

    def _response(self) -> Response | None:
        text = " ".join(self._said)
        if self._error is not None:
            return Response(text=text, type="error", error_code="handler_error")
        if self._lost or (self._refused and self._nlu is None):
            return Response(text=text, type="error", error_code="no_intent_match")
        if self._cancelled:
            return Response(text=text, type="cancelled")
        if not text and not self.handled:
            return None
        return Response(text=text, type="question" if self._asks else "action_done")


def _slots(message: Message, skill: str) -> list[Slot]:
    # Adapt names a keyword after the skill: my_skill_openvoiceosLampKeyword.
    prefix = re.sub(r"[^A-Za-z0-9]", "_", skill)
    return [
        Slot(name.removeprefix(prefix) or name, value)
        for name, value in message.data.items()
        if isinstance(value, str | int | float | bool) and name not in _NO_SLOTS and not name.startswith("__")
    ]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= 1 else None
