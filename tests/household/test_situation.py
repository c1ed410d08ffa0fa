import pytest

from sayagain.household.ambiguity import FAMILIES, FAMILY_BY_NAME
from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.people import population
from sayagain.household.situation import DaySituation, cause_circumstance, choose_alternative
from sayagain.household.world import World

HOUSES, PEOPLE = population(2026)


@pytest.mark.parametrize(
    ("family", "changed", "intent"),
    [
        ("temperature", {}, "HassClimateGetTemperature"),
        ("temperature", {"oven": True}, "OvenTemperature"),
        ("door", {}, "HassGetState"),
        ("door", {"screen": True}, "ShowCamera"),
        ("weather", {"minute": 1200}, "HassGetWeather"),
        ("cancel", {}, "HassNevermind"),
        ("cancel", {"memory": Memory(Deed("start timer", (), "60 "), 5_000)}, "HassCancelTimer"),
        ("cancel", {"memory": Memory(Deed("start timer", (), "60 "), -90_000)}, "HassNevermind"),
    ],
)
def test_the_situation_decides(family, changed, intent, make_situation):
    oven = changed.pop("oven", False)
    situation = make_situation(**changed)
    if oven:
        situation.world.states["oven.oven"] = "180"
    assert choose_alternative(FAMILY_BY_NAME[family], situation).intent == intent


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_each_other_reading_is_meant_by_someone_somewhere(family):
    """A family whose alternative nobody ever means would be no family."""
    circumstances = {other.circumstance for other in family.alternatives}
    met_circumstances = set()
    for home in HOUSES[:40]:
        person = next(p for p in PEOPLE if p.home == home.id)
        for satellite in home.satellites:
            for minute in (600, 800, 1100, 1300):
                for verb, target in (("turn on", "light.kitchen_light"), ("start timer", ""), ("set alarm", "")):
                    memory = Memory(Deed(verb, (target,) if target else ()), 5_000)
                    place = Place(home, satellite, memory)
                    for draw in (0.02, 0.13, 0.22, 0.38, 0.9):
                        situation = DaySituation(place, World(home), person, minute, 10_000)
                        cause_circumstance(family, situation, draw)
                        met_circumstances.add(choose_alternative(family, situation).circumstance)
    assert circumstances <= met_circumstances
