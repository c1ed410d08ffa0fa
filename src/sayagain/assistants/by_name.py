"""The assistants by name: each is imported only when it is asked for, since some need an optional part."""

import difflib
import importlib

from sayagain.assistants.assistant import Assistant
from sayagain.errors import InputError

__all__ = ["ASSISTANTS", "assistant_named"]

ASSISTANTS: dict[str, str] = {
    "homeassistant": "sayagain.assistants.homeassistant.event_log:HomeAssistantLog",
    "otel": "sayagain.assistants.otel.otel:OpenTelemetry",
    "ovos": "sayagain.assistants.ovos:Ovos",
    "rasa": "sayagain.assistants.rasa.rasa:Rasa",
}
"""Module and class of each assistant that can be read or taught, by the name that stands in `Turn.assistant`."""


def assistant_named(name: str) -> Assistant:
    """Return the assistant of that name.

    Raises:
        InputError: there is none; the sentence lists those that exist.
        MissingExtra: it needs an optional part that is not installed.

    >>> assistant_named("ovos").name
    'ovos'
    >>> assistant_named("ovo")
    Traceback (most recent call last):
    sayagain.errors.InputError: there is no assistant ovo; did you mean ovos? There are: homeassistant, otel, ovos, rasa
    """
    if name not in ASSISTANTS:
        close = difflib.get_close_matches(name, ASSISTANTS, n=1)
        meant = f"; did you mean {close[0]}? There are: " if close else "; there are: "
        raise InputError(f"there is no assistant {name}{meant}{', '.join(sorted(ASSISTANTS))}")
    module, _, kind = ASSISTANTS[name].partition(":")
    made: Assistant = getattr(importlib.import_module(module), kind)()
    return made
