import pytest

from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.home import Satellite, homes
from sayagain.household.resolution import find_alarm_time, find_contact, find_work
from sayagain.household.skills import make_plan
from sayagain.household.world import World
from sayagain.turns import Hypothesis, Slot

HOMES = homes(2026)
HOME = HOMES[0]
KITCHEN = Place(HOME, Satellite("satellite.kitchen", "kitchen", screen=False))


def _reading(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in slots.items()))


@pytest.mark.parametrize(
    ("reading", "deed"),
    [
        (_reading("HassTurnOn", name="kitchen light"), Deed("turn on", ("light.kitchen_light",))),
        (_reading("HassTurnOn", name="front door"), Deed("lock", ("lock.front_door",))),
        (_reading("HassTurnOff", name="front door"), Deed("unlock", ("lock.front_door",))),
        (_reading("HassStartTimer", hours="1", minutes="30"), Deed("start timer", (), "5400 ")),
        (_reading("SetAlarm", time="7:30"), Deed("set alarm", (), "07:30")),
        (_reading("SetAlarm", time="18:30"), Deed("set alarm", (), "18:30")),
        (_reading("HassSetVolumeRelative", area="kitchen", volume_step="down"), Deed("volume down", ("kitchen",))),
        (_reading("HassSetVolumeRelative", area="kitchen", volume_step="-10"), Deed("volume down", ("kitchen",))),
        (_reading("HassClimateGetTemperature", area="kitchen"), Deed("tell", ("climate.kitchen_radiator",))),
        (_reading("HassClimateGetTemperature", area="hallway"), Deed("tell", ("climate.thermostat",))),
        (_reading("HassShoppingListAddItem", item="milk"), Deed("add", ("todo.shopping_list",), "milk")),
        (_reading("HassNevermind"), Deed("nothing")),
    ],
)
def test_readings_come_to_deeds(reading, deed):
    assert make_plan(reading, KITCHEN).deed == deed


@pytest.mark.parametrize(
    ("reading", "error"),
    [
        (None, "no_intent_match"),
        (Hypothesis(intent=""), "no_intent_match"),
        (_reading("HassTurnOn", name="sauna"), "no_valid_targets"),
        (_reading("HassTurnOn", area="nowhere", domain="light"), "no_valid_targets"),
        (_reading("SetAlarm", time="heaven"), "no_valid_targets"),
        (_reading("HassMediaSearchAndPlay", search_query="zzzz qqqq xxxx"), "no_valid_targets"),
        (_reading("OrderPizza"), "failed_to_handle"),
    ],
)
def test_what_cannot_be_done_says_why(reading, error):
    plan = make_plan(reading, KITCHEN)
    assert plan.deed is None
    assert plan.error == error


def test_a_shared_name_means_the_one_in_the_room():
    home = next(h for h in HOMES if [d.name for d in h.devices].count("reading lamp") == 2)
    lamps = {d.area: d.id for d in home.devices if d.name == "reading lamp"}
    for area, lamp in lamps.items():
        place = Place(home, Satellite("s", area, screen=False))
        plan = make_plan(_reading("HassTurnOn", name="reading lamp"), place)
        assert plan.deed == Deed("turn on", (lamp,))
        assert plan.resolution[0].status == "ambiguous"
        assert {c.id for c in plan.resolution[0].candidates} == set(lamps.values())


def test_it_is_what_the_session_was_about():
    place = Place(HOME, KITCHEN.satellite, Memory(Deed("turn on", ("light.bedroom_light",)), time=0))
    assert make_plan(_reading("HassTurnOff", name="@last"), place).deed == Deed("turn off", ("light.bedroom_light",))
    assert make_plan(_reading("HassTurnOff", name="@last"), KITCHEN).deed is None


@pytest.mark.parametrize(
    ("query", "media_class", "target"),
    [
        ("harry potter", None, "film.harry_potter"),
        ("harry potter", "audiobook", "audiobook.harry_potter"),
        ("harry potter", "movie", "film.harry_potter"),
        ("hello by adele", None, "song.hello_adele"),
        ("summertime by louis armstrong", None, "song.summertime_louis_armstrong"),
        ("rumours by fleetwood matt", None, "album.rumours_fleetwood_mac"),
        ("some jazz", None, "playlist.jazz_playlist"),
        ("rock music", None, "playlist.rock_playlist"),
        ("s by queen", "track", "artist.queen"),
        ("the hobbits", None, "film.the_hobbit"),
    ],
)
def test_works_are_found(query, media_class, target):
    assert find_work(query, media_class).targets == (target,)


def test_what_is_played_comes_with_its_rivals():
    [resolution] = find_work("harry potter", None).resolution
    assert resolution.status == "ambiguous"
    assert [c.id for c in resolution.candidates] == ["film.harry_potter", "audiobook.harry_potter", "book.harry_potter"]


def test_two_numbers_of_one_name_mean_the_first_unless_a_line_is_given():
    name = HOME.contacts[0].name
    assert find_contact(KITCHEN, name, None).targets == (f"contact.{name}_mobile",)
    assert find_contact(KITCHEN, name, "work").targets == (f"contact.{name}_work",)
    assert find_contact(KITCHEN, "xyzzy", None).error == "no_valid_targets"


@pytest.mark.parametrize("words", ["25:00", "seven ninety nine dogs", "thirty", "999"])
def test_what_is_no_time_is_not_taken_for_one(words):
    assert find_alarm_time(words) is None


def test_deeds_change_the_world_and_time_changes_it_back():
    world = World(HOME)
    world.apply(Deed("oven", ("oven.oven",), "180"), "kitchen", now=0)
    world.apply(Deed("start timer", (), "60 eggs"), "kitchen", now=0)
    world.apply(Deed("play", ("film.dune",)), "kitchen", now=0)
    assert world.states["oven.oven"] == "180"
    assert not world.has_ringing_timer(59_000)
    assert world.has_ringing_timer(61_000)
    world.pass_time(4_000_000)
    assert world.states["oven.oven"] == "off"
    assert world.timers == []
    assert world.playing == {"kitchen": "film.dune"}
    world.apply(Deed("turn off", ("media_player.kitchen_speaker",)), "kitchen", now=4_000_000)
    assert world.playing == {}


def test_what_happens_passes():
    world = World(HOME)
    world.set_state("oven.oven", "180", 0)
    world.set_state("sauna.sauna", "on", 0)
    world.set_sensor("sensor.outdoor_temperature", -4, 0)
    world.set_sensor("binary_sensor.doorbell", "on", 0)
    world.set_activity("kitchen", "exercising", 0)
    assert "sauna.sauna" not in world.states
    world.pass_time(3_599_000)
    assert (world.states["oven.oven"], world.sensors["sensor.outdoor_temperature"]) == ("180", -4)
    assert world.activities == {"kitchen": "exercising"}
    world.pass_time(3_600_000)
    assert (world.states["oven.oven"], world.sensors["sensor.outdoor_temperature"]) == ("off", 9)
    assert world.sensors["binary_sensor.doorbell"] == "off"
    assert world.activities == {}


def test_a_film_is_watched():
    world = World(HOME)
    world.apply(Deed("play", ("film.dune",)), "kitchen", now=0)
    assert world.activities == {"kitchen": "watching"}
