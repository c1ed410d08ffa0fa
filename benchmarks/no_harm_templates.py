"""Sentences that Home Assistant understands: drawn from its templates in a language, filled with a home's names."""

import random
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import home_assistant_intents
import msgspec
from hassil import Intents
from hassil.expression import ListReference
from hassil.intents import IntentData, RangeSlotList, SlotList, TextSlotList

from sayagain.assistants.homeassistant.cold_start.home import Entity, Floor, HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.template_walk import random_sentence
from sayagain.turns import Hypothesis, Slot

__all__ = ["TemplateSentence", "home_in", "languages", "template_sentences"]

NAMES = Path(__file__).with_name("no_harm_homes.toml")

LONGEST = 90
"""Letters up to which a sentence is one that people say: optional words make some templates endless."""

DRAWS = 20_000
"""Draws after which no more sentences are looked for."""

_DOMAINS = {
    "light": ("light", None),
    "switch": ("switch", None),
    "blind": ("cover", "blind"),
    "garage": ("cover", "garage"),
    "lock": ("lock", None),
    "climate": ("climate", None),
    "fan": ("fan", None),
    "media_player": ("media_player", None),
    "vacuum": ("vacuum", None),
    "lawn_mower": ("lawn_mower", None),
    "scene": ("scene", None),
}
"""By key of the data file: domain and device class."""

_FEATURES = {"cover": 15, "climate": 387, "fan": 49, "media_player": 152_461, "vacuum": 14_204}


class TemplateSentence(msgspec.Struct, frozen=True):
    """A sentence with what Home Assistant reads in it."""

    text: str
    """The words."""
    hypothesis: Hypothesis
    """The intent, with its slots as they were filled."""


def languages() -> tuple[str, ...]:
    """Return the languages that there are names in, as Home Assistant tags them."""
    return tuple(_names())


@cache
def _names() -> Mapping[str, Mapping[str, Sequence[str]]]:
    read = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    return {tag: {key: line.split(", ") for key, line in names.items()} for tag, names in read.items()}


def home_in(tag: str) -> HomeSnapshot:
    """Return a home whose rooms and things have names in a language; a device is called as the room it stands in."""
    names = _names()[tag]
    floors = tuple(Floor(id=f"floor_{n}", names=(name,)) for n, name in enumerate(names["floors"]))
    areas = tuple(
        HomeArea(id=f"room_{n}", names=(name,), floor=f"floor_{n % len(floors)}")
        for n, name in enumerate(names["rooms"])
    )
    entities: list[Entity] = []
    for key, (domain, kind) in _DOMAINS.items():
        for name in names[key]:
            at = len(entities)
            entities.append(
                Entity(
                    id=f"{domain}.{key}_{at}",
                    names=(name,),
                    area=f"room_{at % len(areas)}",
                    device_class=kind,
                    features=_FEATURES.get(domain, 0),
                )
            )
    return HomeSnapshot(
        areas=areas,
        floors=floors,
        entities=tuple(sorted(entities, key=lambda each: each.id)),
        devices={area.id: area.id for area in areas},
    )


def template_sentences(tag: str, seed: int) -> Iterator[TemplateSentence]:
    """Draw different sentences from the templates of a language, each intent as often as any other.

    Args:
        tag: one of `languages`.
        seed: of the draw.
    """
    raw = home_assistant_intents.get_intents(tag)
    assert raw is not None, tag
    intents, rng = Intents.from_dict(raw), random.Random(f"{seed} {tag}")  # noqa: S311  (a draw, and no secret)
    draw = _Draw(intents, _names()[tag], rng)
    drawn: set[str] = set()
    names = sorted(intents.intents)
    for turn in range(DRAWS):
        data = [block for block in intents.intents[names[turn % len(names)]].data if block.sentence_texts]
        sentence = draw.sentence(rng.choice(data), names[turn % len(names)]) if data else None
        if sentence is not None and 0 < len(sentence.text) <= LONGEST and sentence.text not in drawn:
            drawn.add(sentence.text)
            yield sentence


class _Draw:
    """Walks down a template and takes one way at each parting, where `hassil.sample` would take all of them."""

    def __init__(self, intents: Intents, names: Mapping[str, Sequence[str]], rng: random.Random) -> None:
        self._intents = intents
        self._names = names
        self._dice = rng
        self._rules = intents.expansion_rules
        self._lists: Mapping[str, SlotList] = intents.slot_lists
        self._things: Sequence[str] = ()
        self._slots: list[Slot] = []

    def sentence(self, block: IntentData, intent: str) -> TemplateSentence | None:
        """Return a sentence of a block of templates; None where no name fits it."""
        wanted, kinds = (_several(block.requires_context.get(key)) for key in ("domain", "device_class"))
        self._things = [
            name
            for key, (domain, kind) in _DOMAINS.items()
            if (not wanted or domain in wanted) and (not kinds or kind in kinds)
            for name in self._names[key]
        ]
        self._rules = {**self._intents.expansion_rules, **block.expansion_rules}
        self._lists = {**self._intents.slot_lists, **block.slot_lists}
        self._slots = [Slot(name, value) for name, value in block.slots.items() if isinstance(value, str)]
        try:
            text = random_sentence(self._dice.choice(block.sentences).expression, self._rules, self._dice, self._fill)
        except LookupError:
            return None
        return TemplateSentence(text, Hypothesis(intent=intent, slots=tuple(self._slots)))

    def _fill(self, part: ListReference) -> str:
        value = self._value(part.list_name)
        self._slots.append(Slot(part.slot_name, value))
        return value

    def _value(self, name: str) -> str:
        """Return a value of a list; raises `LookupError` where there is none."""
        own = {"name": self._things, "area": self._names["rooms"], "floor": self._names["floors"]}
        if name in own:
            return self._dice.choice(own[name])
        values = self._lists.get(name)
        if isinstance(values, TextSlotList):
            return random_sentence(self._dice.choice(values.values).text_in, self._rules, self._dice, self._fill)
        if isinstance(values, RangeSlotList):
            return str(self._dice.choice(list(values.get_numbers())))
        # Free text: what goes on a list, or is said aloud.
        return self._dice.choice(self._names["items" if "item" in name else "messages"])


def _several(wanted: object) -> Collection[object]:
    return wanted if isinstance(wanted, list) else () if wanted is None else (wanted,)
