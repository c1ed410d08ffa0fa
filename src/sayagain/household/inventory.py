"""The inventory of requests to record: all requests of the homes' people, the most frequent first."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from sayagain.household.media_catalogue import GENRES, catalogue
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery
from sayagain.household.people import Person, population
from sayagain.household.phrases import NICKNAMES, REPLIES, TELEVISION
from sayagain.household.phrasing import fill_wordings
from sayagain.household.wants import Want

__all__ = ["INVENTORY", "SEED", "distinct_requests", "needed_deliveries", "recording_plan", "request_set"]

SEED = 2026
"""The seed of the homes that the shipped recordings were made for."""

INVENTORY = 2_050
"""Number of wordings of wants that are kept; the rarer ones, 6% of all requests, are never said."""

_WORDING_SHARES = (0.84, 0.11, 0.05)
"""Shares of a person's favourite, second and third wording, retries included."""

_CORRECTED_DOMAINS = frozenset({"light", "cover"})
_REPLY_REQUESTS = tuple(reply for replies in REPLIES.values() for reply in replies)


@lru_cache(maxsize=4)
def distinct_requests(seed: int = SEED) -> tuple[str, ...]:
    """Return all requests that people of the homes say, by expected frequency, the most frequent first.

    Wants come first, then replies, corrections, lessons and the lines of televisions.

    >>> requests = distinct_requests(2026)
    >>> 1_500 <= len(requests) <= 2_500
    True
    """
    counts: dict[str, float] = defaultdict(float)
    for person in population(seed)[1]:
        for want, share in _want_shares(person):
            for wording, wording_share in zip(want.wordings, _WORDING_SHARES, strict=False):
                counts[wording] += share * wording_share
    # Sorted by text first, so that the order of equally frequent requests is fixed.
    ranked = sorted(sorted(counts), key=lambda wording: -counts[wording])[:INVENTORY]
    return tuple(dict.fromkeys((*ranked, *_REPLY_REQUESTS, *_correction_requests(ranked), *TELEVISION)))


@lru_cache(maxsize=4)
def request_set(seed: int = SEED) -> frozenset[str]:
    """Return the same requests as a set, for look-ups."""
    return frozenset(distinct_requests(seed))


def needed_deliveries(seed: int = SEED) -> list[tuple[Delivery, float]]:
    """Return every delivery that people need, with its expected number a day, the most frequent first.

    Repeats are slower and louder. The deliveries are first takes; frequent ones deserve a second and a third take.
    """
    known_requests = request_set(seed)
    houses, people = population(seed)
    house_by_id = {house.id: house for house in houses}
    counts: dict[Delivery, float] = defaultdict(float)
    for person in people:
        rooms = [satellite.area for satellite in house_by_id[person.home].satellites]
        for want, share in _want_shares(person):
            wordings = [wording for wording in want.wordings if wording in known_requests]
            areas = [want.area] if want.area in rooms else rooms
            for wording, wording_share in zip(wordings, _WORDING_SHARES, strict=False):
                for area in areas:
                    for condition, condition_share in zip(CONDITIONS, person.noise(area), strict=True):
                        expected = person.requests_per_day * share * wording_share * condition_share / len(areas)
                        counts[Delivery(wording, person.voice, condition)] += expected
                        counts[Delivery(wording, person.voice, condition, "slow", "loud")] += 0.06 * expected
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def recording_plan(seed: int = SEED, count: int = 18_000) -> list[Delivery]:
    """Return the deliveries to record, the most useful first; every request has at least one.

    Args:
        seed: seed of the homes.
        count: most deliveries; not fewer than there are requests.

    Returns:
        First every request in its most frequent delivery, then replies, corrections and lessons in all voices, then
        the other deliveries by frequency, the most frequent in three takes.
    """
    needed_counts = needed_deliveries(seed)
    plan: dict[Delivery, None] = {}
    planned_requests: set[str] = set()
    for delivery, _ in needed_counts:
        if delivery.request not in planned_requests:
            planned_requests.add(delivery.request)
            plan[delivery] = None
    for request in distinct_requests(seed):
        if request in TELEVISION:
            plan.update(dict.fromkeys(Delivery(request, voice, "lively") for voice in VOICES[:3]))
        elif request not in planned_requests:
            is_reply = request in _REPLY_REQUESTS
            voices = VOICES if is_reply else VOICES[:4]
            conditions = CONDITIONS[:2] if is_reply else CONDITIONS[1:2]
            plan.update(dict.fromkeys(Delivery(request, voice, noise) for voice in voices for noise in conditions))
    # A further take of a frequent delivery is worth more than the first of a rare one; without noise all takes are the
    # same.
    ranked_counts = list(needed_counts)
    for delivery, expected in needed_counts[:3_000]:
        if delivery.condition != "clean":
            ranked_counts += [(msgspec.structs.replace(delivery, take=take), expected / 4**take) for take in (1, 2)]
    ranked_counts.sort(key=lambda entry: (-entry[1], entry[0]))
    for delivery, _ in ranked_counts:
        if len(plan) >= count:
            break
        plan[delivery] = None
    return list(plan)


def _want_shares(person: Person) -> Iterable[tuple[Want, float]]:
    total = sum(want.weight for want in person.wants)
    return ((want, want.weight / total) for want in person.wants)


def _correction_requests(ranked: list[str]) -> list[str]:
    """Return corrections and lessons about the names, titles and genres that people ask for most."""
    asked_requests = " ; ".join(ranked)
    houses = population(SEED)[0]
    names = sorted({device.name for home in houses for device in home.devices if device.domain in _CORRECTED_DOMAINS})
    titles = sorted({i.title for i in catalogue() if i.known and asked_requests.count(f" {i.title} ;") > 1})
    requests: list[str] = []
    for name in names:
        requests += fill_wordings("correct name", {"name": name})[:2]
    for title in titles:
        requests += fill_wordings("correct title", {"title": title})[:1]
    for kind in ("movie", "book", "song", "album", "audiobook", "show"):
        requests += fill_wordings("correct kind", {"kind": kind})
    for nickname in NICKNAMES:
        for name in ("living room light", "bedroom light", "kitchen light", "floor lamp"):
            requests += fill_wordings("teach", {"phrase": nickname, "meaning": name})[:1]
    for genre in GENRES:
        requests += fill_wordings("like", {"genre": genre})[:2]
    return requests
