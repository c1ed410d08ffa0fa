import pytest

from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.home import Satellite, homes
from sayagain.household.skills import make_plan
from sayagain.turns import Hypothesis, Slot

HOMES = homes(2026)
HOME = HOMES[0]
KITCHEN = Place(HOME, Satellite("satellite.kitchen", "kitchen", screen=False))


def _hypothesis(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in slots.items()))


@pytest.mark.parametrize(
    ("hypothesis", "deed"),
    [
        (_hypothesis("HassTurnOn", name="kitchen light"), Deed("turn on", ("light.kitchen_light",))),
        (_hypothesis("HassTurnOn", name="front door"), Deed("lock", ("lock.front_door",))),
        (_hypothesis("HassTurnOff", name="front door"), Deed("unlock", ("lock.front_door",))),
        (_hypothesis("HassStartTimer", hours="1", minutes="30"), Deed("start timer", (), "5400 ")),
        (_hypothesis("SetAlarm", time="7:30"), Deed("set alarm", (), "07:30")),
        (_hypothesis("SetAlarm", time="18:30"), Deed("set alarm", (), "18:30")),
        (_hypothesis("HassSetVolumeRelative", area="kitchen", volume_step="down"), Deed("volume down", ("kitchen",))),
        (_hypothesis("HassSetVolumeRelative", area="kitchen", volume_step="-10"), Deed("volume down", ("kitchen",))),
        (_hypothesis("HassClimateGetTemperature", area="kitchen"), Deed("tell", ("climate.kitchen_radiator",))),
        (_hypothesis("HassClimateGetTemperature", area="hallway"), Deed("tell", ("climate.thermostat",))),
        (_hypothesis("HassShoppingListAddItem", item="milk"), Deed("add", ("todo.shopping_list",), "milk")),
        (_hypothesis("HassNevermind"), Deed("nothing")),
    ],
)
def test_readings_come_to_deeds(hypothesis, deed):
    assert make_plan(hypothesis, KITCHEN).deed == deed


@pytest.mark.parametrize(
    ("hypothesis", "error"),
    [
        (None, "no_intent_match"),
        (Hypothesis(intent=""), "no_intent_match"),
        (_hypothesis("HassTurnOn", name="sauna"), "no_valid_targets"),
        (_hypothesis("HassTurnOn", area="nowhere", domain="light"), "no_valid_targets"),
        (_hypothesis("SetAlarm", time="heaven"), "no_valid_targets"),
        (_hypothesis("HassMediaSearchAndPlay", search_query="zzzz qqqq xxxx"), "no_valid_targets"),
        (_hypothesis("OrderPizza"), "failed_to_handle"),
    ],
)
def test_what_cannot_be_done_says_why(hypothesis, error):
    plan = make_plan(hypothesis, KITCHEN)
    assert plan.deed is None
    assert plan.error == error


def test_a_shared_name_means_the_one_in_the_room():
    home = next(h for h in HOMES if [d.name for d in h.devices].count("reading lamp") == 2)
    lamps = {d.area: d.id for d in home.devices if d.name == "reading lamp"}
    for area, lamp in lamps.items():
        place = Place(home, Satellite("s", area, screen=False))
        plan = make_plan(_hypothesis("HassTurnOn", name="reading lamp"), place)
        assert plan.deed == Deed("turn on", (lamp,))
        assert plan.resolution[0].status == "ambiguous"
        assert {c.id for c in plan.resolution[0].candidates} == set(lamps.values())


def test_it_is_what_the_session_was_about():
    place = Place(HOME, KITCHEN.satellite, Memory(Deed("turn on", ("light.bedroom_light",)), time=0))
    assert make_plan(_hypothesis("HassTurnOff", name="@last"), place).deed == Deed("turn off", ("light.bedroom_light",))
    assert make_plan(_hypothesis("HassTurnOff", name="@last"), KITCHEN).deed is None
