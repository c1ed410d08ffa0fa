"""Chat logs of Home Assistant's, cut into exchanges: what the user said, what was called for it, what was answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.answers import acted_on
from sayagain.assistants.homeassistant.area_registry import is_implicit_slot
from sayagain.assistants.homeassistant.observer.events import ChatEvent, millis
from sayagain.turns import Action, Nlu, Response, Slot, SlotValue

__all__ = ["ChatExchange", "ChatLogReader", "reading"]


class ChatExchange(msgspec.Struct, kw_only=True):
    """One request in a chat log and what followed."""

    conversation_id: str
    """The conversation."""
    text: str
    """What the user said."""
    at: int
    """When."""
    agents: set[str] = msgspec.field(default_factory=set)
    """Who answered."""
    calls: list[tuple[str, dict[str, SlotValue]]] = msgspec.field(default_factory=list)
    """The intents that were called, with their slots."""
    results: list[Mapping[str, Any]] = msgspec.field(default_factory=list)
    """What they gave."""
    answer: str | None = None
    """What was said back."""
    over: int | None = None
    """When it was; None while it is under way."""

    @property
    def name(self) -> str:
        """The same for the same exchange, whenever it is read."""
        return f"{self.conversation_id}/{self.at}"

    @property
    def actions(self) -> tuple[Action, ...]:
        """What was done."""
        return tuple(action for result in self.results for action in acted_on({"response": result}))

    @property
    def response(self) -> Response | None:
        """What was answered, as far as a chat log tells; None where there was nothing."""
        if self.answer is None and not self.results:
            return None
        kinds = [str(result.get("response_type")) for result in self.results]
        # Nothing was called: an answer without a deed is an apology or a question, and the log does not say which.
        kind = ("error" if "error" in kinds else kinds[0]) if kinds else None
        return Response(text=self.answer or "", type=kind)


class ChatLogReader:
    """The exchanges of all conversations, as their contents come in."""

    def __init__(self) -> None:
        self._open: dict[str, ChatExchange] = {}
        self._last: dict[str, str] = {}

    def take(self, event: ChatEvent) -> ChatExchange | None:
        """Take in a content; returns the exchange that it begins."""
        content, conversation = event.content, event.conversation_id
        created = content.get("created")
        if isinstance(created, str):
            # What was there when a chat log is subscribed to is told once more; the times are of one form.
            if created <= self._last.get(conversation, ""):
                return None
            self._last[conversation] = created
        role, text = content.get("role"), content.get("content")
        if role == "user":
            found = ChatExchange(
                conversation_id=conversation, text=text if isinstance(text, str) else "", at=millis(content) or event.at
            )
            self._open[conversation] = found
            return found
        exchange = self._open.get(conversation)
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
        """Close the exchange that is under way in a conversation."""
        exchange = self._open.pop(conversation_id, None)
        if exchange is not None:
            exchange.over = at


def reading(exchange: ChatExchange, request: str, area: str | None, *, failed: bool) -> Nlu | None:
    """Return what was read in a request; None where that is not told.

    Args:
        exchange: of the request.
        request: the words.
        area: the room in which they were said.
        failed: whether the answer was an error.
    """
    if not exchange.calls:
        return Nlu(engine="homeassistant", intent="") if failed else None
    # One of Home Assistant's two readers gives names, the other ids.
    names = dict(target for result in exchange.results for target in _names(result))
    slots: dict[tuple[str, SlotValue], None] = {}
    for _, given in exchange.calls:
        for name, value in given.items():
            if not is_implicit_slot(name, value, area, request):
                slots[name, names.get(str(value), value)] = None
    return Nlu(
        engine="homeassistant",
        intent="+".join(dict.fromkeys(name for name, _ in exchange.calls)),
        slots=tuple(Slot(name, value) for name, value in slots),
    )


def _names(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    data = result.get("data")
    found = data.get("success") if isinstance(data, dict) else None
    for target in found if isinstance(found, list) else []:
        if isinstance(target, dict) and isinstance(target.get("id"), str) and isinstance(target.get("name"), str):
            yield target["id"], target["name"]


def _calls(found: object) -> Iterator[tuple[str, dict[str, SlotValue]]]:
    for call in found if isinstance(found, list) else []:
        if isinstance(call, dict) and isinstance(call.get("tool_name"), str):
            arguments = call.get("tool_args")
            yield call["tool_name"], _slots(arguments if isinstance(arguments, dict) else {})


def _slots(arguments: Mapping[str, Any]) -> dict[str, SlotValue]:
    found: dict[str, SlotValue] = {}
    for name, given in arguments.items():
        # One agent gives values, another objects with a value.
        value = given.get("value") if isinstance(given, dict) else given
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = ",".join(map(str, value))
        found[name] = value if isinstance(value, str | int | float | bool) else None if value is None else str(value)
    return found
