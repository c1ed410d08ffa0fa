"""The inventory of requests to record: every request of the homes' people, the most frequent first."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from sayagain.household.media_catalogue import GENRES, catalogue
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery
from sayagain.household.people import Person, population
from sayagain.household.phrasing import REPLIES, TELEVISION, fill_wordings
from sayagain.household.wants import Want

__all__ = ["INVENTORY", "SEED", "distinct_requests", "needed_deliveries", "recording_plan", "request_set"]

SEED = 2026
"""The seed whose homes the shipped recordings were made for."""

INVENTORY = 2_050
"""Number of wants' requests that are kept; nobody says rarer ones, which are 6% of all."""

_FAVOURITE = (0.84, 0.11, 0.05)
"""How often a person uses the favourite, the second and the third way, trouble included."""


@lru_cache(maxsize=4)
def distinct_requests(seed: int = SEED) -> tuple[str, ...]:
    """Return all requests people of the homes say, by expected frequency, the most frequent first.

    Wants come first, then replies, corrections, lessons and what televisions say.

    >>> requests = distinct_requests(2026)
    >>> 1_500 <= len(requests) <= 2_500
    True
    """
    counts: dict[str, float] = defaultdict(float)
    for person in population(seed)[1]:
        for want, share in _shares(person):
            for wording, part in zip(want.wordings, _FAVOURITE, strict=False):
                counts[wording] += share * part
    # Sorted by text first, so that requests equally frequent keep one order.
    ranked = sorted(sorted(counts), key=lambda wording: -counts[wording])[:INVENTORY]
    extra = (*(reply for replies in REPLIES.values() for reply in replies), *_answers(ranked), *TELEVISION)
    return tuple(dict.fromkeys((*ranked, *extra)))


@lru_cache(maxsize=4)
def request_set(seed: int = SEED) -> frozenset[str]:
    """Return the same requests as a set, to look them up."""
    return frozenset(distinct_requests(seed))


def needed_deliveries(seed: int = SEED) -> list[tuple[Delivery, float]]:
    """Return every delivery that people need, with its expected number a day, the most frequent first.

    A repeat is said slower and louder. Takes are not told apart: record a second and third take of the most frequent.
    """
    known = request_set(seed)
    houses, people = population(seed)
    of = {house.id: house for house in houses}
    counts: dict[Delivery, float] = defaultdict(float)
    for person in people:
        rooms = [satellite.area for satellite in of[person.home].satellites]
        for want, share in _shares(person):
            says = [wording for wording in want.wordings if wording in known]
            areas = [want.area] if want.area in rooms else rooms
            for wording, part in zip(says, _FAVOURITE, strict=False):
                for area in areas:
                    for condition, likely in zip(CONDITIONS, person.noise(area), strict=True):
                        expected = person.requests_per_day * share * part * likely / len(areas)
                        counts[Delivery(wording, person.voice, condition)] += expected
                        counts[Delivery(wording, person.voice, condition, "slow", "loud")] += 0.06 * expected
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def recording_plan(seed: int = SEED, count: int = 18_000) -> list[Delivery]:
    """Return what to record, the most useful first; every request is in it at least once.

    Args:
        seed: whose homes.
        count: how many deliveries at most; at least as many as there are requests.

    Returns:
        First every request in the delivery in which it is needed most, then replies, corrections and lessons in all
        voices, then what people need by frequency, the most frequent in three takes.
    """
    needed = needed_deliveries(seed)
    plan: dict[Delivery, None] = {}
    met: set[str] = set()
    for delivery, _ in needed:
        if delivery.request not in met:
            met.add(delivery.request)
            plan[delivery] = None
    for request in distinct_requests(seed):
        if request in TELEVISION:
            plan.update(dict.fromkeys(Delivery(request, voice, "lively") for voice in VOICES[:3]))
        elif request not in met:
            short = request in _REPLIES
            voices = VOICES if short else VOICES[:4]
            conditions = CONDITIONS[:2] if short else CONDITIONS[1:2]
            plan.update(dict.fromkeys(Delivery(request, voice, noise) for voice in voices for noise in conditions))
    # A further take of what is said all day is worth more than the first of what is hardly ever said; over clean speech
    # all takes are the same.
    ranked = list(needed)
    for delivery, expected in needed[:3_000]:
        if delivery.condition != "clean":
            ranked += [(msgspec.structs.replace(delivery, take=take), expected / 4**take) for take in (1, 2)]
    ranked.sort(key=lambda entry: (-entry[1], entry[0]))
    for delivery, _ in ranked:
        if len(plan) >= count:
            break
        plan[delivery] = None
    return list(plan)


def _shares(person: Person) -> Iterable[tuple[Want, float]]:
    total = sum(want.weight for want in person.wants)
    return ((want, want.weight / total) for want in person.wants)


def _answers(ranked: list[str]) -> list[str]:
    """Corrections and lessons about what is asked for most."""
    said = " ; ".join(ranked)
    homes_seen = population(SEED)[0]
    names = sorted({device.name for home in homes_seen for device in home.devices if device.domain in _CORRECTED})
    titles = sorted({i.title for i in catalogue() if i.known and said.count(f" {i.title} ;") > 1})
    found: list[str] = []
    for name in names:
        found += fill_wordings("correct name", {"name": name})[:2]
    for title in titles:
        found += fill_wordings("correct title", {"title": title})[:1]
    for kind in ("movie", "book", "song", "album", "audiobook", "show"):
        found += fill_wordings("correct kind", {"kind": kind})
    for nickname in ("big light", "mood light", "sofa light", "corner lamp", "cosy lamp", "main light"):
        for name in ("living room light", "bedroom light", "kitchen light", "floor lamp"):
            found += fill_wordings("teach", {"phrase": nickname, "meaning": name})[:1]
    for genre in GENRES:
        found += fill_wordings("like", {"genre": genre})[:2]
    return found


_CORRECTED = {"light", "cover"}
_REPLIES = {reply for replies in REPLIES.values() for reply in replies}
