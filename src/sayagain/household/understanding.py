"""NLU: from a transcript to ranked hypotheses, by hassil over Home Assistant's sentences and ours.

A reading depends only on the names and rooms that occur in the words, so homes share their parses: a text is parsed
once for each set of (name, domain) and rooms that occur in it; the room of the satellite is filled in afterwards.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sayagain.household.ambiguity import find_family
from sayagain.household.custom_sentences import CustomSentences
from sayagain.household.home import Home
from sayagain.household.media_catalogue import by_plain_title, by_title
from sayagain.household.sentences import EXPANSIONS, LISTS, SENTENCES
from sayagain.turns import Hypothesis, Slot

if TYPE_CHECKING:
    from hassil import Intents

__all__ = ["HERE", "Hassil", "Understanding", "normalise"]

HERE = "@here"
"""Stands for the room of the satellite until it is known."""

_MAX_READINGS = 5
_NOT_WORDS = re.compile(r"[^a-z0-9:% ]+")
_SPACES = re.compile(r"\s+")
_FLOORS = ("upstairs", "downstairs")

Key = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


class Understanding(Protocol):
    """The protocol of the NLU stage."""

    def readings(self, text: str, home: Home, area: str) -> tuple[Hypothesis, ...]:
        """Return the ranked hypotheses of a text, best first; empty where it is not understood."""
        ...

    def set_custom_sentences(self, home: Home, custom: CustomSentences) -> None:
        """Set the custom sentences and the names of a home, in place of earlier ones."""
        ...


def normalise(text: str) -> str:
    """Return a text as understanding reads it: lower case, hyphens to spaces, punctuation and apostrophes gone.

    >>> normalise("Turn-on the kid's lamp, please!")
    'turn on the kids lamp please'
    """
    words = _NOT_WORDS.sub("", text.lower().replace("-", " ").replace("_", " "))
    return _SPACES.sub(" ", words).strip()


class Hassil:
    """NLU by hassil, with one cache of parses for all homes.

    >>> from sayagain.household.home import homes
    >>> home = homes(1, 1)[0]
    >>> [best, *alternatives] = Hassil().readings("turn on the kitchen light", home, "kitchen")
    >>> best.intent, best.slots
    ('HassTurnOn', (Slot(name='name', value='kitchen light'),))
    """

    def __init__(self) -> None:
        self._parses: dict[Key, tuple[Hypothesis, ...]] = {}
        self._placed_readings: dict[tuple[Key, str], tuple[Hypothesis, ...]] = {}
        self._homes: dict[str, Home] = {}
        self._names: dict[str, tuple[tuple[str, str], ...]] = {}
        self._keys: dict[tuple[str, str], Key] = {}
        self._custom: dict[str, CustomSentences] = {}
        self._custom_hypotheses: dict[tuple[str, str], tuple[Hypothesis, ...]] = {}

    @property
    def parses(self) -> int:
        """Number of cached parses."""
        return len(self._parses)

    def readings(self, text: str, home: Home, area: str) -> tuple[Hypothesis, ...]:
        """Return the ranked hypotheses of a text said in a room of a home, best first.

        Args:
            text: as recognised; normalised here.
            home: whose names and rooms count.
            area: the id of the satellite's room.
        """
        if self._homes.get(home.id) is not home:
            self._register_home(home)
        key = self._keys.get((text, home.id))
        if key is None:
            key = self._keys[text, home.id] = self._parse_key(normalise(text), home)
        ranked = self._placed_readings.get((key, area))
        if ranked is None:
            parses = self._parses.get(key)
            if parses is None:
                parses = self._parses[key] = self._parse(*key)
            ranked = self._placed_readings[key, area] = tuple(_fill_area(reading, area) for reading in parses)
        if home.id not in self._custom:
            return ranked
        # As in Home Assistant, custom sentences come before the grammar.
        custom_readings = [_fill_area(reading, area) for reading in self._custom_readings(home, key)]
        keys = {reading.key for reading in custom_readings}
        return (*custom_readings, *(reading for reading in ranked if reading.key not in keys))[:_MAX_READINGS]

    def set_custom_sentences(self, home: Home, custom: CustomSentences) -> None:
        """Set the custom sentences and the names of a home, in place of earlier ones.

        Args:
            home: with the names that its things have from now on.
            custom: its sentences, spelt by `normalise`.
        """
        self._custom[home.id] = custom
        self._clear_home(home.id)
        self._homes[home.id] = home

    def _register_home(self, home: Home) -> None:
        """Forget the names of another home of this id, which a replay of another seed may have."""
        if self._homes.setdefault(home.id, home) != home:
            self._clear_home(home.id)
        self._homes[home.id] = home

    def _clear_home(self, home_id: str) -> None:
        self._names.pop(home_id, None)
        for entries in (self._keys, self._custom_hypotheses):
            for stale_key in [key for key in entries if key[1] == home_id]:
                del entries[stale_key]

    def _custom_readings(self, home: Home, key: Key) -> tuple[Hypothesis, ...]:
        text, names, areas = key
        hypotheses = self._custom_hypotheses.get((text, home.id))
        if hypotheses is None:
            custom = self._custom[home.id]
            intents = custom.matching_intents(text)
            hypotheses = self._recognise(text, names, areas, _custom_intents(custom, intents)) if intents else ()
            self._custom_hypotheses[text, home.id] = hypotheses
        return hypotheses

    def _parse_key(self, text: str, home: Home) -> Key:
        names = self._names.get(home.id)
        if names is None:
            names_with_domains = {(name, device.domain) for device in home.devices for name in device.names}
            names = self._names[home.id] = tuple(sorted(names_with_domains))
        occurring_names = tuple(pair for pair in names if pair[0] in text)
        return text, occurring_names, tuple((area.name, area.id) for area in home.areas if area.name in text)

    def _parse(
        self, text: str, names: tuple[tuple[str, str], ...], areas: tuple[tuple[str, str], ...]
    ) -> tuple[Hypothesis, ...]:
        family = find_family(text)
        if family is not None:
            return tuple(
                reading
                for alternative in (family.default, *family.alternatives)
                for reading in _family_readings(alternative.intent, alternative.slots, text)
            )
        domains = frozenset(domain for _, domain in names)
        occurring_words = [word for word in _RARE_WORDS if word in text]
        occurring_words += ["{area"] * bool(areas) + ["{floor"] * any(floor in text for floor in _FLOORS)
        return _add_media_classes(
            self._recognise(text, names, areas, _candidate_sentences(domains, frozenset(occurring_words)))
        )

    def _recognise(
        self, text: str, names: tuple[tuple[str, str], ...], areas: tuple[tuple[str, str], ...], intents: "Intents"
    ) -> tuple[Hypothesis, ...]:
        from hassil import SlotList, TextSlotList, recognize_all  # noqa: PLC0415  (an extra: loaded on first use)

        lists: dict[str, SlotList] = {
            # No list may be empty, so each holds one entry that nobody says.
            "name": TextSlotList.from_tuples(
                [("\u2014", "", {}), *((name, name, {"domain": domain}) for name, domain in names)], name="name"
            ),
            "area": TextSlotList.from_tuples([("\u2014", "", {}), *((name, i, {}) for name, i in areas)], name="area"),
            "floor": TextSlotList.from_tuples([(floor, floor, {}) for floor in _FLOORS], name="floor"),
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
            reading = Hypothesis(intent=result.intent.name, domain=_domain_of(result.intent.name), slots=slots)
            if reading.key not in hypotheses or rank_key < hypotheses[reading.key][0]:
                hypotheses[reading.key] = (rank_key, reading)
        ranked = sorted(hypotheses.values(), key=lambda entry: (entry[0], entry[1].key))
        return tuple(reading for _, reading in ranked[:_MAX_READINGS])


def _slot_text(value: object) -> str:
    # Numbers are kept as words of digits: one type for every slot keeps keys comparable.
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


@lru_cache(maxsize=1)
def _sentences() -> dict[str, Any]:
    import home_assistant_intents  # noqa: PLC0415  (an extra: loaded on first use)

    sentences: dict[str, Any] | None = home_assistant_intents.get_intents("en")
    if sentences is None:  # pragma: no cover  (the package always has English)
        raise AssertionError
    for intent, blocks in SENTENCES.items():
        data = sentences["intents"].setdefault(intent, {"data": []})["data"]
        data.extend({"sentences": list(templates), **block_keys} for templates, block_keys in blocks)
    sentences["lists"].update(LISTS)
    sentences["expansion_rules"].update(EXPANSIONS)
    return sentences


def _custom_intents(custom: CustomSentences, intents: dict[str, Any]) -> "Intents":
    """Put some of a home's sentences beside the lists and rules of the grammar, which they may use."""
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    grammar = _sentences()
    lists, rules = {**grammar["lists"], **custom.lists}, {**grammar["expansion_rules"], **custom.rules}
    return Intents.from_dict({**grammar, "intents": intents, "lists": lists, "expansion_rules": rules})


