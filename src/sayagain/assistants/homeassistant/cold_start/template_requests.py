"""What can be said in one home in a language: Home Assistant's own templates, filled with the home's names."""

import random
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec

from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.template_walk import list_names, random_sentence

if TYPE_CHECKING:
    from hassil import Intents, SlotList
    from hassil.expression import ListReference
    from hassil.intents import IntentData

__all__ = ["NUMBER", "TemplateRequest", "template_requests"]

NUMBER = "{number}"
"""Stands for the number in the words of a request."""

LONGEST = 80
"""Letters up to which a sentence is one that people say: optional words make some templates endless."""

_INTENTS = (
    "HassTurnOn",
    "HassTurnOff",
    "HassLightSet",
    "HassSetPosition",
    "HassClimateSetTemperature",
    "HassVacuumStart",
    "HassVacuumReturnToBase",
    "HassLawnMowerStartMowing",
    "HassLawnMowerDock",
    "HassMediaPause",
    "HassMediaUnpause",
    "HassMediaNext",
    "HassMediaPrevious",
    "HassMediaPlayerMute",
    "HassMediaPlayerUnmute",
    "HassSetVolume",
    "HassFanSetSpeed",
)
"""Intents that act on things of the home; what asks, lists and timers are not offered."""

_DRAWS, _KEPT = 12, 4
"""Sentences drawn of a template for each name, and how many of them are kept: the shortest, as people say them."""

_DRAWS_OF_MANY, _KEPT_OF_MANY = 5, 2
"""The same where it can be filled with many names."""

_DRAWS_OF_NONE, _KEPT_OF_NONE = 60, 30
"""The same where it has no names."""

_MANY, _MOST = 60, 400
"""Names of a template from which they are many, and of which no more are taken."""


class TemplateRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that Home Assistant's templates have for something in a home."""

    text: str
    """The words, with `NUMBER` for the number if there is one."""
    intent: str
    """What it does."""
    slots: dict[str, Any]
    """Its slots but for the number."""
    number: str | None = None
    """The slot of the number."""
    here: bool = False
    """Whether it is about the room that is spoken in, and names none."""


def template_requests(home: HomeSnapshot, intents: "Intents", seed: int = 1) -> list[TemplateRequest]:
    """Return sentences for all that can be done in a home, each once; the same for the same home.

    Args:
        home: whose names are filled in.
        intents: the templates of a language.
        seed: of the draws.
    """
    rng = random.Random(seed)  # noqa: S311  (a draw, and no secret)
    found: dict[str, TemplateRequest] = {}
    for intent in _INTENTS:
        for block in intents.intents[intent].data if intent in intents.intents else ():
            for request in _of_block(home, intents, intent, block, rng):
                found.setdefault(request.text, request)
    return list(found.values())


def _of_block(
    home: HomeSnapshot, intents: "Intents", intent: str, block: "IntentData", rng: random.Random
) -> Iterator[TemplateRequest]:
    rules = {**intents.expansion_rules, **block.expansion_rules}
    lists = {**intents.slot_lists, **block.slot_lists}
    context, excluded = block.requires_context or {}, block.excludes_context or {}
    domains, kinds, never = (
        _several(where.get(key))
        for where, key in ((context, "domain"), (context, "device_class"), (excluded, "domain"))
    )
    names = [
        name
        for entity in home.exposed
        if (not domains or entity.domain in domains) and (not kinds or entity.device_class in kinds)
        if entity.domain not in never
        for name in entity.names
    ]
    values = {
        "name": names,
        "area": [name for area in home.areas for name in area.names],
        "floor": [name for floor in home.floors for name in floor.names],
    }
    for sentence in block.sentences:
        wanted = sorted(list_names(sentence.expression, rules) & values.keys())
        fillings = list(product(*(values[key] for key in wanted)))
        draws, kept = (_DRAWS, _KEPT) if len(fillings) <= _MANY else (_DRAWS_OF_MANY, _KEPT_OF_MANY)
        if not wanted:
            draws, kept = _DRAWS_OF_NONE, _KEPT_OF_NONE
        for filling in rng.sample(fillings, min(len(fillings), _MOST)):
            drawn: dict[str, TemplateRequest] = {}
            for _ in range(draws):
                draw = _Draw(dict(zip(wanted, filling, strict=True)), lists, rules, rng)
                try:
                    text = random_sentence(sentence.expression, rules, rng, draw.fill)
                except LookupError:
                    continue
                if 0 < len(text) <= LONGEST:
                    drawn[text] = TemplateRequest(
                        text=text,
                        intent=intent,
                        slots={**block.slots, **draw.slots},
                        number=draw.number,
                        here="area" in context and "area" not in draw.slots,
                    )
            yield from (drawn[text] for text in sorted(drawn, key=lambda text: (len(text), text))[:kept])


class _Draw:
    """The values of one sentence."""

    def __init__(
        self, names: Mapping[str, str], lists: "Mapping[str, SlotList]", rules: Mapping[str, Any], rng: random.Random
    ) -> None:
        self.slots: dict[str, Any] = {}
        self.number: str | None = None
        self._names = names
        self._lists = lists
        self._rules = rules
        self._dice = rng

    def fill(self, part: "ListReference") -> str:
        """Return a value for a list, and note it; raises `LookupError` where none fits."""
        from hassil.intents import RangeSlotList, TextSlotList  # noqa: PLC0415  (an extra: loaded on first use)

        if part.list_name in self._names:
            value = self.slots[part.slot_name] = self._names[part.list_name]
            return value
        values = self._lists.get(part.list_name)
        if isinstance(values, RangeSlotList) and self.number is None:
            self.number = part.slot_name
            return NUMBER
        if isinstance(values, TextSlotList):
            choice = self._dice.choice(values.values)
            self.slots[part.slot_name] = choice.value_out
            return random_sentence(choice.text_in, self._rules, self._dice, self.fill)
        # Free text, or a second number.
        raise LookupError(part.list_name)


def _several(wanted: object) -> Collection[object]:
    return wanted if isinstance(wanted, list) else () if wanted is None else (wanted,)
