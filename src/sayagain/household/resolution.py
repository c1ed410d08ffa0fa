"""Entity resolution: from the words of a reading's slots to devices, rooms, contacts, works and times."""

import re
from functools import cache

import msgspec
from rapidfuzz import fuzz, process

from sayagain.household.deeds import Place
from sayagain.household.home import Contact, Device
from sayagain.household.media_catalogue import GENRES, Item, by_plain_title, catalogue
from sayagain.turns import Resolution, ResolutionCandidate

__all__ = ["ResolvedEntity", "find_alarm_time", "find_contact", "find_devices", "find_work"]

CUTOFF = 78
"""How alike, in percent of letters, a title or name must be to be taken for the one that was said."""

# What a request may be about, by the intent that asks; anything else of that name is not meant.
_SWITCHED = frozenset({"light", "switch", "fan", "media_player", "climate", "scene", "cover", "lock", "oven"})
_CLASSES = {"track": "song", "movie": "film", "tv_show": "series", "book": "audiobook"}
_CARRIERS = re.compile(r"^(some|s by|songs by|the song|the show|the playlist|the) ")


class ResolvedEntity(msgspec.Struct, frozen=True, gc=False):
    """The result of resolving slots."""

    targets: tuple[str, ...] = ()
    """The ids, sorted; empty when nothing was found."""
    resolution: tuple[Resolution, ...] = ()
    """The trace of it, one entry a slot."""
    error: str | None = None
    """Why nothing was found, for example `no_valid_targets`."""


def find_devices(
    place: Place, *, name: str | None, area: str | None, domain: str | None, device_class: str | None
) -> ResolvedEntity:
    """Find the devices that a name, a room and a kind denote.

    A name that several devices share means the one in the room that was named, or else in the room of the satellite, or
    else the first; a room or a kind alone means all of them.
    """
    if name is not None:
        return _named(place, name, area, domain)
    home = place.home
    found = [
        d
        for d in home.devices
        if (area is None or d.area == area)
        and (d.domain == domain if domain else d.domain in _SWITCHED)
        and device_class in {None, d.device_class}
    ]
    if device_class is not None and not found:
        # Blinds and curtains are the same to people, and to this assistant.
        found = [d for d in home.devices if d.domain == "cover" and (area is None or d.area == area)]
    targets = tuple(sorted(d.id for d in found))
    raw = area or domain
    resolution = Resolution(slot="area" if area else "domain", raw=raw, id=area, status="ok" if found else "not_found")
    return ResolvedEntity(targets, (resolution,), None if targets else "no_valid_targets")


def _named(place: Place, name: str, area: str | None, domain: str | None) -> ResolvedEntity:
    special = _special(place, name)
    if special is not None:
        devices = special
    else:
        devices = [d for d in place.home.devices if name in d.names and (domain is None or d.domain == domain)]
    here = [d for d in devices if d.area == (area or place.area)]
    chosen = here[0] if here else devices[0] if devices and area is None else None
    status = "not_found" if chosen is None else "ambiguous" if len(devices) > 1 else "ok"
    resolution = Resolution(
        slot="name",
        raw=name,
        id=None if chosen is None else chosen.id,
        status=status,
        candidates=tuple(ResolutionCandidate(id=d.id, name=d.name) for d in devices[:5]),
    )
    if chosen is None:
        return ResolvedEntity((), (resolution,), "no_valid_targets")
    return ResolvedEntity((chosen.id,), (resolution,))


def _special(place: Place, name: str) -> list[Device] | None:
    """Find what a placeholder of an ambiguous family stands for."""
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
    """Find what to play.

    Args:
        query: the words after `play`.
        media_class: the kind that was said, in Home Assistant's words, if any.
    """
    kind = _CLASSES.get(media_class, media_class) if media_class else None
    if query.startswith(("s by ", "songs by ")):
        # "play songs by queen": the sentence took the plural for a title.
        kind = "artist"
    works, exact = _works(query.replace("'", ""), kind)
    candidates = tuple(
        ResolutionCandidate(id=work.id, name=work.title, confidence=round(score / 100, 3)) for work, score in works
    )
    best = works[0] if works and works[0][1] >= CUTOFF else None
    resolution = Resolution(
        slot="search_query",
        raw=query,
        id=None if best is None else best[0].id,
        status="not_found" if best is None else "ok" if exact == 1 else "ambiguous",
        candidates=candidates,
    )
    if best is None:
        return ResolvedEntity((), (resolution,), "no_valid_targets")
    return ResolvedEntity((best[0].id,), (resolution,))


