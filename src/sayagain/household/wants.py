"""Wants: the recurrent requests of each person, with their times and wordings."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
import numpy as np

from sayagain.household.ambiguity import FAMILIES, Family
from sayagain.household.home import Home
from sayagain.household.media_catalogue import GENRES, Item, catalogue
from sayagain.household.phrasing import (
    IMPOSSIBLE,
    draw_preference_order,
    fill_wordings,
    spell_minutes,
    spell_number,
    spell_time,
)
from sayagain.household.wordlist import phrases

__all__ = ["Want", "draw_taste", "draw_wants"]

_GROCERIES = phrases(
    """
    milk, eggs, bread, butter, coffee, bananas, apples, cheese, rice, pasta, tomatoes, onions, yogurt, chicken,
    cereal, potatoes, flour, sugar, salt, garlic, lemons, carrots, toilet paper, dish soap, olive oil, orange juice,
    dog food, peanut butter
    """
)
_TASKS = ("call the bank", "water the plants", "pay the rent", "book the dentist", "fix the bike", "wash the car")
_TIMED_THINGS = ("pasta", "eggs", "laundry", "pizza", "tea", "rice")
_MINUTES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 45, 60)
_TIMES = ("05:45", "06:00", "06:15", "06:45", "07:00", "07:15", "07:30", "07:45", "08:00", "08:30", "09:00")
_COFFEES = ("an espresso", "a latte", "a cappuccino", "a flat white", "a double espresso")
_OVEN_DEGREES = (150, 160, 180, 200, 220)
_COLORS = ("blue", "red", "green", "warm white")
_MESSAGES = ("dinner is ready", "time for bed", "we are leaving", "breakfast is ready")
_NICKNAMES = ("big light", "mood light", "sofa light", "corner lamp", "cosy lamp", "main light")


class Want(msgspec.Struct, frozen=True, gc=False):
    """A recurrent request of a person."""

    kind: str
    """A key of `PHRASES`, `family` or `impossible`."""
    weight: float
    """Frequency, relative to the person's other wants."""
    time_of_day: str = "day"
    """`morning`, `day`, `evening`, `night` or `any`."""
    area: str = ""
    """Where it is asked, the id of a room; empty for anywhere."""
    wordings: tuple[str, ...] = ()
    """The person's ways to say it: the favourite, then what is tried after trouble."""
    target: str = ""
    """The id of the device, item or contact that is meant; the name of the family."""
    value: str = ""
    """The number, time, thing or kind that is meant."""


def draw_taste(rng: np.random.Generator) -> str:
    """Draw a person's taste in music: a genre."""
    weights = np.array([3.0, 3.0, 3.0, 1.5, 1.0, 1.5, 1.0, 0.7, 0.6, 1.0, 0.5, 0.9])
    return GENRES[int(rng.choice(len(GENRES), p=weights / weights.sum()))]


def draw_wants(home: Home, taste: str, rng: np.random.Generator) -> tuple[Want, ...]:
    """Draw what one person of a home wants.

    Args:
        home: where the person lives.
        taste: the genre that the person listens to.
        rng: the person's own generator.

    Returns:
        About thirty wants.
    """
    wants = [
        *_light_wants(home, rng),
        *_opening_wants(home, rng),
        *_climate_wants(home, rng),
        *_kitchen_wants(rng),
        *_time_wants(rng),
        *_list_wants(rng),
        *_media_wants(home, taste, rng),
        *_other_wants(home, rng),
        *_ambiguous_wants(home, rng),
    ]
    return tuple(want for want in wants if want.wordings)


def _draw_want(
    rng: np.random.Generator,
    kind: str,
    weight: float,
    fill: dict[str, str],
    *,
    time_of_day: str = "day",
    area: str = "",
    target: str = "",
    value: str = "",
) -> Want:
    all_wordings = fill_wordings(kind, fill)
    wordings = tuple(all_wordings[i] for i in draw_preference_order(len(all_wordings), rng)[:3])
    return Want(kind, weight * float(rng.uniform(0.6, 1.6)), time_of_day, area, wordings, target, value)


def _sample(rng: np.random.Generator, values: tuple[str, ...] | list[str], count: int) -> list[str]:
    if not values:
        return []
    indexes = rng.choice(len(values), size=min(count, len(values)), replace=False)
    return [values[int(i)] for i in indexes]


