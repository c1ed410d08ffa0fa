"""Integrations of real assistants: each reads the assistant's log and stands in front of it."""

from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Assistant, Event
from sayagain.assistants.front import FailOpen, Front
from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.assistants.by_name import ASSISTANTS, assistant_named, register_assistant
    from sayagain.assistants.remote import Remote

__all__ = [
    "ASSISTANTS",
    "Assistant",
    "Event",
    "FailOpen",
    "Front",
    "Remote",
    "assistant_named",
    "register_assistant",
]

# Lazy, because a front inside an assistant needs no other assistant, and one beside the learner no client.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "ASSISTANTS": "by_name",
        "Remote": "remote",
        "assistant_named": "by_name",
        "register_assistant": "by_name",
    },
)
