"""Entity resolution: from the words of a hypothesis' slots to devices, rooms, contacts, works and times."""

import re
from functools import cache

import msgspec
from rapidfuzz import fuzz, process

from sayagain.household.deeds import Place
from sayagain.household.home import Contact, Device
from sayagain.household.media_catalogue import GENRES, Item, catalogue, items_by_plain_title
from sayagain.household.number_words import spell_number
from sayagain.turns import Resolution, ResolutionCandidate

__all__ = ["ResolvedEntity", "find_alarm_time", "find_contact", "find_devices", "find_work"]

CUTOFF = 78
"""Least similarity of letters, in percent, at which a title or name is accepted."""

# Domains that a request for a whole room may switch.
_SWITCHABLE_DOMAINS = frozenset({"light", "switch", "fan", "media_player", "climate", "scene", "cover", "lock", "oven"})
_KIND_BY_MEDIA_CLASS = {"track": "song", "movie": "film", "tv_show": "series", "book": "audiobook"}
_CARRIERS = re.compile(r"^(some|s by|songs by|the song|the show|the playlist|the) ")


class ResolvedEntity(msgspec.Struct, frozen=True, gc=False):
    """The result of resolving slots."""

    targets: tuple[str, ...] = ()
    """The ids, sorted; empty when nothing was found."""
    resolution: tuple[Resolution, ...] = ()
    """The trace of entity resolution, one entry a slot."""
    error: str | None = None
    """Error code where nothing was found, for example `no_valid_targets`."""


def find_devices(
    place: Place, *, name: str | None, area: str | None, domain: str | None, device_class: str | None
) -> ResolvedEntity:
    """Find the devices that a name, a room and a kind denote.

    A name that several devices share denotes the one in the named room, or else in the room of the satellite, or else
    the first. A room or a kind alone denotes all of its devices.
    """
    if name is not None:
        return _find_named_device(place, name, area, domain)
    home = place.home
    devices = [
        d
        for d in home.devices
        if (area is None or d.area == area)
        and (d.domain == domain if domain else d.domain in _SWITCHABLE_DOMAINS)
        and device_class in {None, d.device_class}
    ]
    if device_class is not None and not devices:
        # People use blinds and curtains for each other, so this assistant does, too.
        devices = [d for d in home.devices if d.domain == "cover" and (area is None or d.area == area)]
    targets = tuple(sorted(d.id for d in devices))
    slot_text = area or domain
    resolution = Resolution(
        slot="area" if area else "domain", raw=slot_text, id=area, status="ok" if devices else "not_found"
    )
    return ResolvedEntity(targets, (resolution,), None if targets else "no_valid_targets")


def _find_named_device(place: Place, name: str, area: str | None, domain: str | None) -> ResolvedEntity:
    placeholder_devices = _placeholder_devices(place, name)
    if placeholder_devices is not None:
        devices = placeholder_devices
    else:
        devices = [d for d in place.home.devices if name in d.names and (domain is None or d.domain == domain)]
    devices_in_room = [d for d in devices if d.area == (area or place.area)]
    device = devices_in_room[0] if devices_in_room else devices[0] if devices and area is None else None
    status = "not_found" if device is None else "ambiguous" if len(devices) > 1 else "ok"
    resolution = Resolution(
        slot="name",
        raw=name,
        id=None if device is None else device.id,
        status=status,
        candidates=tuple(ResolutionCandidate(id=d.id, name=d.name) for d in devices[:5]),
    )
    return _entity_of(resolution)


def _entity_of(resolution: Resolution) -> ResolvedEntity:
    if resolution.id is None:
        return ResolvedEntity((), (resolution,), "no_valid_targets")
    return ResolvedEntity((resolution.id,), (resolution,))


def _placeholder_devices(place: Place, name: str) -> list[Device] | None:
    """Find the device of an ambiguous family's placeholder; None where the name is not a placeholder."""
    if not name.startswith("@"):
        return None
    if name == "@last":
        device = place.last_device()
    elif name == "@tv":
        device = place.nearest_device("media_player", "tv")
    elif name == "@speaker":
        device = place.nearest_device("media_player", "speaker")
    elif name == "@motion":
        device = place.nearest_device("binary_sensor", "motion")
    else:
        lamps = [d for d in place.home.devices_of("light") if d.name.endswith("lamp") and d.name != "desk lamp"]
        device = next((d for d in lamps if d.area == place.area), lamps[0] if lamps else None)
    return [] if device is None else [device]


