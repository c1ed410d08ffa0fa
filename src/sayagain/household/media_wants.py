"""Wants about media: works of a person's taste, and the control of what plays."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from sayagain.household.home import Home
from sayagain.household.media_catalogue import GENRES, Item, catalogue
from sayagain.household.number_words import spell_number
from sayagain.household.wants import Want, draw_want

__all__ = ["draw_media_wants", "draw_taste"]


def draw_taste(rng: np.random.Generator) -> str:
    """Draw a person's taste in music: a genre."""
    weights = np.array([3.0, 3.0, 3.0, 1.5, 1.0, 1.5, 1.0, 0.7, 0.6, 1.0, 0.5, 0.9])
    return GENRES[int(rng.choice(len(GENRES), p=weights / weights.sum()))]


@lru_cache(maxsize=1)
def _works_by_kind() -> dict[str, tuple[Item, ...]]:
    """Return the works that people choose from, by kind: the known ones and one in fifteen of the invented ones."""
    items_by_kind: dict[str, list[Item]] = {}
    for position, item in enumerate(catalogue()):
        if item.known or position % 15 == 0:
            items_by_kind.setdefault(item.kind, []).append(item)
    return {kind: tuple(items) for kind, items in items_by_kind.items()}


def _choose_works(rng: np.random.Generator, items: list[Item], count: int) -> list[Item]:
    if not items:
        return []
    # Popularity follows Zipf's law. A step spreads the ranks over the list, so that they do not follow its order.
    ranks = np.array([(17 * i) % max(1, len(items)) for i in range(len(items))])
    weights = 1.0 / (ranks + 6.0)
    count = min(count, len(items))
    return [items[int(i)] for i in rng.choice(len(items), size=count, replace=False, p=weights / weights.sum())]


def draw_media_wants(home: Home, taste: str, rng: np.random.Generator) -> Iterator[Want]:  # noqa: C901  (one branch a kind of want)
    """Draw what a person plays, and how the person controls what plays.

    Args:
        home: the home where the person lives.
        taste: the genre that the person listens to.
        rng: the person's rng.
    """
    works_by_kind = _works_by_kind()
    screen_areas = [satellite.area for satellite in home.satellites if satellite.screen]
    speaker_areas = [satellite.area for satellite in home.satellites if not satellite.screen]
    taste_works = {
        kind: [item for item in works_by_kind[kind] if item.genre == taste] for kind in ("song", "album", "artist")
    }
    media_plans: list[tuple[str, list[Item], int, float, str, list[str]]] = [
        ("song", taste_works["song"], 3, 1.5, "day", []),
        ("song", list(works_by_kind["song"]), 1, 0.8, "day", []),
        ("artist", taste_works["artist"], 2, 1.5, "day", []),
        ("album", taste_works["album"], 1, 1.0, "evening", []),
    ]
    if screen_areas:
        media_plans.append(("film", list(works_by_kind["film"]), 2, 0.9, "evening", screen_areas))
        media_plans.append(("series", list(works_by_kind["series"]), 1, 0.9, "evening", screen_areas))
    if speaker_areas and rng.random() < 0.5:
        media_plans.append(("audiobook", list(works_by_kind["audiobook"]), 2, 1.0, "night", speaker_areas))
    if rng.random() < 0.25:
        media_plans.append(("podcast", list(works_by_kind["podcast"]), 1, 1.0, "morning", []))
    for kind, items, count, weight, time_of_day, areas in media_plans:
        for item in _choose_works(rng, items, count):
            area = areas[int(rng.integers(len(areas)))] if areas else ""
            fill = {"title": item.title, "by": item.by}
            yield draw_want(rng, kind, weight, fill, time_of_day=time_of_day, area=area, target=item.id)
    fill = {"title": f"{taste} playlist", "genre": taste}
    playlist = f"playlist.{taste.replace(' ', '_')}_playlist"
    yield draw_want(rng, "playlist", 1.5, fill, target=playlist)
    for kind, weight in (("pause", 2.0), ("volume up", 1.5), ("volume down", 1.5), ("next", 1.5)):
        yield draw_want(rng, kind, weight, {}, time_of_day="any")
    for kind in ("resume", "previous", "mute"):
        if rng.random() < 0.35:
            yield draw_want(rng, kind, 0.7, {}, time_of_day="any")
    if rng.random() < 0.3:
        percent = int(rng.choice((20, 30, 40, 50, 60)))
        yield draw_want(rng, "volume", 0.8, {"percent": spell_number(percent)}, value=str(percent))
    for tv in home.devices_of("media_player"):
        if tv.device_class == "tv" and rng.random() < 0.5:
            yield draw_want(rng, "tv off", 1, {"name": tv.name}, time_of_day="night", target=tv.id)
