"""Hypotheses of a request: from sentences that match, from ambiguous families, and from titles of several works."""

from functools import lru_cache
from typing import TYPE_CHECKING

from sayagain.household.family import Family, Slots
from sayagain.household.media_catalogue import items_by_plain_title, items_by_title
from sayagain.household.phrases import COFFEES
from sayagain.turns import Hypothesis, Slot

if TYPE_CHECKING:
    from hassil import Intents

__all__ = [
    "FLOORS",
    "HERE",
    "MAX_HYPOTHESES",
    "Pairs",
    "add_media_classes",
    "family_hypotheses",
    "fill_area",
    "recognise",
]

FLOORS = ("upstairs", "downstairs")
"""The floors of a home."""

HERE = "@here"
"""Placeholder for the room of the satellite."""

MAX_HYPOTHESES = 5
"""Most hypotheses of a text."""

Pairs = tuple[tuple[str, str], ...]
"""Names, each with its domain (of a device) or its id (of a room)."""


def recognise(text: str, names: Pairs, areas: Pairs, intents: "Intents") -> tuple[Hypothesis, ...]:
    """Return the ranked hypotheses of a text by some sentences, best first, at most five.

    Args:
        text: the text, normalised.
        names: names of devices that may occur, each with its domain.
        areas: names of rooms that may occur, each with its id.
        intents: the sentences.
    """
    from hassil import SlotList, TextSlotList, recognize_all  # noqa: PLC0415  (an extra: loaded on first use)

    lists: dict[str, SlotList] = {
        # A list must not be empty, so each has one entry that nobody says.
        "name": TextSlotList.from_tuples(
            [("\u2014", "", {}), *((name, name, {"domain": domain}) for name, domain in names)], name="name"
        ),
        "area": TextSlotList.from_tuples([("\u2014", "", {}), *((name, i, {}) for name, i in areas)], name="area"),
        "floor": TextSlotList.from_tuples([(floor, floor, {}) for floor in FLOORS], name="floor"),
    }
    hypotheses: dict[str, tuple[tuple[float, ...], Hypothesis]] = {}
    for result in recognize_all(text, intents, slot_lists=lists, language="en", intent_context={"area": HERE}):
        entities = result.entities
        slots = tuple(sorted(Slot(name, _slot_text(entity.value)) for name, entity in entities.items()))
        wildcard_texts = [str(entity.text) for entity in entities.values() if entity.is_wildcard]
        name = entities.get("name")
        rank_key = (
            -float(len(name.text_clean)) if name is not None and not name.is_wildcard else 0.0,
            float(len(wildcard_texts)),
            -float(result.text_chunks_matched),
            float(sum(map(len, wildcard_texts))),
        )
        hypothesis = Hypothesis(intent=result.intent.name, domain=_intent_domain(result.intent.name), slots=slots)
        if hypothesis.key not in hypotheses or rank_key < hypotheses[hypothesis.key][0]:
            hypotheses[hypothesis.key] = (rank_key, hypothesis)
    ranked = sorted(hypotheses.values(), key=lambda entry: (entry[0], entry[1].key))
    return tuple(hypothesis for _, hypothesis in ranked[:MAX_HYPOTHESES])


def _slot_text(value: object) -> str:
    # Numbers are kept as words of digits: one type for every slot keeps keys comparable.
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


def fill_area(hypothesis: Hypothesis, area: str) -> Hypothesis:
    """Return a hypothesis with the room of the satellite filled in."""
    if all(slot.value != HERE for slot in hypothesis.slots):
        return hypothesis
    slots = tuple(Slot(slot.name, area) if slot.value == HERE else slot for slot in hypothesis.slots)
    return Hypothesis(intent=hypothesis.intent, domain=hypothesis.domain, slots=slots)


_TASTE_VALUES = {
    "@taste": tuple(title for title in items_by_title() if title.endswith(" playlist")),
    "@coffee": COFFEES,
}


def family_hypotheses(family: Family, text: str) -> tuple[Hypothesis, ...]:
    """Return the hypotheses of a family's request, the default first.

    Args:
        family: the family.
        text: the request, normalised.
    """
    return tuple(
        hypothesis
        for alternative in (family.default, *family.alternatives)
        for hypothesis in _alternative_hypotheses(alternative.intent, alternative.slots, text)
    )


def _alternative_hypotheses(intent: str, slots: Slots, text: str) -> list[Hypothesis]:
    """Return one hypothesis, or one for each taste where the hypothesis depends on a person's taste."""
    choices = next((_TASTE_VALUES[value] for _, value in slots if value in _TASTE_VALUES), ("",))
    item = text.removeprefix("add ").removesuffix(" to the list")
    return [
        Hypothesis(
            intent=intent,
            domain=_intent_domain(intent),
            slots=tuple(
                sorted(
                    Slot(name, choice if value in _TASTE_VALUES else item if value == "@item" else value)
                    for name, value in slots
                )
            ),
        )
        for choice in choices
    ]


def add_media_classes(hypotheses: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Add a hypothesis for each kind of work where works of several kinds share the title."""
    if not hypotheses or hypotheses[0].intent != "HassMediaSearchAndPlay":
        return hypotheses
    slots = {slot.name: slot.value for slot in hypotheses[0].slots}
    works = items_by_plain_title().get(str(slots.get("search_query")), ())
    kinds = list(dict.fromkeys(work.kind for work in works))
    if "media_class" in slots or len(kinds) < 2:
        return hypotheses
    media_hypotheses = tuple(
        Hypothesis(
            intent=hypotheses[0].intent,
            domain=hypotheses[0].domain,
            slots=tuple(sorted((*hypotheses[0].slots, Slot("media_class", kind)))),
        )
        for kind in kinds
    )
    return (*hypotheses, *media_hypotheses)


_DOMAIN_BY_PREFIX = {
    "HassTurn": "home",
    "HassLight": "light",
    "Dim": "light",
    "Brighten": "light",
    "HassClimate": "climate",
    "Warmer": "climate",
    "Cooler": "climate",
    "HassMedia": "media",
    "HassSetVolume": "media",
    "News": "media",
    "HassShopping": "list",
    "HassList": "list",
    "ReadList": "list",
    "Oven": "oven",
    "SetAlarm": "alarm",
    "CancelAlarm": "alarm",
    "StopAlarm": "alarm",
    "AlarmStatus": "alarm",
    "HassVacuum": "vacuum",
    "Vacuum": "vacuum",
    "HassGetState": "state",
    "HassNevermind": "talk",
    "HassRespond": "talk",
    "MakeCoffee": "coffee",
    "CallContact": "call",
    "HassBroadcast": "call",
    "HassSetPosition": "cover",
}


@lru_cache(maxsize=256)
def _intent_domain(intent: str) -> str:
    """Return the domain of an intent."""
    if "Timer" in intent:
        return "timer"
    return next((domain for start, domain in _DOMAIN_BY_PREFIX.items() if intent.startswith(start)), "information")
