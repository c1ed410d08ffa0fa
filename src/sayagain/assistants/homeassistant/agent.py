"""The agent: decides on a request, has Home Assistant act on it, and always answers."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from sayagain.assistants.agent_phrases import agent_phrases
from sayagain.assistants.deadline import Deadline
from sayagain.assistants.front import DEADLINE, FailOpen, Front
from sayagain.assistants.homeassistant.answers import AgentOutcome, agent_outcome, executed_actions, turn_response
from sayagain.assistants.homeassistant.api import BUILT_IN, HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.cold_start.decisions import leave, rewrite
from sayagain.assistants.homeassistant.cold_start.protocol import ColdStartSource
from sayagain.assistants.homeassistant.cold_start.transcript_noise import without_noise
from sayagain.assistants.homeassistant.confirmations import Confirmation, Confirmations
from sayagain.assistants.homeassistant.context_states import ContextStates
from sayagain.assistants.homeassistant.own_sentences import own_sentence
from sayagain.assistants.homeassistant.resolve import ResolvedIntent, resolve
from sayagain.errors import ServiceError
from sayagain.languages import yes_or_no
from sayagain.runtime import ASKED, Decision, Proposal, does_nothing
from sayagain.teaching import TAUGHT_LAYERS, TEACHING
from sayagain.turns import Action, AppliedRewrite, Context, FeedbackReport, Response, Turn

__all__ = ["CONVERSATION_PREFIX", "Agent", "AgentReply", "AgentRequest", "Mode", "forwarded_conversation"]

_log = logging.getLogger(__name__)

Mode = Literal["forward", "resolve"]
"""`forward`: rewritten words go to Home Assistant's own agent. `resolve`: the intent goes back, with its room."""

CONVERSATION_PREFIX = "sayagain-"
"""Prefix of our conversation ids: Home Assistant's own id of the conversation is busy."""

_OWN_LAYERS = TAUGHT_LAYERS | {TEACHING}
"""Layers that come before the user's own sentences in Home Assistant: the user taught them, or is teaching."""


class AgentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request from Home Assistant."""

    text: str
    """The words."""
    language: str | None = None
    """Language of the words."""
    conversation_id: str | None = None
    """Home Assistant's id of the conversation."""
    device_id: str | None = None
    """The device spoken to, if known."""
    satellite_id: str | None = None
    """The satellite spoken to, if known."""

    @property
    def place(self) -> str:
        """Key of a question: the device, which may start another conversation, or else the conversation."""
        return self.satellite_id or self.device_id or f"conversation {self.conversation_id}"


AgentReply = AgentOutcome | ResolvedIntent
"""The answer to Home Assistant: words, or an intent."""


