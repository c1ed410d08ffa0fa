"""Wants about the devices of a home: lights, covers and locks, heating, kitchen."""

from collections.abc import Iterator

import numpy as np

from sayagain.household.home import Home
from sayagain.household.number_words import spell_number
from sayagain.household.phrases import COFFEES, NICKNAMES
from sayagain.household.wants import Want, draw_want, sample

__all__ = ["draw_device_wants"]

_OVEN_DEGREES = (150, 160, 180, 200, 220)
_COLORS = ("blue", "red", "green", "warm white")
_COFFEES = (*COFFEES, "a double espresso")


def draw_device_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    """Draw what a person wants of the devices of a home."""
    yield from _light_wants(home, rng)
    yield from _opening_wants(home, rng)
    yield from _climate_wants(home, rng)
    yield from _kitchen_wants(rng)


def _light_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:  # noqa: C901  (one branch a kind of want)
    satellite_areas = {satellite.area for satellite in home.satellites}
    lights = [d for d in home.devices_of("light") if d.area in satellite_areas or rng.random() < 0.3]
    for index in rng.permutation(len(lights))[: int(rng.integers(2, 5))]:
        light = lights[int(index)]
        area = light.area if light.area in satellite_areas else ""
        fill = {"name": light.name}
        yield draw_want(rng, "light on", 3, fill, time_of_day="evening", area=area, target=light.id)
        yield draw_want(rng, "light off", 3, fill, time_of_day="night", area=area, target=light.id)
        if rng.random() < 0.3:
            percent = int(rng.choice((10, 20, 30, 50)))
            fill = {"name": light.name, "percent": spell_number(percent)}
            yield draw_want(
                rng, "brightness", 1.2, fill, time_of_day="evening", area=area, target=light.id, value=str(percent)
            )
        if rng.random() < 0.25:
            yield draw_want(
                rng, "dim", 1.2, {"name": light.name}, time_of_day="evening", area=area, target=light.id, value="down"
            )
        if rng.random() < 0.12:
            color = str(rng.choice(_COLORS))
            fill = {"name": light.name, "color": color}
            yield draw_want(rng, "color", 0.8, fill, time_of_day="evening", area=area, target=light.id, value=color)
        if rng.random() < 0.15:
            yield draw_want(rng, "is on", 0.5, fill, time_of_day="night", target=light.id)
        if rng.random() < 0.08:
            # A name of the person's own, which the assistant does not know.
            nickname = {"nickname": str(rng.choice(NICKNAMES))}
            yield draw_want(rng, "nickname on", 2.0, nickname, time_of_day="evening", area=area, target=light.id)
            yield draw_want(rng, "nickname off", 2.0, nickname, time_of_day="night", area=area, target=light.id)
    for area_id in sample(rng, [area.id for area in home.areas], 2):
        name = area_id.replace("_", " ")
        yield draw_want(rng, "lights on", 2, {"area": name}, time_of_day="evening", target=area_id)
        yield draw_want(rng, "lights off", 2, {"area": name}, time_of_day="night", target=area_id)
    if rng.random() < 0.7:
        yield draw_want(rng, "here on", 3, {}, time_of_day="evening")
        yield draw_want(rng, "here off", 3, {}, time_of_day="night")
    if rng.random() < 0.35:
        yield draw_want(rng, "all off", 1.5, {}, time_of_day="night")
    if rng.random() < 0.2:
        yield draw_want(rng, "lights left", 0.6, {}, time_of_day="night")


def _opening_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    for cover in home.devices_of("cover"):
        if rng.random() < 0.45:
            fill = {"name": cover.name}
            yield draw_want(rng, "cover open", 1.5, fill, time_of_day="morning", target=cover.id)
            yield draw_want(rng, "cover close", 1.5, fill, time_of_day="evening", target=cover.id)
            if rng.random() < 0.2:
                yield draw_want(rng, "cover half", 0.5, fill, target=cover.id, value="50")
            if rng.random() < 0.2:
                yield draw_want(rng, "closed", 0.6, fill, time_of_day="evening", target=cover.id)
    for lock in home.devices_of("lock"):
        if rng.random() < 0.5:
            fill = {"name": lock.name}
            yield draw_want(rng, "lock", 1.5, fill, time_of_day="night", target=lock.id)
            yield draw_want(rng, "locked", 1.0, fill, time_of_day="night", target=lock.id)
            if rng.random() < 0.4:
                yield draw_want(rng, "unlock", 0.7, fill, target=lock.id)


def _climate_wants(home: Home, rng: np.random.Generator) -> Iterator[Want]:
    degrees = int(rng.choice((18, 19, 20, 21, 22)))
    if rng.random() < 0.6:
        fill = {"degrees": spell_number(degrees)}
        yield draw_want(rng, "thermostat", 1.2, fill, target="climate.thermostat", value=str(degrees))
    rooms = [d.area for d in home.devices_of("climate") if d.id != "climate.thermostat"]
    for room in sample(rng, rooms, 1 if rng.random() < 0.6 else 0):
        name = room.replace("_", " ")
        target = f"climate.{room}_radiator"
        fill = {"area": name, "degrees": spell_number(degrees)}
        yield draw_want(rng, "heat", 1.0, fill, time_of_day="morning", target=target, value=str(degrees))
        yield draw_want(rng, "how warm", 0.8, {"area": name}, time_of_day="any", target=target)
    if rng.random() < 0.4:
        yield draw_want(rng, "outdoor", 1.0, {}, time_of_day="morning", target="sensor.outdoor_temperature")
    for device in (*home.devices_of("fan"), *home.devices_of("switch")):
        if rng.random() < 0.4:
            kind = "fan" if device.domain == "fan" else "switch"
            area = device.area if any(s.area == device.area for s in home.satellites) else ""
            yield draw_want(rng, f"{kind} on", 1, {"name": device.name}, area=area, target=device.id)
            yield draw_want(rng, f"{kind} off", 1, {"name": device.name}, area=area, target=device.id)


def _kitchen_wants(rng: np.random.Generator) -> Iterator[Want]:
    if rng.random() < 0.5:
        degrees = int(rng.choice(_OVEN_DEGREES))
        fill = {"oven": spell_number(degrees)}
        yield draw_want(
            rng, "oven", 1.2, fill, time_of_day="evening", area="kitchen", target="oven.oven", value=str(degrees)
        )
        yield draw_want(rng, "oven off", 1.0, {}, time_of_day="evening", area="kitchen", target="oven.oven")
        yield draw_want(rng, "oven hot", 0.7, {}, time_of_day="evening", area="kitchen", target="oven.oven")
    if rng.random() < 0.35:
        coffee = str(rng.choice(_COFFEES))
        yield draw_want(
            rng,
            "brew",
            2,
            {"coffee": coffee},
            time_of_day="morning",
            area="kitchen",
            target="coffee.coffee_machine",
            value=coffee,
        )
