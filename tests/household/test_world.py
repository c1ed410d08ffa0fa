from sayagain.household.deeds import Deed
from sayagain.household.home import homes
from sayagain.household.world import World

HOME = homes(2026, 1)[0]


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
    assert world.current_items == {"kitchen": "film.dune"}
    world.apply(Deed("turn off", ("media_player.kitchen_speaker",)), "kitchen", now=4_000_000)
    assert world.current_items == {}


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