class Agent:
    """Answers requests within its deadlines and never raises.

    Args:
        home: acts on requests.
        front: decides; wrapped in `FailOpen` unless it is one.
        rooms: areas of devices and satellites.
        log: called with each turn before its answer goes back.
        mode: kind of answer to Home Assistant.
        cold_start: proposes what to do with a request, for the front to judge.
        target_agent: the agent of Home Assistant that requests are forwarded to.
        states: reads the states of the home before each request; None leaves them out.
        questions: questions that wait for a yes.
        deadline: longest wait for Home Assistant's answer, in milliseconds.
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
        states: ContextStates | None = None,
        target_agent: str = BUILT_IN,
        questions: Confirmations | None = None,
        deadline: int = 25_000,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._home = home
        self._front = front if isinstance(front, FailOpen) else FailOpen(front)
        self._cold_start = cold_start
        self._proposing = Deadline(DEADLINE)
        self._rooms = rooms
        self._states = states
        self._log = log
        self._mode = mode
        self._target_agent = target_agent
        self._questions = questions or Confirmations()
        self._deadline = deadline / 1000
        self._clock = clock

    async def respond(self, request: AgentRequest) -> AgentReply:
        """Answer a request, with an apology if anything fails."""
        try:
            return await self._respond(request)
        except Exception:  # noqa: BLE001  (whatever fails, the user gets an answer)
            _log.exception("a request could not be answered")
            return AgentOutcome(kind="not-handled", text=agent_phrases(request.language).sorry)

    async def _respond(self, request: AgentRequest) -> AgentReply:
        turn = await self._new_turn(request)
        question = self._questions.take(request.place)
        answer = yes_or_no(request.text, request.language) if question is not None else None
        if question is not None and answer == "yes":
            return await self._confirm(request, question)
        if question is not None and answer == "no":
            return self._decline(turn, question)
        decision = await self._own_first(turn, await asyncio.to_thread(self._decide, turn))
        if self._cold_start is not None:
            self._cold_start.remember(turn, decision)
        if decision.reply is not None:
            outcome = AgentOutcome(kind="handled", text=decision.reply)
            self._log_turn(_add_response(turn, decision, Response(text=outcome.text, type="answer")))
            return outcome
        if decision.ask is not None and not decision.changed:
            asked = agent_phrases(request.language).question.format(decision.ask)
            outcome = AgentOutcome(kind="handled", text=asked)
            question_turn = _add_response(turn, decision, Response(text=outcome.text, type="question"))
            self._questions.ask(request.place, question_turn, decision)
            self._log_turn(question_turn)
            return outcome
        return await self._act(request, _apply_decision(turn, decision), decision.steps or (decision.text,))

    async def _new_turn(self, request: AgentRequest) -> Turn:
        area = self._rooms.area(request.device_id, request.satellite_id)
        context = Context(area=area) if area is not None else None
        if self._states is not None:
            context = await self._states.read(area)
        # Read first, so that the states are those before the request.
        now = self._clock()
        return Turn(
            turn_id=f"homeassistant-{now}-{uuid.uuid4().hex[:12]}",
            started=now,
            request=request.text,
            assistant="homeassistant",
            device_id=request.device_id or self._rooms.satellite_devices.get(request.satellite_id or ""),
            satellite_id=request.satellite_id,
            area=area,
            context=context,
            conversation_id=request.conversation_id,
            language=request.language,
        )

    def _decide(self, turn: Turn) -> Decision:
        try:
            return self._front.converse(turn, takes_steps=True, proposal=self._propose(turn))
        except Exception as error:  # noqa: BLE001  (the request is left as it is)
            _log.exception("no decision on a request")
            return Decision(heard=turn.heard, text=turn.heard, why=f"left as it is: sayagain failed ({error})")

    def _propose(self, turn: Turn) -> Proposal | None:
        cold_start = self._cold_start
        if cold_start is None:
            return None

        def report(reason: str) -> None:
            _log.warning("the cold start proposes nothing: %s", reason)

        return self._proposing.run(lambda: cold_start.propose(turn), report)

    async def _own_first(self, turn: Turn, decision: Decision) -> Decision:
        """Leave what is one of the user's own sentences in Home Assistant, whatever else was decided."""
        if (not decision.changed and decision.ask is None) or decision.layer in _OWN_LAYERS:
            return decision
        wordings = list(dict.fromkeys(filter(None, (turn.heard, without_noise(turn.heard)))))
        if not wordings:
            return decision
        own = await own_sentence(
            self._home, wordings, language=turn.language, device_id=turn.device_id, deadline=DEADLINE / 1000
        )
        if own is None:
            return decision
        why = "it is, or may be, one of the user's own sentences in Home Assistant"
        if own != turn.heard:
            return rewrite(turn.heard, own, 1.0, f"without what the recogniser made up {why}")
        return leave(turn.heard, why)

    async def _act(self, request: AgentRequest, turn: Turn, steps: Sequence[str]) -> AgentReply:
        """Have Home Assistant act on one request, or on several one after the other, and log the turn."""
        if len(steps) > 1:
            return await self._act_in_steps(request, turn, steps)
        text = steps[0]
        if self._mode == "resolve":
            area_id = self._rooms.area_id(request.device_id, request.satellite_id)
            intent = await resolve(
                self._home,
                text,
                language=request.language,
                device_id=turn.device_id,
                area_id=area_id,
                area=turn.area,
            )
            if intent is not None:
                # Home Assistant acts on the intent itself; the observer sees the response.
                self._log_turn(msgspec.structs.replace(turn, nlu=intent.nlu))
                return intent
        answer = await self._forward(request, turn, text)
        if isinstance(answer, AgentOutcome):
            error_response = Response(text=answer.text, type="error", error_code="unreachable")
            self._log_turn(msgspec.structs.replace(turn, response=error_response))
            return answer
        outcome, response = agent_outcome(answer), turn_response(answer)
        if not outcome.text and text != turn.heard and does_nothing(text, request.language):
            nothing_done = agent_phrases(request.language).nothing_done
            outcome = msgspec.structs.replace(outcome, text=nothing_done)
            response = msgspec.structs.replace(response, text=nothing_done)
        self._log_turn(msgspec.structs.replace(turn, response=response, actions=executed_actions(answer)))
        return outcome

    async def _act_in_steps(self, request: AgentRequest, turn: Turn, steps: Sequence[str]) -> AgentOutcome:
        """Have Home Assistant act on several requests; the first that fails is the last, and what it says is heard."""
        texts: list[str] = []
        actions: list[Action] = []
        for step in steps:
            answer = await self._forward(request, turn, step)
            if isinstance(answer, AgentOutcome):
                outcome, response = answer, Response(type="error", error_code="unreachable")
            else:
                outcome, response = agent_outcome(answer), turn_response(answer)
                actions += executed_actions(answer)
            texts.append(outcome.text)
            if response.type == "error":
                break
        words = " ".join(filter(None, texts))
        response = msgspec.structs.replace(response, text=words)
        self._log_turn(msgspec.structs.replace(turn, response=response, actions=tuple(actions)))
        return msgspec.structs.replace(outcome, text=words)

    async def _forward(self, request: AgentRequest, turn: Turn, text: str) -> Mapping[str, Any] | AgentOutcome:
        """Return Home Assistant's answer to a request, or what to say if it gives none in time."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._home.converse(
                    text,
                    language=request.language,
                    agent_id=self._target_agent,
                    device_id=turn.device_id,
                    # Older versions do not accept it; the device is enough.
                    satellite_id=request.satellite_id if turn.device_id is None else None,
                    conversation_id=forwarded_conversation(turn),
                )
        except (ServiceError, TimeoutError) as error:
            _log.warning("a request could not be forwarded: %s", str(error) or "no answer in time")
            return AgentOutcome(kind="not-handled", text=agent_phrases(request.language).unreachable)

    async def _confirm(self, request: AgentRequest, question: Confirmation) -> AgentReply:
        """Act on the words that the user confirmed, and complete the turn of the question."""
        words = question.decision.ask or question.turn.request
        turn = msgspec.structs.replace(
            question.turn,
            request=words,
            response=None,
            applied_rewrite=AppliedRewrite(
                id=question.decision.rewrite_id or ASKED,
                source=question.turn.heard,
                target=words,
                layer=question.decision.ask_layer,
                release=question.decision.release,
                propensity=question.decision.propensity,
                proof=question.decision.proof,
            ),
            feedback=(*question.turn.feedback, FeedbackReport(kind="helped", value=1.0, at=self._clock())),
        )
        return await self._act(request, turn, question.decision.steps or (words,))

    def _decline(self, turn: Turn, question: Confirmation) -> AgentOutcome:
        report = FeedbackReport(kind="helped", value=0.0, at=self._clock())
        self._log_turn(msgspec.structs.replace(question.turn, feedback=(*question.turn.feedback, report)))
        outcome = AgentOutcome(kind="handled", text=agent_phrases(turn.language).all_right)
        self._log_turn(msgspec.structs.replace(turn, response=Response(text=outcome.text, type="action_done")))
        return outcome

    def _log_turn(self, turn: Turn) -> None:
        try:
            self._log(turn)
        except Exception:  # noqa: BLE001  (the user still gets the answer)
            _log.exception("a turn could not be logged")


def forwarded_conversation(turn: Turn) -> str | None:
    """Return the conversation in which the agent has Home Assistant act on a turn."""
    return None if turn.conversation_id is None else CONVERSATION_PREFIX + turn.conversation_id


def _apply_decision(turn: Turn, decision: Decision) -> Turn:
    applied_rewrite = decision.applied if decision.changed or decision.rewrite_id is not None else None
    return msgspec.structs.replace(turn, request=decision.text, applied_rewrite=applied_rewrite)


def _add_response(turn: Turn, decision: Decision, response: Response, actions: tuple[Action, ...] = ()) -> Turn:
    return msgspec.structs.replace(_apply_decision(turn, decision), response=response, actions=actions)
