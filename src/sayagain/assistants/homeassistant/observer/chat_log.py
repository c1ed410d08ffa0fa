"""Home Assistant's chat logs, split into exchanges: request, tool calls, answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.answers import executed_actions
from sayagain.assistants.homeassistant.area_registry import is_implicit_slot
from sayagain.assistants.homeassistant.observer.events import ChatEvent, millis
from sayagain.assistants.json_values import as_list, as_mapping
from sayagain.turns import Action, Nlu, Response, Slot, SlotValue

__all__ = ["ChatExchange", "ChatLogReader", "exchange_nlu"]


class ChatExchange(msgspec.Struct, kw_only=True):
    """One request in a chat log, with calls and answer."""

    conversation_id: str
    """The conversation."""
    text: str
    """The user's words."""
    at: int
    """Time of the request, in milliseconds."""
    agents: set[str] = msgspec.field(default_factory=set)
    """Ids of the agents that answered."""
    calls: list[tuple[str, dict[str, SlotValue]]] = msgspec.field(default_factory=list)
    """The called intents, with their slots."""
    results: list[Mapping[str, Any]] = msgspec.field(default_factory=list)
    """Results of the calls."""
    answer: str | None = None
    """The words of the answer."""
    ended: int | None = None
    """Time of the end; None while it is open."""

    @property
    def name(self) -> str:
        """Identifier of the exchange, the same each time it is read."""
        return f"{self.conversation_id}/{self.at}"

    @property
    def actions(self) -> tuple[Action, ...]:
        """The executed actions."""
        return tuple(action for result in self.results for action in executed_actions({"response": result}))

    @property
    def response(self) -> Response | None:
        """The response, as far as a chat log shows it; None without an answer or a result."""
        if self.answer is None and not self.results:
            return None
        kinds = [str(result.get("response_type")) for result in self.results]
        # An answer without a call is an apology or a question; the log does not say which.
        kind = ("error" if "error" in kinds else kinds[0]) if kinds else None
        return Response(text=self.answer or "", type=kind)


class ChatLogReader:
    """The exchanges of all conversations, from their events."""

    def __init__(self) -> None:
        self._open_exchanges: dict[str, ChatExchange] = {}
        self._last_created: dict[str, str] = {}

    def take(self, event: ChatEvent) -> ChatExchange | None:
        """Take in an event; return the exchange that it begins."""
        content, conversation = event.content, event.conversation_id
        created = content.get("created")
        if isinstance(created, str):
            # A subscription repeats earlier contents; their times have one format and sort as text.
            if created <= self._last_created.get(conversation, ""):
                return None
            self._last_created[conversation] = created
        role, text = content.get("role"), content.get("content")
        if role == "user":
            new_exchange = ChatExchange(
                conversation_id=conversation, text=text if isinstance(text, str) else "", at=millis(content) or event.at
            )
            self._open_exchanges[conversation] = new_exchange
            return new_exchange
        exchange = self._open_exchanges.get(conversation)
        if exchange is not None and role == "assistant":
            if isinstance(agent := content.get("agent_id"), str):
                exchange.agents.add(agent)
            exchange.calls += _calls(content.get("tool_calls"))
            if isinstance(text, str) and text:
                exchange.answer = text
        elif exchange is not None and role == "tool_result" and isinstance(result := content.get("tool_result"), dict):
            exchange.results.append(result)
        return None

    def end(self, conversation_id: str, at: int) -> None:
        """Close the open exchange of a conversation."""
        exchange = self._open_exchanges.pop(conversation_id, None)
        if exchange is not None:
            exchange.ended = at


def exchange_nlu(exchange: ChatExchange, request: str, area: str | None, *, failed: bool) -> Nlu | None:
    """Return the NLU hypothesis of a request; None if the exchange does not show it.

    Args:
        exchange: exchange of the request.
        request: the words.
        area: area of the device spoken to.
        failed: whether the answer is an error.
    """
    if not exchange.calls:
        return Nlu(engine="homeassistant", intent="") if failed else None
    # One of Home Assistant's two agents gives names, the other ids.
    names = dict(target for result in exchange.results for target in _names(result))
    slots: dict[tuple[str, SlotValue], None] = {}
    for _, arguments in exchange.calls:
        for name, value in arguments.items():
            if not is_implicit_slot(name, value, area, request):
                slots[name, names.get(str(value), value)] = None
    return Nlu(
        engine="homeassistant",
        intent="+".join(dict.fromkeys(name for name, _ in exchange.calls)),
        slots=tuple(Slot(name, value) for name, value in slots),
    )


def _names(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for target in as_list(as_mapping(result.get("data")).get("success")):
        if isinstance(target, dict) and isinstance(target.get("id"), str) and isinstance(target.get("name"), str):
            yield target["id"], target["name"]


def _calls(tool_calls: object) -> Iterator[tuple[str, dict[str, SlotValue]]]:
    for call in as_list(tool_calls):
        if isinstance(call, dict) and isinstance(call.get("tool_name"), str):
            yield call["tool_name"], _slots(as_mapping(call.get("tool_args")))


def _slots(arguments: Mapping[str, Any]) -> dict[str, SlotValue]:
    slots: dict[str, SlotValue] = {}
    for name, argument in arguments.items():
        # One agent gives values, another objects with a value.
        value = argument.get("value") if isinstance(argument, dict) else argument
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = ",".join(map(str, value))
        slots[name] = value if isinstance(value, str | int | float | bool) else None if value is None else str(value)
    return slots