_RARE_WORDS = ("timer", "hour", "minute", "second", "volume", "brightness")
"""Words that stand in many sentences and in few requests."""


@cache
def _candidate_sentences(domains: frozenset[str], occurring_words: frozenset[str]) -> "Intents":
    """Return the sentences that may match at all, given what occurs in the words; the others only cost time.

    A sentence that must hold a name, a room or one of the telling words cannot match words without it: leaving these
    out changes no reading.

    Args:
        domains: of the names that occur.
        occurring_words: the telling words that occur; `{area` and `{floor` where such names do.
    """
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    sentences = _sentences()
    absent_words = {*_RARE_WORDS, "{area", "{floor"} - occurring_words
    candidate_intents: dict[str, Any] = {}
    for intent, content in sentences["intents"].items():
        blocks = []
        for block in content["data"]:
            required_domains = block.get("requires_context", {}).get("domain", ())
            required_domains = {required_domains} if isinstance(required_domains, str) else set(required_domains)
            has_name = bool(domains & required_domains) if required_domains else bool(domains)
            missing_words = absent_words if has_name else absent_words | {"{name"}
            templates = [
                sentence for sentence in block["sentences"] if _required_words(sentence).isdisjoint(missing_words)
            ]
            if templates:
                blocks.append({**block, "sentences": templates})
        if blocks:
            candidate_intents[intent] = {**content, "data": blocks}
    return Intents.from_dict({**sentences, "intents": candidate_intents})