@cache
def _works(query: str, kind: str | None) -> tuple[tuple[tuple[Item, float], ...], int]:
    """Return the five likeliest works of a query with their similarity, and the number of exact matches."""
    bare = _CARRIERS.sub("", query).removesuffix(" music")
    if bare in GENRES:
        # A genre before any work that happens to be called so.
        works = (*by_plain_title()[f"{bare} playlist"], *by_plain_title().get(bare, ()))
        return tuple((work, 100.0) for work in works), len(works)
    title, _, by = query.rpartition(" by ")
    for said in (query, bare):
        same = [work for work in by_plain_title().get(said, ()) if kind in {None, work.kind}]
        if said != query and not same:
            continue
        same = same or [work for work in by_plain_title().get(title, ()) if work.by == by and kind in {None, work.kind}]
        if same:
            return tuple((work, 100.0) for work in same[:5]), len(same)
    texts = _texts(kind)
    alike = process.extract(query, list(texts), scorer=fuzz.ratio, limit=5, score_cutoff=55)
    found: dict[str, tuple[Item, float]] = {}
    for text, score, _ in alike:
        work = texts[text]
        found.setdefault(work.id, (work, round(score, 1)))
    return tuple(found.values()), 1


@cache
def _texts(kind: str | None) -> dict[str, Item]:
    """Return the names of a work: its title, and for music its title with its artist."""
    texts: dict[str, Item] = {}
    for title, works in by_plain_title().items():
        matching = [work for work in works if kind in {None, work.kind}]
        if matching:
            texts[title] = matching[0]
    for work in catalogue():
        if work.by and work.kind in {"song", "album"} and kind in {None, work.kind}:
            texts.setdefault(f"{work.title} by {work.by}".replace("'", ""), work)
    return texts


def find_contact(place: Place, name: str, line: str | None) -> ResolvedEntity:
    """Find who is to be called; of two numbers under one name the first, unless a line is given."""
    contacts = place.home.contacts
    same: list[Contact] = [c for c in contacts if c.name == name]
    if not same:
        best = process.extractOne(name, sorted({c.name for c in contacts}), scorer=fuzz.ratio, score_cutoff=CUTOFF)
        same = [] if best is None else [c for c in contacts if c.name == best[0]]
    chosen = next((c for c in same if line in {None, c.line}), None)
    resolution = Resolution(
        slot="name",
        raw=name,
        id=None if chosen is None else chosen.id,
        status="not_found" if chosen is None else "ambiguous" if len(same) > 1 else "ok",
        candidates=tuple(ResolutionCandidate(id=c.id, name=f"{c.name} {c.line}") for c in same),
    )
    if chosen is None:
        return ResolvedEntity((), (resolution,), "no_valid_targets")
    return ResolvedEntity((chosen.id,), (resolution,))


_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905  (numbered)
    )
}
_TENS = {"ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}


@cache
def find_alarm_time(words: str) -> str | None:
    """Read a time of day in the morning, `HH:MM`; None when it is none.

    >>> find_alarm_time("seven thirty"), find_alarm_time("7:45"), find_alarm_time("545"), find_alarm_time("heaven")
    ('07:30', '07:45', '05:45', None)
    """
    if re.fullmatch(r"\d{1,2}:\d\d", words) or re.fullmatch(r"\d{3,4}", words):
        digits = words.replace(":", "")
        return _clock(int(digits[:-2]), int(digits[-2:]))
    if re.fullmatch(r"\d{1,2}( \d\d)?", words):
        hour, _, minute = words.partition(" ")
        return _clock(int(hour), int(minute or 0))
    first, *rest = words.split()
    if first not in _WORDS or any(word not in _WORDS and word not in _TENS for word in rest):
        return None
    return _clock(_WORDS[first], sum(_TENS.get(word, _WORDS.get(word, 0)) for word in rest))


def _clock(hour: int, minute: int) -> str | None:
    return f"{hour % 12:02d}:{minute:02d}" if 1 <= hour <= 12 and minute < 60 else None
