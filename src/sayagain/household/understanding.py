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

_MOST = 5
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
        self._ranked: dict[tuple[Key, str], tuple[Hypothesis, ...]] = {}
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
            self._meet(home)
        key = self._keys.get((text, home.id))
        if key is None:
            key = self._keys[text, home.id] = self._key(normalise(text), home)
        ranked = self._ranked.get((key, area))
        if ranked is None:
            parses = self._parses.get(key)
            if parses is None:
                parses = self._parses[key] = self._parse(*key)
            ranked = self._ranked[key, area] = tuple(_placed(reading, area) for reading in parses)
        if home.id not in self._custom:
            return ranked
        # As in Home Assistant, custom sentences come before the grammar.
        custom_hypotheses = [_placed(reading, area) for reading in self._hypotheses_of_home(home, key)]
        keys = {reading.key for reading in custom_hypotheses}
        return (*custom_hypotheses, *(reading for reading in ranked if reading.key not in keys))[:_MOST]

    def set_custom_sentences(self, home: Home, custom: CustomSentences) -> None:
        """Set the custom sentences and the names of a home, in place of earlier ones.

        Args:
            home: with the names that its things have from now on.
            custom: its sentences, spelt by `normalise`.
        """
        self._custom[home.id] = custom
        self._forget(home.id)
        self._homes[home.id] = home

    def _meet(self, home: Home) -> None:
        """Forget the names of another home of this id, which a replay of another seed may have."""
        if self._homes.setdefault(home.id, home) != home:
            self._forget(home.id)
        self._homes[home.id] = home

    def _forget(self, home_id: str) -> None:
        self._names.pop(home_id, None)
        for known in (self._keys, self._custom_hypotheses):
            for stale in [pair for pair in known if pair[1] == home_id]:
                del known[stale]

    def _hypotheses_of_home(self, home: Home, key: Key) -> tuple[Hypothesis, ...]:
        text, names, areas = key
        hypotheses = self._custom_hypotheses.get((text, home.id))
        if hypotheses is None:
            custom = self._custom[home.id]
            intents = custom.matching_intents(text)
            hypotheses = self._recognised(text, names, areas, _with_own(custom, intents)) if intents else ()
            self._custom_hypotheses[text, home.id] = hypotheses
        return hypotheses

    def _key(self, text: str, home: Home) -> Key:
        names = self._names.get(home.id)
        if names is None:
            pairs = {(name, device.domain) for device in home.devices for name in device.names}
            names = self._names[home.id] = tuple(sorted(pairs))
        occurring = tuple(pair for pair in names if pair[0] in text)
        return text, occurring, tuple((area.name, area.id) for area in home.areas if area.name in text)

    def _parse(
        self, text: str, names: tuple[tuple[str, str], ...], areas: tuple[tuple[str, str], ...]
    ) -> tuple[Hypothesis, ...]:
        family = find_family(text)
        if family is not None:
            return tuple(
                reading
                for option in (family.default, *family.alternatives)
                for reading in _spread(option.intent, option.slots, text)
            )
        domains = frozenset(domain for _, domain in names)
        said = [word for word in _TELLING if word in text]
        said += ["{area"] * bool(areas) + ["{floor"] * any(floor in text for floor in _FLOORS)
        return _with_kinds(self._recognised(text, names, areas, _possible(domains, frozenset(said))))

    def _recognised(
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
            slots = tuple(sorted(Slot(name, _plain(entity.value)) for name, entity in entities.items()))
            wild = [str(entity.text) for entity in entities.values() if entity.is_wildcard]
            name = entities.get("name")
            order = (
                -float(len(name.text_clean)) if name is not None and not name.is_wildcard else 0.0,
                float(len(wild)),
                -float(result.text_chunks_matched),
                float(sum(map(len, wild))),
            )
            reading = Hypothesis(intent=result.intent.name, domain=_domain(result.intent.name), slots=slots)
            if reading.key not in hypotheses or order < hypotheses[reading.key][0]:
                hypotheses[reading.key] = (order, reading)
        ranked = sorted(hypotheses.values(), key=lambda entry: (entry[0], entry[1].key))
        return tuple(reading for _, reading in ranked[:_MOST])


def _plain(value: object) -> str:
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
        data.extend({"sentences": list(said), **more} for said, more in blocks)
    sentences["lists"].update(LISTS)
    sentences["expansion_rules"].update(EXPANSIONS)
    return sentences


def _with_own(custom: CustomSentences, intents: dict[str, Any]) -> "Intents":
    """Put some of a home's sentences beside the lists and rules of the grammar, which they may use."""
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    every = _sentences()
    lists, rules = {**every["lists"], **custom.lists}, {**every["expansion_rules"], **custom.rules}
    return Intents.from_dict({**every, "intents": intents, "lists": lists, "expansion_rules": rules})


_TELLING = ("timer", "hour", "minute", "second", "volume", "brightness")
"""Words that stand in many sentences and in few requests."""


@cache
def _possible(domains: frozenset[str], said: frozenset[str]) -> "Intents":
    """Return the sentences that may match at all, given what occurs in the words; the others only cost time.

    A sentence that must hold a name, a room or one of the telling words cannot match words without it: leaving these
    out changes no reading.

    Args:
        domains: of the names that occur.
        said: the telling words that occur; `{area` and `{floor` where such names do.
    """
    from hassil import Intents  # noqa: PLC0415  (an extra: loaded on first use)

    sentences = _sentences()
    absent = {*_TELLING, "{area", "{floor"} - said
    kept: dict[str, Any] = {}
    for intent, content in sentences["intents"].items():
        data = []
        for block in content["data"]:
            wanted = block.get("requires_context", {}).get("domain", ())
            wanted = {wanted} if isinstance(wanted, str) else set(wanted)
            named = bool(domains & wanted) if wanted else bool(domains)
            missing = absent if named else absent | {"{name"}
            possible = [sentence for sentence in block["sentences"] if _must_hold(sentence).isdisjoint(missing)]
            if possible:
                data.append({**block, "sentences": possible})
        if data:
            kept[intent] = {**content, "data": data}
    return Intents.from_dict({**sentences, "intents": kept})


@cache
def _must_hold(sentence: str) -> frozenset[str]:
    """Return the slots and telling words that stand in a template outside of anything optional or alternative."""
    hypotheses: set[str] = set()
    depth = 0
    for position, letter in enumerate(sentence):
        if depth == 0:
            if letter == "{":
                hypotheses.update(
                    s for s in ("name", "area", "floor") if sentence[position + 1 :].startswith((s + "}", s + ":"))
                )
            else:
                hypotheses.update(word for word in _TELLING if sentence.startswith(word, position))
        depth += (letter in "[({<") - (letter in "])}>")
    return frozenset("{" + slot if slot in {"name", "area", "floor"} else slot for slot in hypotheses)


def _placed(reading: Hypothesis, area: str) -> Hypothesis:
    """Fill in the room of the satellite."""
    if all(slot.value != HERE for slot in reading.slots):
        return reading
    slots = tuple(Slot(slot.name, area) if slot.value == HERE else slot for slot in reading.slots)
    return Hypothesis(intent=reading.intent, domain=reading.domain, slots=slots)


_CHOICES = {
    "@taste": tuple(title for title in by_title() if title.endswith(" playlist")),
    "@coffee": ("an espresso", "a latte", "a cappuccino", "a flat white"),
}


def _spread(intent: str, slots: tuple[tuple[str, str], ...], text: str) -> list[Hypothesis]:
    """Make a family's reading; one that depends on a person's taste becomes one reading for each taste."""
    choices = next((_CHOICES[value] for _, value in slots if value in _CHOICES), ("",))
    item = text.removeprefix("add ").removesuffix(" to the list")
    return [
        Hypothesis(
            intent=intent,
            domain=_domain(intent),
            slots=tuple(
                sorted(
                    Slot(name, choice if value in _CHOICES else item if value == "@item" else value)
                    for name, value in slots
                )
            ),
        )
        for choice in choices
    ]


def _with_kinds(readings: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Add a reading for each kind of work when one title names several: what one reading would hide."""
    if not readings or readings[0].intent != "HassMediaSearchAndPlay":
        return readings
    slots = {slot.name: slot.value for slot in readings[0].slots}
    works = by_plain_title().get(str(slots.get("search_query")), ())
    kinds = list(dict.fromkeys(work.kind for work in works))
    if "media_class" in slots or len(kinds) < 2:
        return readings
    more = tuple(
        Hypothesis(
            intent=readings[0].intent,
            domain=readings[0].domain,
            slots=tuple(sorted((*readings[0].slots, Slot("media_class", kind)))),
        )
        for kind in kinds
    )
    return (*readings, *more)


_DOMAINS = {
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
def _domain(intent: str) -> str:
    """Return the skill that an intent belongs to."""
    if "Timer" in intent:
        return "timer"
    return next((domain for start, domain in _DOMAINS.items() if intent.startswith(start)), "information")
