"""The conversation agent: decides with the service, has another agent act, and always answers."""

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any, Literal

from homeassistant.components import conversation
from homeassistant.const import CONF_TOKEN, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry, chat_session, device_registry, entity_registry, intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SayagainConfigEntry
from .client import ServiceError, TokenRefused
from .const import CONF_AGENT, CONF_DEADLINE, DEADLINE, DOMAIN, HOME
from .own_sentence import is_own_sentence
from .questions import Question, Questions
from .turn_record import TAUGHT, add_answer, add_decision, add_response, join_answers, new_turn, understood

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Plan:
    """What is done for a request: something is said, or words are passed on."""

    turn: dict[str, Any]
    steps: tuple[str, ...] = ()
    says: str | None = None
    kind: Literal["answer", "action_done"] = "answer"
    listens: bool = False
    waits: bool = False
    """Whether the turn is reported with the answer to what is said: a turn is stored once."""


async def async_setup_entry(
    hass: HomeAssistant, entry: SayagainConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set the agent up."""
    async_add_entities([SayagainAgent(entry)])


class SayagainAgent(conversation.ConversationEntity):
    """The agent of one config entry."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    def __init__(self, entry: SayagainConfigEntry) -> None:
        """Prepare the agent."""
        self._entry = entry
        self._data = entry.runtime_data
        self._deadline = entry.options.get(CONF_DEADLINE, DEADLINE) / 1000
        self._is_missed = False
        self._questions = Questions(lambda question: self._report(question.turn))
        self._attr_unique_id = entry.entry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)}, name=entry.title, entry_type=DeviceEntryType.SERVICE
        )

    @property
    def supported_languages(self) -> Literal["*"]:
        """Every language: what is not understood here is passed on."""
        return MATCH_ALL

    async def async_will_remove_from_hass(self) -> None:
        """Report the turns whose questions nobody will answer any more."""
        self._questions.drop_all()

    async def async_process(self, user_input: conversation.ConversationInput) -> conversation.ConversationResult:
        """Answer a request; whatever fails, it is passed on as it is."""
        try:
            plan = await self._plan(user_input)
        except Exception:  # the user gets an answer, whatever failed
            _LOGGER.exception("A request is passed on as it is")
            plan = _Plan(self._new_turn(user_input), steps=(user_input.text,))
        if plan.says is not None:
            result = self._say(user_input, plan.says, listens=plan.listens)
            if not plan.waits:
                self._report(plan.turn | {"response": {"text": plan.says, "type": plan.kind}})
            return result
        return await self._pass_on(user_input, plan)

    async def _plan(self, user_input: conversation.ConversationInput) -> _Plan:
        turn, place = self._new_turn(user_input), _place(user_input)
        question = self._questions.take(place)
        decision = await self._decide(turn, asked=question is not None)
        if question is not None and decision.get("answer") == "yes":
            confirmed = add_answer(question.turn, question.decision, yes=True, at=_now())
            return _Plan(confirmed, steps=tuple(question.decision["steps"] or (question.decision["ask"],)))
        if question is not None and decision.get("answer") == "no":
            self._report(add_answer(question.turn, question.decision, yes=False, at=_now()))
            return _Plan(turn, says=decision["reply"], kind="action_done")
        if question is not None:
            self._report(question.turn)
        if not await self._may_decide(user_input, decision):
            return _Plan(turn, steps=(user_input.text,))
        turn = add_decision(turn, decision)
        if decision.get("reply") is not None:
            reply = decision["reply"]
            return _Plan(turn, says=reply, listens=reply.rstrip().endswith("?"))
        if decision.get("confirmation") is not None and decision["layer"] == "leave":
            asked = turn | {"response": {"text": decision["confirmation"], "type": "question"}}
            self._questions.ask(place, Question(asked, decision))
            return _Plan(turn, says=decision["confirmation"], listens=True, waits=True)
        return _Plan(turn, steps=tuple(decision.get("steps") or (decision.get("text") or user_input.text,)))

    async def _decide(self, turn: dict[str, Any], *, asked: bool) -> dict[str, Any]:
        """Return the decision of the service; none, as an empty one, where it gives none in time."""
        try:
            async with asyncio.timeout(self._deadline):
                decision = await self._data.client.decide(turn, asked=asked, deadline=self._deadline)
            self._is_missed = False
            return decision  # noqa: TRY300  (what follows are the errors of waiting)
        except TokenRefused as error:
            _LOGGER.warning("Requests are passed on as they are: %s", error)
            self._entry.async_start_reauth(self.hass)
        except (ServiceError, TimeoutError) as error:
            # Told once, not for each request that a service misses.
            level = logging.DEBUG if self._is_missed else logging.WARNING
            _LOGGER.log(level, "Requests are passed on as they are: %s", error or "no decision in time")
            self._is_missed = True
        return {}

    async def _may_decide(self, user_input: conversation.ConversationInput, decision: dict[str, Any]) -> bool:
        """Whether a decision applies: what is one of the user's own sentences in Home Assistant stays as it is."""
        layer = decision.get("layer", "leave")
        changes = layer != "leave" or decision.get("ask") is not None
        if not changes or layer in TAUGHT or decision.get("ask_layer") in TAUGHT:
            return True
        return not await is_own_sentence(self.hass, user_input, self._deadline)

    async def _pass_on(
        self, user_input: conversation.ConversationInput, plan: _Plan
    ) -> conversation.ConversationResult:
        """Have the other agent act on the words, one step after the other, until one fails."""
        answers: list[dict[str, Any]] = []
        calls: list[tuple[str, dict[str, Any]]] = []
        with (
            chat_session.async_get_chat_session(
                self.hass, user_input.conversation_id, context=user_input.context
            ) as session,
            conversation.async_get_chat_log(self.hass, session) as chat_log,
        ):
            for step in plan.steps:
                start = len(chat_log.content)
                result = await conversation.async_converse(
                    self.hass,
                    step,
                    session.conversation_id,
                    user_input.context,
                    language=user_input.language,
                    agent_id=self._target_agent(),
                    device_id=user_input.device_id,
                    satellite_id=user_input.satellite_id,
                    extra_system_prompt=user_input.extra_system_prompt,
                )
                calls += _tool_calls(chat_log.content[start:])
                answers.append(result.response.as_dict())
                if result.response.response_type is intent.IntentResponseType.ERROR:
                    break
        try:
            answer = join_answers(answers)
            if len(answers) > 1:
                result.response.async_set_speech(answer["speech"]["plain"]["speech"])
            nlu = understood(calls, answer, plan.turn["request"], plan.turn.get("area"))
            self._report(add_response(plan.turn, answer, nlu))
        except Exception:  # what was asked for is done, and the user is told so
            _LOGGER.exception("A turn is not stored")
        return result

    def _say(
        self, user_input: conversation.ConversationInput, words: str, *, listens: bool
    ) -> conversation.ConversationResult:
        """Answer without the other agent."""
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(words)
        with (
            chat_session.async_get_chat_session(
                self.hass, user_input.conversation_id, context=user_input.context
            ) as session,
            conversation.async_get_chat_log(self.hass, session, user_input) as chat_log,
        ):
            chat_log.async_add_assistant_content_without_tools(
                conversation.AssistantContent(agent_id=self.entity_id, content=words)
            )
            return conversation.ConversationResult(response, session.conversation_id, continue_conversation=listens)

    def _target_agent(self) -> str:
        """Return the agent that acts; the built-in one where another was chosen that is gone."""
        agent = self._entry.options.get(CONF_AGENT, conversation.HOME_ASSISTANT_AGENT)
        if agent == self.entity_id or conversation.async_get_agent(self.hass, agent) is None:
            return conversation.HOME_ASSISTANT_AGENT
        return agent

    def _new_turn(self, user_input: conversation.ConversationInput) -> dict[str, Any]:
        now = _now()
        return new_turn(
            f"homeassistant-{now}-{uuid.uuid4().hex[:12]}",
            now,
            user_input.text,
            user_id=user_input.context.user_id,
            # A token names the home itself.
            home=None if CONF_TOKEN in self._entry.data else HOME,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
            area=_area(self.hass, user_input.device_id, user_input.satellite_id),
            conversation_id=user_input.conversation_id,
            language=user_input.language,
        )

    def _report(self, turn: dict[str, Any]) -> None:
        self._data.queue.add(turn)
        self._data.last_turn = turn["turn_id"]


def _place(user_input: conversation.ConversationInput) -> str:
    """Return the key of a question: the device, which may start another conversation, or else the conversation."""
    return user_input.satellite_id or user_input.device_id or f"conversation {user_input.conversation_id}"


def _area(hass: HomeAssistant, device_id: str | None, satellite_id: str | None) -> str | None:
    """Return the name of the area of a device or a satellite."""
    area_id = None
    satellite = entity_registry.async_get(hass).async_get(satellite_id) if satellite_id else None
    if satellite is not None:
        area_id, device_id = satellite.area_id, device_id or satellite.device_id
    device = device_registry.async_get(hass).async_get(device_id) if device_id else None
    if area_id is None and device is not None:
        area_id = device.area_id
    area = area_registry.async_get(hass).async_get_area(area_id) if area_id else None
    return None if area is None else area.name


def _tool_calls(contents: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call.tool_name, dict(call.tool_args))
        for content in contents
        for call in getattr(content, "tool_calls", None) or ()
    ]


def _now() -> int:
    return time.time_ns() // 1_000_000