@cache
def _required_words(sentence: str) -> frozenset[str]:
    """Return the slots and telling words that stand in a template outside of anything optional or alternative."""
    required: set[str] = set()
    depth = 0
    for position, letter in enumerate(sentence):
        if depth == 0:
            if letter == "{":
                required.update(
                    s for s in ("name", "area", "floor") if sentence[position + 1 :].startswith((s + "}", s + ":"))
                )
            else:
                required.update(word for word in _RARE_WORDS if sentence.startswith(word, position))
        depth += (letter in "[({<") - (letter in "])}>")
    return frozenset("{" + slot if slot in {"name", "area", "floor"} else slot for slot in required)


def _fill_area(reading: Hypothesis, area: str) -> Hypothesis:
    """Fill in the room of the satellite."""
    if all(slot.value != HERE for slot in reading.slots):
        return reading
    slots = tuple(Slot(slot.name, area) if slot.value == HERE else slot for slot in reading.slots)
    return Hypothesis(intent=reading.intent, domain=reading.domain, slots=slots)


_TASTE_VALUES = {
    "@taste": tuple(title for title in by_title() if title.endswith(" playlist")),
    "@coffee": ("an espresso", "a latte", "a cappuccino", "a flat white"),
}


def _family_readings(intent: str, slots: tuple[tuple[str, str], ...], text: str) -> list[Hypothesis]:
    """Make a family's reading; one that depends on a person's taste becomes one reading for each taste."""
    choices = next((_TASTE_VALUES[value] for _, value in slots if value in _TASTE_VALUES), ("",))
    item = text.removeprefix("add ").removesuffix(" to the list")
    return [
        Hypothesis(
            intent=intent,
            domain=_domain_of(intent),
            slots=tuple(
                sorted(
                    Slot(name, choice if value in _TASTE_VALUES else item if value == "@item" else value)
                    for name, value in slots
                )
            ),
        )
        for choice in choices
    ]


def _add_media_classes(readings: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Add a reading for each kind of work when one title names several: what one reading would hide."""
    if not readings or readings[0].intent != "HassMediaSearchAndPlay":
        return readings
    slots = {slot.name: slot.value for slot in readings[0].slots}
    works = by_plain_title().get(str(slots.get("search_query")), ())
    kinds = list(dict.fromkeys(work.kind for work in works))
    if "media_class" in slots or len(kinds) < 2:
        return readings
    media_readings = tuple(
        Hypothesis(
            intent=readings[0].intent,
            domain=readings[0].domain,
            slots=tuple(sorted((*readings[0].slots, Slot("media_class", kind)))),
        )
        for kind in kinds
    )
    return (*readings, *media_readings)


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
def _domain_of(intent: str) -> str:
    """Return the skill that an intent belongs to."""
    if "Timer" in intent:
        return "timer"
    return next((domain for start, domain in _DOMAIN_BY_PREFIX.items() if intent.startswith(start)), "information")