def find_work(query: str, media_class: str | None) -> ResolvedEntity:
    """Find the work to play.

    Args:
        query: the words after `play`.
        media_class: the media class of Home Assistant, if the request names a kind.
    """
    kind = _KIND_BY_MEDIA_CLASS.get(media_class, media_class) if media_class else None
    if query.startswith(("s by ", "songs by ")):
        # In "play songs by queen" the sentence took the plural for a title.
        kind = "artist"
    works, exact_count = _rank_works(query.replace("'", ""), kind)
    candidates = tuple(
        ResolutionCandidate(id=work.id, name=work.title, confidence=round(score / 100, 3)) for work, score in works
    )
    best_match = works[0] if works and works[0][1] >= CUTOFF else None
    resolution = Resolution(
        slot="search_query",
        raw=query,
        id=None if best_match is None else best_match[0].id,
        status="not_found" if best_match is None else "ok" if exact_count == 1 else "ambiguous",
        candidates=candidates,
    )
    return _entity_of(resolution)


@cache
def _rank_works(query: str, kind: str | None) -> tuple[tuple[tuple[Item, float], ...], int]:
    """Return the five likeliest works of a query with their similarity, and the number of exact matches."""
    core_query = _CARRIERS.sub("", query).removesuffix(" music")
    if core_query in GENRES:
        # A genre comes before works with the same title.
        works = (*items_by_plain_title()[f"{core_query} playlist"], *items_by_plain_title().get(core_query, ()))
        return tuple((work, 100.0) for work in works), len(works)
    title, _, maker = query.rpartition(" by ")
    for title_text in (query, core_query):
        exact_works = [work for work in items_by_plain_title().get(title_text, ()) if kind in {None, work.kind}]
        if title_text != query and not exact_works:
            continue
        exact_works = exact_works or [
            work for work in items_by_plain_title().get(title, ()) if work.by == maker and kind in {None, work.kind}
        ]
        if exact_works:
            return tuple((work, 100.0) for work in exact_works[:5]), len(exact_works)
    texts = _searchable_names(kind)
    similar_texts = process.extract(query, list(texts), scorer=fuzz.ratio, limit=5, score_cutoff=55)
    similar_works: dict[str, tuple[Item, float]] = {}
    for text, score, _ in similar_texts:
        work = texts[text]
        similar_works.setdefault(work.id, (work, round(score, 1)))
    return tuple(similar_works.values()), 1


@cache
def _searchable_names(kind: str | None) -> dict[str, Item]:
    """Return works by their names: the title, and for music also the title with its artist."""
    texts: dict[str, Item] = {}
    for title, works in items_by_plain_title().items():
        matching = [work for work in works if kind in {None, work.kind}]
        if matching:
            texts[title] = matching[0]
    for work in catalogue():
        if work.by and work.kind in {"song", "album"} and kind in {None, work.kind}:
            texts.setdefault(f"{work.title} by {work.by}".replace("'", ""), work)
    return texts


def find_contact(place: Place, name: str, line: str | None) -> ResolvedEntity:
    """Find the contact to call; a name with two numbers denotes the first, unless a line is given."""
    contacts = place.home.contacts
    matching_contacts: list[Contact] = [c for c in contacts if c.name == name]
    if not matching_contacts:
        closest_name = process.extractOne(
            name, sorted({c.name for c in contacts}), scorer=fuzz.ratio, score_cutoff=CUTOFF
        )
        matching_contacts = [] if closest_name is None else [c for c in contacts if c.name == closest_name[0]]
    contact = next((c for c in matching_contacts if line in {None, c.line}), None)
    resolution = Resolution(
        slot="name",
        raw=name,
        id=None if contact is None else contact.id,
        status="not_found" if contact is None else "ambiguous" if len(matching_contacts) > 1 else "ok",
        candidates=tuple(ResolutionCandidate(id=c.id, name=f"{c.name} {c.line}") for c in matching_contacts),
    )
    return _entity_of(resolution)


_HOUR_WORDS = {spell_number(number): number for number in range(13)}
_MINUTE_WORDS = {spell_number(number): number for number in (10, 15, 20, 30, 40, 50)}


@cache
def find_alarm_time(words: str) -> str | None:
    """Return a time of day before noon as `HH:MM`; None where the words are not a time.

    >>> find_alarm_time("seven thirty"), find_alarm_time("7:45"), find_alarm_time("545"), find_alarm_time("heaven")
    ('07:30', '07:45', '05:45', None)
    """
    if re.fullmatch(r"\d{1,2}:\d\d", words) or re.fullmatch(r"\d{3,4}", words):
        digits = words.replace(":", "")
        return _clock_time(int(digits[:-2]), int(digits[-2:]))
    if re.fullmatch(r"\d{1,2}( \d\d)?", words):
        hour, _, minute = words.partition(" ")
        return _clock_time(int(hour), int(minute or 0))
    hour_word, *minute_words = words.split()
    if hour_word not in _HOUR_WORDS or any(
        word not in _HOUR_WORDS and word not in _MINUTE_WORDS for word in minute_words
    ):
        return None
    return _clock_time(
        _HOUR_WORDS[hour_word], sum(_MINUTE_WORDS.get(word, _HOUR_WORDS.get(word, 0)) for word in minute_words)
    )


def _clock_time(hour: int, minute: int) -> str | None:
    return f"{hour % 12:02d}:{minute:02d}" if 1 <= hour <= 12 and minute < 60 else None
