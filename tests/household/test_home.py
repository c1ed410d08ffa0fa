from collections import Counter

import pytest

from sayagain.household.home import homes
from sayagain.household.media_catalogue import DEFAULT_ORDER, by_title, catalogue
from sayagain.household.people import population

HOMES = homes(2026)


def test_the_same_seed_gives_the_same_homes_however_many():
    assert homes(2026, 5) == HOMES[:5]
    assert homes(2027, 5) != HOMES[:5]


def test_ids_are_unique_within_a_home():
    for home in HOMES:
        ids = [device.id for device in home.devices]
        assert len(ids) == len(set(ids))


def test_homes_have_what_every_home_needs():
    for home in HOMES:
        rooms = {area.id for area in home.areas}
        assert 1 <= len(home.people) <= 4
        assert {device.area for device in home.devices} <= rooms | {""}
        assert {satellite.area for satellite in home.satellites} <= rooms
        assert home.devices_of("oven", "kitchen")
        assert home.devices_of("climate", "living_room")


def test_some_homes_have_two_devices_of_one_name_and_all_two_numbers_under_one():
    homes_with_shared_names = [home for home in HOMES if max(Counter(d.name for d in home.devices).values()) > 1]
    assert len(homes_with_shared_names) > 20
    for home in HOMES:
        assert max(Counter(contact.name for contact in home.contacts).values()) == 2


def test_satellites_come_with_and_without_screens():
    screens = Counter(satellite.screen for home in HOMES for satellite in home.satellites)
    assert min(screens.values()) > 50


def test_catalogue_has_thousands_of_works_and_shared_titles():
    assert len(catalogue()) > 3_000
    assert len({item.id for item in catalogue()}) == len(catalogue())
    shared_titles = [works for works in by_title().values() if len({work.kind for work in works}) > 1]
    assert len(shared_titles) > 300


@pytest.mark.parametrize("title", ["harry potter", "dune", "purple rain"])
def test_works_of_one_title_stand_in_the_default_order(title):
    order = [DEFAULT_ORDER.index(work.kind) for work in by_title()[title]]
    assert order == sorted(order)
    assert len(order) > 1


def test_people_differ_in_voice_and_temper():
    _, people = population(2026)
    assert len({person.voice for person in people}) == 6
    assert {person.playfulness for person in people} == {0.0, 1.0, 4.0}
    assert all(abs(sum(person.noise("kitchen")) - 1) < 1e-9 for person in people)
