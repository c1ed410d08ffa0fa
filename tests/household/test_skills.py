import pytest

from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.home import Satellite, homes
from sayagain.household.skills import make_plan
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