def _light_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:  # noqa: C901  (one branch a kind of want)
    satellite_areas = {satellite.area for satellite in home.satellites}
    lights = [d for d in home.devices_of("light") if d.area in satellite_areas or rng.random() < 0.3]
    for index in rng.permutation(len(lights))[: int(rng.integers(2, 5))]:
        light = lights[int(index)]
        area = light.area if light.area in satellite_areas else ""
        fill = {"name": light.name}
        yield _draw_want(rng, "light on", 3, fill, time_of_day="evening", area=area, target=light.id)
        yield _draw_want(rng, "light off", 3, fill, time_of_day="night", area=area, target=light.id)
        if rng.random() < 0.3:
            percent = int(rng.choice((10, 20, 30, 50)))
            fill = {"name": light.name, "percent": spell_number(percent)}
            yield _draw_want(
                rng, "brightness", 1.2, fill, time_of_day="evening", area=area, target=light.id, value=str(percent)
            )
        if rng.random() < 0.25:
            yield _draw_want(
                rng, "dim", 1.2, {"name": light.name}, time_of_day="evening", area=area, target=light.id, value="down"
            )
        if rng.random() < 0.12:
            color = str(rng.choice(_COLORS))
            fill = {"name": light.name, "color": color}
            yield _draw_want(rng, "color", 0.8, fill, time_of_day="evening", area=area, target=light.id, value=color)
        if rng.random() < 0.15:
            yield _draw_want(rng, "is on", 0.5, fill, time_of_day="night", target=light.id)
        if rng.random() < 0.08:
            # What the person calls it, and the assistant was never told.
            nickname = {"nickname": str(rng.choice(_NICKNAMES))}
            yield _draw_want(rng, "nickname on", 2.0, nickname, time_of_day="evening", area=area, target=light.id)
            yield _draw_want(rng, "nickname off", 2.0, nickname, time_of_day="night", area=area, target=light.id)
    for area_id in _sample(rng, [area.id for area in home.areas], 2):
        name = area_id.replace("_", " ")
        yield _draw_want(rng, "lights on", 2, {"area": name}, time_of_day="evening", target=area_id)
        yield _draw_want(rng, "lights off", 2, {"area": name}, time_of_day="night", target=area_id)
    if rng.random() < 0.7:
        yield _draw_want(rng, "here on", 3, {}, time_of_day="evening")
        yield _draw_want(rng, "here off", 3, {}, time_of_day="night")
    if rng.random() < 0.35:
        yield _draw_want(rng, "all off", 1.5, {}, time_of_day="night")
    if rng.random() < 0.2:
        yield _draw_want(rng, "lights left", 0.6, {}, time_of_day="night")


def _opening_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    for cover in home.devices_of("cover"):
        if rng.random() < 0.45:
            fill = {"name": cover.name}
            yield _draw_want(rng, "cover open", 1.5, fill, time_of_day="morning", target=cover.id)
            yield _draw_want(rng, "cover close", 1.5, fill, time_of_day="evening", target=cover.id)
            if rng.random() < 0.2:
                yield _draw_want(rng, "cover half", 0.5, fill, target=cover.id, value="50")
            if rng.random() < 0.2:
                yield _draw_want(rng, "closed", 0.6, fill, time_of_day="evening", target=cover.id)
    for lock in home.devices_of("lock"):
        if rng.random() < 0.5:
            fill = {"name": lock.name}
            yield _draw_want(rng, "lock", 1.5, fill, time_of_day="night", target=lock.id)
            yield _draw_want(rng, "locked", 1.0, fill, time_of_day="night", target=lock.id)
            if rng.random() < 0.4:
                yield _draw_want(rng, "unlock", 0.7, fill, target=lock.id)


def _climate_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    degrees = int(rng.choice((18, 19, 20, 21, 22)))
    if rng.random() < 0.6:
        fill = {"degrees": spell_number(degrees)}
        yield _draw_want(rng, "thermostat", 1.2, fill, target="climate.thermostat", value=str(degrees))
    rooms = [d.area for d in home.devices_of("climate") if d.id != "climate.thermostat"]
    for room in _sample(rng, rooms, 1 if rng.random() < 0.6 else 0):
        name = room.replace("_", " ")
        target = f"climate.{room}_radiator"
        fill = {"area": name, "degrees": spell_number(degrees)}
        yield _draw_want(rng, "heat", 1.0, fill, time_of_day="morning", target=target, value=str(degrees))
        yield _draw_want(rng, "how warm", 0.8, {"area": name}, time_of_day="any", target=target)
    if rng.random() < 0.4:
        yield _draw_want(rng, "outdoor", 1.0, {}, time_of_day="morning", target="sensor.outdoor_temperature")
    for device in (*home.devices_of("fan"), *home.devices_of("switch")):
        if rng.random() < 0.4:
            kind = "fan" if device.domain == "fan" else "switch"
            area = device.area if any(s.area == device.area for s in home.satellites) else ""
            yield _draw_want(rng, f"{kind} on", 1, {"name": device.name}, area=area, target=device.id)
            yield _draw_want(rng, f"{kind} off", 1, {"name": device.name}, area=area, target=device.id)


