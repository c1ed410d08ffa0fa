"""The assistants by name; each is imported only when it is used, because some need an optional part.

Another package adds one as an entry point of the group `sayagain.assistants`, under the value of
`Turn.assistant`; a program adds one by `register_assistant`.
"""

import difflib
import importlib
from collections.abc import Callable
from typing import TypeVar

from sayagain.assistants.assistant import Assistant
from sayagain.errors import InputError, SayagainError
from sayagain.plugins import announced_parts, failure

__all__ = ["ASSISTANTS", "assistant_named", "register_assistant"]

ASSISTANTS: dict[str, str] = {
    "homeassistant": "sayagain.assistants.homeassistant.event_log:HomeAssistantLog",
    "otel": "sayagain.assistants.otel.otel:OpenTelemetry",
    "ovos": "sayagain.assistants.ovos:Ovos",
    "rasa": "sayagain.assistants.rasa.rasa:Rasa",
}
"""Module and class of each assistant, by its value of `Turn.assistant`."""

_GROUP = "sayagain.assistants"
_REGISTERED: dict[str, Callable[[], Assistant]] = {}

_A = TypeVar("_A", bound=Callable[[], Assistant])


def register_assistant(name: str) -> Callable[[_A], _A]:
    """Register an assistant under a name: a class, or a function that returns one. Built-in names are refused.

    >>> register_assistant("ovos")
    Traceback (most recent call last):
    sayagain.errors.InputError: the assistant ovos comes with the package; give yours another name

    Raises:
        InputError: the package has an assistant of that name.
    """
    if name in ASSISTANTS:
        raise InputError(f"the assistant {name} comes with the package; give yours another name")

    def register(factory: _A) -> _A:
        _REGISTERED[name] = factory
        return factory

    return register


def assistant_named(name: str) -> Assistant:
    """Return the assistant of a name.

    Raises:
        InputError: no assistant has that name, or the plugin that provides it cannot be used.
        MissingExtra: it needs an optional part that is not installed.

    >>> assistant_named("ovos").name
    'ovos'
    >>> assistant_named("ovo")
    Traceback (most recent call last):
    sayagain.errors.InputError: there is no assistant ovo; did you mean ovos? There are: homeassistant, otel, ovos, rasa
    """
    if name in ASSISTANTS:
        module, _, class_name = ASSISTANTS[name].partition(":")
        assistant: Assistant = getattr(importlib.import_module(module), class_name)()
        return assistant
    plugins = announced_parts(_GROUP)
    if name not in _REGISTERED and name not in plugins:
        names = sorted({*ASSISTANTS, *_REGISTERED, *plugins})
        similar = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {similar[0]}? There are: " if similar else "; there are: "
        raise InputError(f"there is no assistant {name}{hint}{', '.join(names)}")
    try:
        plugin = (_REGISTERED[name] if name in _REGISTERED else plugins[name].load())()
    except SayagainError:
        raise
    except Exception as error:
        raise InputError(failure(_GROUP, name, error)) from error
    if not isinstance(plugin, Assistant):
        raise InputError(f"the plugin {name} of {_GROUP} lacks name, turns or export")
    return plugin
