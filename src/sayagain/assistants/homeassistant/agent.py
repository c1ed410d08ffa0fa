"""The agent: decides on a request, has Home Assistant act on it, and says back what came of it, whatever goes wrong."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import Literal

import msgspec

from sayagain.assistants.front import FailOpen, Front
from sayagain.assistants.homeassistant.answers import AgentOutcome, acted_on, outcome_of, response_of
from sayagain.assistants.homeassistant.api import BUILT_IN, HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.cold_start.protocol import ColdStartSource
from sayagain.assistants.homeassistant.confirmations import Confirmation, Confirmations, reply
from sayagain.assistants.homeassistant.resolve import ResolvedIntent, resolve
from sayagain.errors import ServiceError
from sayagain.runtime import Decision
from sayagain.turns import Action, AppliedRewrite, Context, FeedbackReport, Response, Turn

__all__ = ["OURS", "Agent", "AgentReply", "AgentRequest", "Mode"]

_log = logging.getLogger(__name__)

Mode = Literal["forward", "resolve"]
"""`forward`: rewritten words go to Home Assistant's own agent. `resolve`: the intent goes back, with its room."""

OURS = "sayagain-"
"""Before Home Assistant's id of a conversation in ours: with its own the conversation would be busy."""

UNREACHABLE = "Sorry, Home Assistant cannot be reached."
_SORRY = "Sorry, something went wrong."
_ALL_RIGHT = "All right."

ASKED = "asked"
"""The layer of words that the user said yes to."""


class AgentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as Home Assistant hands it over."""

    text: str
    """The words."""
    language: str | None = None
    """Of the words."""
    conversation_id: str | None = None
    """Home Assistant's own."""
    device_id: str | None = None
    """The device spoken to, where known."""
    satellite_id: str | None = None
    """The satellite spoken to, where known."""

    @property
    def where(self) -> str:
        """Where a question is remembered: a device, since it may begin another conversation, or the conversation."""
        return self.satellite_id or self.device_id or f"conversation {self.conversation_id}"


AgentReply = AgentOutcome | ResolvedIntent
"""What goes back: words, or an intent."""


