import asyncio

from sayagain.assistants.homeassistant.cold_start.home import home_of, read_home

AREAS = [{"area_id": "study", "name": "Study", "aliases": ["den"], "floor_id": "up"}]
FLOORS = [{"floor_id": "up", "name": "Upstairs", "aliases": []}]
DEVICES = [{"id": "d1", "area_id": "study"}, {"id": "d2", "area_id": None}]
STATES = [
    {"entity_id": "light.desk", "attributes": {"friendly_name": "Desk  Lamp", "supported_features": 4}},
    {"entity_id": "cover.blind", "attributes": {"friendly_name": "Blind", "device_class": "blind"}},
    {"entity_id": "lock.safe", "attributes": {}},
]
ENTRIES = {
    "light.desk": {"area_id": None, "device_id": "d1", "aliases": [None, "reading lamp", "desk lamp"]},
    "cover.blind": {"area_id": "study", "device_id": "d2", "aliases": ["shade"]},
    "assist_satellite.voice": {"area_id": None, "device_id": "d1"},
}
SHOWN = {"light.desk": {"conversation": True}, "lock.safe": {"conversation": False}, "cover.blind": {"other": True}}


def home():
    return home_of(AREAS, FLOORS, DEVICES, ENTRIES, SHOWN, STATES)


def entity(name):
    return next(one for one in home().entities if one.id == name)


def test_an_entity_answers_to_its_name_where_null_stands_and_to_its_aliases():
    assert entity("light.desk").names == ("Desk Lamp", "reading lamp")
    assert entity("cover.blind").names == ("shade",)
    assert entity("lock.safe").names == ("safe",)


def test_the_room_is_the_entitys_own_or_else_its_devices():
    assert entity("light.desk").area == "study"
    assert entity("cover.blind").area == "study"
    assert entity("lock.safe").area is None


def test_only_what_the_agent_may_see_is_exposed():
    assert [one.id for one in home().exposed] == ["light.desk"]


def test_the_room_spoken_in_comes_from_device_or_satellite():
    assert home().room("d1").id == "study"
    assert home().room(None, "assist_satellite.voice").id == "study"
    assert home().room("d2") is None
    assert home().room(None) is None


def test_reading_a_home_asks_the_registries():
    answers = {
        "config/area_registry/list": AREAS,
        "config/floor_registry/list": FLOORS,
        "config/device_registry/list": DEVICES,
        "config/entity_registry/list": [{"entity_id": name} for name in ENTRIES],
        "config/entity_registry/get_entries": ENTRIES,
        "homeassistant/expose_entity/list": {"exposed_entities": SHOWN},
        "get_states": STATES,
    }

    class Client:
        async def call(self, kind, /, **fields):
            if kind == "config/entity_registry/get_entries":
                assert fields["entity_ids"] == list(ENTRIES)
            return answers[kind]

    assert asyncio.run(read_home(Client())) == home()
