"""Questions that wait for the user's yes: asked once, remembered for a minute where they were asked."""

import re
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from sayagain.runtime import Decision
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["Confirmation", "Confirmations", "reply"]

LIFETIME = 60_000
"""How long a question waits, in milliseconds."""

# fmt: off
_YES = {"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "right", "correct", "exactly", "please", "do it", "go ahead",
        "that is right", "thats right", "of course",
        "ja", "jawohl", "genau", "oui", "si", "sí", "sì", "sim", "tak", "jo", "ano", "da"}
_NO = {"no", "nope", "nah", "never mind", "nevermind", "cancel", "stop", "do not", "dont", "no thanks", "no thank you",
       "forget it", "wrong", "not that",
       "nein", "nee", "non", "não", "nie", "nej", "nei", "ne", "abbrechen"}
# fmt: on
_FILLER = re.compile(r"^(?:oh|uh|um|well)\s+|\s+(?:please|thanks|thank you|bitte|merci)$")


def reply(text: str) -> Literal["yes", "no"] | None:
    """Tell whether words say yes or no to a question; None where they say anything else.

    >>> reply("Yes, please."), reply("no"), reply("no, the kitchen lights")
    ('yes', 'no', None)
    """
    words = normalise(text).replace("'", "")
    bare = _FILLER.sub("", words)
    # "yes yes", "no no no"
    once = bare.split()[0] if len(set(bare.split())) == 1 else bare
    for found in (words, bare, once):
        if found in _YES or (found.split()[:1] == ["yes"] and " ".join(found.split()[1:]) in _YES):
            return "yes"
        if found in _NO or (found.split()[:1] == ["no"] and " ".join(found.split()[1:]) in _NO):
            return "no"
    return None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """A question that waits."""

    turn: Turn
    """The turn that it was the answer to."""
    decision: Decision
    """What was decided for it; its `ask` are the words that wait."""
    until: int
    """When it is forgotten, on the clock of `Confirmations`, in milliseconds."""


class Confirmations:
    """The questions that wait, one a device or conversation.

    Args:
        clock: milliseconds that only grow.
        lifetime: how long a question waits, in milliseconds.
    """

    def __init__(
        self, *, clock: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000, lifetime: int = LIFETIME
    ) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._waiting: dict[str, Confirmation] = {}

    def ask(self, where: str, turn: Turn, decision: Decision) -> None:
        """Remember a question; one that waited there before is forgotten."""
        now = self._clock()
        self._waiting = {key: each for key, each in self._waiting.items() if each.until > now}
        self._waiting[where] = Confirmation(turn=turn, decision=decision, until=now + self._lifetime)

    def take(self, where: str) -> Confirmation | None:
        """Return the question that waits there, and forget it: it is answered by what comes next or not at all."""
        found = self._waiting.pop(where, None)
        return found if found is not None and found.until > self._clock() else None