class Agent:
    """Answers requests. Nothing that it does raises, and nothing takes longer than its deadlines.

    Args:
        home: is asked to act.
        front: decides; wrapped in `FailOpen` unless it is one.
        rooms: where devices stand.
        log: told of each turn as it is answered, before the words go back.
        mode: what goes back.
        cold_start: asked when the front leaves a request as it is.
        behind: the agent of Home Assistant that requests are forwarded to.
        questions: those that wait.
        deadline: of Home Assistant's answer, in milliseconds.
        clock: milliseconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        home: HomeAssistant,
        front: Front,
        rooms: AreaRegistry,
        log: Callable[[Turn], None],
        *,
        mode: Mode = "forward",
        cold_start: ColdStartSource | None = None,
        behind: str = BUILT_IN,
        questions: Confirmations | None = None,
        deadline: int = 25_000,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._home = home
        self._front = front if isinstance(front, FailOpen) else FailOpen(front)
        self._learns_at_once = cold_start
        self._cold_start = FailOpen(_ColdStartFront(cold_start)) if cold_start is not None else None
        self._rooms = rooms
        self._log = log
        self._mode = mode
        self._behind = behind
        self._questions = questions or Confirmations()
        self._deadline = deadline / 1000
        self._clock = clock

    async def respond(self, heard: AgentRequest) -> AgentReply:
        """Answer a request; an apology where nothing else can be said."""
        try:
            return await self._respond(heard)
        except Exception:  # noqa: BLE001  (whatever it is, the user is told something)
            _log.exception("a request could not be answered")
            return AgentOutcome(kind="not-handled", text=_SORRY)

    async def _respond(self, heard: AgentRequest) -> AgentReply:
        turn = self._begun(heard)
        question = self._questions.take(heard.where)
        said = reply(heard.text) if question is not None else None
        if question is not None and said == "yes":
            return await self._confirmed(heard, question)
        if question is not None and said == "no":
            return self._declined(turn, question)
        decision = await asyncio.to_thread(self._decide, turn)
        if decision.ask is not None and decision.question is not None and not decision.changed:
            outcome = AgentOutcome(kind="handled", text=decision.question)
            asked = _answered(turn, decision, Response(text=outcome.text, type="question"))
            self._questions.ask(heard.where, asked, decision)
            self._note(asked)
            return outcome
        return await self._act(heard, _passed_on(turn, decision), decision.text)

    def _begun(self, heard: AgentRequest) -> Turn:
        now = self._clock()
        area = self._rooms.area(heard.device_id, heard.satellite_id)
        return Turn(
            turn_id=f"homeassistant-{now}-{uuid.uuid4().hex[:12]}",
            started=now,
            request=heard.text,
            assistant="homeassistant",
            device_id=heard.device_id or self._rooms.device_of.get(heard.satellite_id or ""),
            satellite_id=heard.satellite_id,
            area=area,
            context=Context(area=area) if area is not None else None,
            conversation_id=heard.conversation_id,
            language=heard.language,
        )

    def _decide(self, turn: Turn) -> Decision:
        try:
            return self._decided(turn)
        except Exception as error:  # noqa: BLE001  (it is passed on as it is)
            _log.exception("a request could not be decided on")
            return Decision(heard=turn.heard, text=turn.heard, why=f"left as it is: sayagain failed ({error})")

    def _decided(self, turn: Turn) -> Decision:
        decision = self._front.rewrite(turn)
        # A holdout is left alone on purpose; anything else may still be helped.
        if self._cold_start is None or decision.changed or decision.ask is not None or decision.arm is not None:
            return decision
        first = self._cold_start.rewrite(turn)
        return first if first.changed or first.ask is not None else decision

    async def _act(self, heard: AgentRequest, turn: Turn, text: str) -> AgentReply:
        """Have Home Assistant act on words, and log the turn."""
        if self._mode == "resolve":
            area_id = self._rooms.area_id(heard.device_id, heard.satellite_id)
            found = await resolve(
                self._home,
                text,
                language=heard.language,
                device_id=turn.device_id,
                area_id=area_id,
                area=turn.area,
            )
            if found is not None:
                # Home Assistant acts when it has this; what came of it, the observer sees.
                self._note(msgspec.structs.replace(turn, nlu=found.read))
                return found
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._home.converse(
                    text,
                    language=heard.language,
                    agent_id=self._behind,
                    device_id=turn.device_id,
                    # Older ones do not take it; the device says as much.
                    satellite_id=heard.satellite_id if turn.device_id is None else None,
                    conversation_id=None if turn.conversation_id is None else OURS + turn.conversation_id,
                )
        except (ServiceError, TimeoutError) as error:
            _log.warning("a request could not be forwarded: %s", str(error) or "no answer in time")
            outcome = AgentOutcome(kind="not-handled", text=UNREACHABLE)
            failed = Response(text=outcome.text, type="error", error_code="unreachable")
            self._note(msgspec.structs.replace(turn, response=failed))
            return outcome
        self._note(msgspec.structs.replace(turn, response=response_of(answer), actions=acted_on(answer)))
        return outcome_of(answer)

    async def _confirmed(self, heard: AgentRequest, question: Confirmation) -> AgentReply:
        """Do what the user said yes to; it is the turn of the question that comes to its end."""
        words = question.decision.ask or question.turn.request
        turn = msgspec.structs.replace(
            question.turn,
            request=words,
            response=None,
            applied_rewrite=AppliedRewrite(
                id=question.decision.rewrite_id or ASKED,
                source=question.turn.heard,
                target=words,
                layer=ASKED,
                release=question.decision.release,
                propensity=question.decision.propensity,
            ),
            feedback=(*question.turn.feedback, FeedbackReport(kind="helped", value=1.0, at=self._clock())),
        )
        return await self._act(heard, turn, words)

    def _declined(self, turn: Turn, question: Confirmation) -> AgentOutcome:
        no = FeedbackReport(kind="helped", value=0.0, at=self._clock())
        self._note(msgspec.structs.replace(question.turn, feedback=(*question.turn.feedback, no)))
        outcome = AgentOutcome(kind="handled", text=_ALL_RIGHT)
        self._note(msgspec.structs.replace(turn, response=Response(text=outcome.text, type="action_done")))
        return outcome

    def _note(self, turn: Turn) -> None:
        try:
            self._log(turn)
            if self._learns_at_once is not None:
                self._learns_at_once.observe(turn)
        except Exception:  # noqa: BLE001  (the user is answered all the same)
            _log.exception("a turn could not be kept")


class _ColdStartFront:
    """The cold start as a front, so that it has a deadline and cannot fail."""

    def __init__(self, cold_start: ColdStartSource) -> None:
        self._cold_start = cold_start

    def rewrite(self, request: Turn, /) -> Decision:
        return self._cold_start.decide(request)

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Nothing: the agent itself tells it."""


def _passed_on(turn: Turn, decision: Decision) -> Turn:
    applied = decision.applied if decision.changed or decision.rewrite_id is not None else None
    return msgspec.structs.replace(turn, request=decision.text, applied_rewrite=applied)


def _answered(turn: Turn, decision: Decision, response: Response, actions: tuple[Action, ...] = ()) -> Turn:
    return msgspec.structs.replace(_passed_on(turn, decision), response=response, actions=actions)
