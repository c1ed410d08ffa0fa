from collections import Counter

from sayagain.household.home import homes

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
