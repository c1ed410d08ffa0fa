"""All wants of one person: devices, clock, lists, media, calls and ambiguous requests."""

from collections.abc import Iterator

import numpy as np

from sayagain.household.ambiguity import FAMILIES
from sayagain.household.device_wants import draw_device_wants
from sayagain.household.family import Family
from sayagain.household.home import Home
from sayagain.household.media_wants import draw_media_wants
from sayagain.household.number_words import spell_minutes, spell_time
from sayagain.household.phrases import IMPOSSIBLE
from sayagain.household.phrasing import draw_preference_order, fill_wordings
from sayagain.household.wants import Want, draw_want, sample
from sayagain.household.wordlist import phrases

__all__ = ["draw_wants"]

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
_MESSAGES = ("dinner is ready", "time for bed", "we are leaving", "breakfast is ready")


def draw_wants(home: Home, taste: str, rng: np.random.Generator) -> tuple[Want, ...]:
    """Draw the wants of one person.

    Args:
        home: the home where the person lives.
        taste: the genre that the person listens to.
        rng: the person's rng.

    Returns:
        About thirty wants.
    """
    wants = [
        *draw_device_wants(home, rng),
        *_time_wants(rng),
        *_list_wants(rng),
        *draw_media_wants(home, taste, rng),
        *_other_wants(home, rng),
        *_ambiguous_wants(home, rng),
    ]
    return tuple(want for want in wants if want.wordings)


def _time_wants(rng: np.random.Generator) -> Iterator[Want]:
    for minutes in rng.choice(_MINUTES, size=int(rng.integers(1, 4)), replace=False):
        duration, timer_duration = spell_minutes(int(minutes))
        fill = {"minutes": duration, "minute": timer_duration}
        yield draw_want(rng, "timer", 1.8, fill, time_of_day="evening", area="kitchen", value=str(int(minutes)))
        if rng.random() < 0.2:
            thing = str(rng.choice(_TIMED_THINGS))
            fill["thing"] = thing
            yield draw_want(
                rng,
                "named timer",
                0.8,
                fill,
                time_of_day="evening",
                area="kitchen",
                target=thing,
                value=str(int(minutes)),
            )
    yield draw_want(rng, "timer left", 0.8, {}, time_of_day="evening", area="kitchen")
    if rng.random() < 0.6:
        yield draw_want(rng, "timer cancel", 0.7, {}, time_of_day="evening", area="kitchen")
    if rng.random() < 0.65:
        time = str(rng.choice(_TIMES))
        yield draw_want(rng, "alarm", 2, {"time": spell_time(time)}, time_of_day="night", value=time)
        if rng.random() < 0.4:
            yield draw_want(rng, "alarm cancel", 0.5, {}, time_of_day="night")
            yield draw_want(rng, "alarm when", 0.5, {}, time_of_day="night")
    yield draw_want(rng, "time", float(rng.uniform(0.2, 2.0)), {}, time_of_day="any")
    if rng.random() < 0.3:
        yield draw_want(rng, "date", 0.5, {}, time_of_day="morning")
    if rng.random() < 0.5:
        yield draw_want(rng, "weather tomorrow", 1, {}, time_of_day="any", value="tomorrow")


def _list_wants(rng: np.random.Generator) -> Iterator[Want]:
    for item in sample(rng, _GROCERIES, int(rng.integers(2, 6))):
        yield draw_want(rng, "shop add", 0.8, {"item": item}, target="todo.shopping_list", value=item)
        if rng.random() < 0.08:
            yield draw_want(rng, "shop remove", 0.4, {"item": item}, target="todo.shopping_list", value=item)
    if rng.random() < 0.6:
        yield draw_want(rng, "shop read", 0.8, {}, target="todo.shopping_list")
    for task in sample(rng, _TASKS, int(rng.integers(0, 3))):
        yield draw_want(rng, "todo add", 0.6, {"task": task}, target="todo.to_do_list", value=task)
    if rng.random() < 0.2:
        yield draw_want(rng, "todo read", 0.6, {}, target="todo.to_do_list")


def _other_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    single_contacts = [c for c in home.contacts if sum(other.name == c.name for other in home.contacts) == 1]
    for index in rng.permutation(len(single_contacts))[: int(rng.integers(0, 3))]:
        contact = single_contacts[int(index)]
        yield draw_want(rng, "call", 1.0, {"who": contact.name}, target=contact.id)
    if rng.random() < 0.12:
        message = str(rng.choice(_MESSAGES))
        yield draw_want(rng, "broadcast", 0.8, {"message": message}, time_of_day="evening", value=message)
    for scene in home.devices_of("scene"):
        if rng.random() < 0.3:
            yield draw_want(rng, "scene", 1.0, {"name": scene.name}, time_of_day="evening", target=scene.id)
    for vacuum in home.devices_of("vacuum"):
        if rng.random() < 0.6:
            area = sample(rng, ("kitchen", "living room"), 1)[0]
            # Only the wordings that name the room: the others mean the whole home.
            room_wordings = [wording for wording in fill_wordings("vacuum", {"area": area}) if area in wording]
            wordings = tuple(room_wordings[i] for i in draw_preference_order(len(room_wordings), rng))
            yield Want("vacuum", 0.8, "day", "", wordings, vacuum.id, area.replace(" ", "_"))
            yield draw_want(rng, "vacuum home", 0.5, {}, target=vacuum.id)
    for request in sample(rng, IMPOSSIBLE, int(rng.random() < 0.35)):
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