def _kitchen_wants(rng: np.random.Generator) -> Iterator[Want]:
    if rng.random() < 0.5:
        degrees = int(rng.choice(_OVEN_DEGREES))
        fill = {"oven": spell_number(degrees)}
        yield _draw_want(
            rng, "oven", 1.2, fill, time_of_day="evening", area="kitchen", target="oven.oven", value=str(degrees)
        )
        yield _draw_want(rng, "oven off", 1.0, {}, time_of_day="evening", area="kitchen", target="oven.oven")
        yield _draw_want(rng, "oven hot", 0.7, {}, time_of_day="evening", area="kitchen", target="oven.oven")
    if rng.random() < 0.35:
        coffee = str(rng.choice(_COFFEES))
        yield _draw_want(
            rng,
            "brew",
            2,
            {"coffee": coffee},
            time_of_day="morning",
            area="kitchen",
            target="coffee.coffee_machine",
            value=coffee,
        )


def _time_wants(rng: np.random.Generator) -> Iterator[Want]:
    for minutes in rng.choice(_MINUTES, size=int(rng.integers(1, 4)), replace=False):
        after, before = spell_minutes(int(minutes))
        fill = {"minutes": after, "minute": before}
        yield _draw_want(rng, "timer", 1.8, fill, time_of_day="evening", area="kitchen", value=str(int(minutes)))
        if rng.random() < 0.2:
            thing = str(rng.choice(_TIMED_THINGS))
            fill["thing"] = thing
            yield _draw_want(
                rng,
                "named timer",
                0.8,
                fill,
                time_of_day="evening",
                area="kitchen",
                target=thing,
                value=str(int(minutes)),
            )
    yield _draw_want(rng, "timer left", 0.8, {}, time_of_day="evening", area="kitchen")
    if rng.random() < 0.6:
        yield _draw_want(rng, "timer cancel", 0.7, {}, time_of_day="evening", area="kitchen")
    if rng.random() < 0.65:
        time = str(rng.choice(_TIMES))
        yield _draw_want(rng, "alarm", 2, {"time": spell_time(time)}, time_of_day="night", value=time)
        if rng.random() < 0.4:
            yield _draw_want(rng, "alarm cancel", 0.5, {}, time_of_day="night")
            yield _draw_want(rng, "alarm when", 0.5, {}, time_of_day="night")
    yield _draw_want(rng, "time", float(rng.uniform(0.2, 2.0)), {}, time_of_day="any")
    if rng.random() < 0.3:
        yield _draw_want(rng, "date", 0.5, {}, time_of_day="morning")
    if rng.random() < 0.5:
        yield _draw_want(rng, "weather tomorrow", 1, {}, time_of_day="any", value="tomorrow")


def _list_wants(rng: np.random.Generator) -> Iterator[Want]:
    for item in _sample(rng, _GROCERIES, int(rng.integers(2, 6))):
        yield _draw_want(rng, "shop add", 0.8, {"item": item}, target="todo.shopping_list", value=item)
        if rng.random() < 0.08:
            yield _draw_want(rng, "shop remove", 0.4, {"item": item}, target="todo.shopping_list", value=item)
    if rng.random() < 0.6:
        yield _draw_want(rng, "shop read", 0.8, {}, target="todo.shopping_list")
    for task in _sample(rng, _TASKS, int(rng.integers(0, 3))):
        yield _draw_want(rng, "todo add", 0.6, {"task": task}, target="todo.to_do_list", value=task)
    if rng.random() < 0.2:
        yield _draw_want(rng, "todo read", 0.6, {}, target="todo.to_do_list")


@lru_cache(maxsize=1)
def _works_by_kind() -> dict[str, tuple[Item, ...]]:
    """The works that people choose from, by kind: the known ones and one in fifteen of the invented ones."""
    items_by_kind: dict[str, list[Item]] = {}
    for position, item in enumerate(catalogue()):
        if item.known or position % 15 == 0:
            items_by_kind.setdefault(item.kind, []).append(item)
    return {kind: tuple(items) for kind, items in items_by_kind.items()}


def _choose_works(rng: np.random.Generator, items: list[Item], count: int) -> list[Item]:
    if not items:
        return []
    # Everyone knows the same few works best (Zipf), and a few of their own. The rank is spread over the list by a step
    # so that it does not follow the order of writing.
    ranks = np.array([(17 * i) % max(1, len(items)) for i in range(len(items))])
    weights = 1.0 / (ranks + 6.0)
    count = min(count, len(items))
    return [items[int(i)] for i in rng.choice(len(items), size=count, replace=False, p=weights / weights.sum())]


def _media_wants(home: Home, taste: str, rng: np.random.Generator) -> Iterator[Want]:  # noqa: C901  (the same)
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
            yield _draw_want(rng, kind, weight, fill, time_of_day=time_of_day, area=area, target=item.id)
    fill = {"title": f"{taste} playlist", "genre": taste}
    playlist = f"playlist.{taste.replace(' ', '_')}_playlist"
    yield _draw_want(rng, "playlist", 1.5, fill, target=playlist)
    for kind, weight in (("pause", 2.0), ("volume up", 1.5), ("volume down", 1.5), ("next", 1.5)):
        yield _draw_want(rng, kind, weight, {}, time_of_day="any")
    for kind in ("resume", "previous", "mute"):
        if rng.random() < 0.35:
            yield _draw_want(rng, kind, 0.7, {}, time_of_day="any")
    if rng.random() < 0.3:
        percent = int(rng.choice((20, 30, 40, 50, 60)))
        yield _draw_want(rng, "volume", 0.8, {"percent": spell_number(percent)}, value=str(percent))
    for tv in home.devices_of("media_player"):
        if tv.device_class == "tv" and rng.random() < 0.5:
            yield _draw_want(rng, "tv off", 1, {"name": tv.name}, time_of_day="night", target=tv.id)


def _other_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    single_contacts = [c for c in home.contacts if sum(other.name == c.name for other in home.contacts) == 1]
    for index in rng.permutation(len(single_contacts))[: int(rng.integers(0, 3))]:
        contact = single_contacts[int(index)]
        yield _draw_want(rng, "call", 1.0, {"who": contact.name}, target=contact.id)
    if rng.random() < 0.12:
        message = str(rng.choice(_MESSAGES))
        yield _draw_want(rng, "broadcast", 0.8, {"message": message}, time_of_day="evening", value=message)
    for scene in home.devices_of("scene"):
        if rng.random() < 0.3:
            yield _draw_want(rng, "scene", 1.0, {"name": scene.name}, time_of_day="evening", target=scene.id)
    for vacuum in home.devices_of("vacuum"):
        if rng.random() < 0.6:
            area = _sample(rng, ("kitchen", "living room"), 1)[0]
            # Only the ways that name the same job: one room, or the whole home.
            room_wordings = [wording for wording in fill_wordings("vacuum", {"area": area}) if area in wording]
            wordings = tuple(room_wordings[i] for i in draw_preference_order(len(room_wordings), rng))
            yield Want("vacuum", 0.8, "day", "", wordings, vacuum.id, area.replace(" ", "_"))
            yield _draw_want(rng, "vacuum home", 0.5, {}, target=vacuum.id)
    for request in _sample(rng, IMPOSSIBLE, int(rng.random() < 0.35)):
        yield Want("impossible", 0.4, "any", "", (request,))


def _ambiguous_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    for index in rng.permutation(len(FAMILIES))[: int(rng.integers(7, 12))]:
        family = FAMILIES[int(index)]
        if not _has_devices(family, home):
            continue
        names = {"@twice": home.contacts[0].name, "@namesake": home.contacts[4].name}
        requests = []
        for request in family.requests:
            for placeholder, name in names.items():
                request = request.replace(placeholder, name)  # noqa: PLW2901  (each mark in turn)
            requests.append(request)
        wordings = tuple(requests[i] for i in draw_preference_order(len(requests), rng))
        yield Want("family", 1.2 * float(rng.uniform(0.5, 1.6)), "any", "", wordings, family.name)


def _has_devices(family: Family, home: Home) -> bool:
    """Return whether a home has the devices of a family."""
    needed_domains = {"clean up": "vacuum", "fan": "fan", "blinds": "cover", "blind": "cover", "close": "cover"}
    domain = needed_domains.get(family.name)
    return domain is None or bool(home.devices_of(domain))
