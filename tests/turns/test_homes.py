import msgspec
import pytest

from sayagain.turns import Homes, Turn, complete_turn, privacy_unit, sessions


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request="lamp on", **fields)


def test_the_users_of_a_home_are_one_unit_and_so_are_its_devices():
    log = [turn("a", user_id="ann", home="flat"), turn("b", user_id="bob", home="flat"), turn("c", home="flat")]
    assert len({privacy_unit(each, "device") for each in log}) == 1
    assert privacy_unit(log[0]) != privacy_unit(msgspec.structs.replace(log[0], home="hut"))
    # Neither an id nor a device can pose as a home.
    for name in ("flat", "home flat"):
        assert privacy_unit(turn("d", user_id=name)) != privacy_unit(log[0])
        assert privacy_unit(turn("e", device_id=name), "device") != privacy_unit(log[0])


@pytest.mark.parametrize(
    ("old", "home"),
    [
        ({"user_id": "ann"}, "flat"),
        ({"user_id": "bob"}, None),
        ({"user_id": "bob", "device_id": "kitchen"}, None),
        ({"device_id": "kitchen"}, "flat"),
        ({"satellite_id": "hall"}, "flat"),
        ({"device_id": "cellar"}, None),
        ({}, None),
        ({"user_id": "ann", "home": "hut"}, "hut"),
    ],
)
def test_who_was_logged_before_the_home_was_known_belongs_to_it(old, home):
    known = [
        turn("a", user_id="ann", home="flat"),
        turn("b", device_id="kitchen", home="flat"),
        turn("c", satellite_id="hall", home="flat"),
    ]
    assert Homes([turn("old", **old), *known]).fill(turn("old", **old)).home == home


def test_where_each_device_is_a_unit_none_is_put_into_a_home():
    log = [turn("a", device_id="kitchen", home="flat"), turn("b", device_id="kitchen")]
    assert Homes(log, "device").fill(log[1]).home is None


def test_a_user_of_several_homes_is_put_into_the_same_one_whatever_the_order():
    log = [turn(name, user_id="ann", home=name) for name in ("hut", "flat", "inn")]
    assert {Homes(order).fill(turn("x", user_id="ann")).home for order in (log, log[::-1])} == {"flat"}


@pytest.mark.parametrize("more", [{}, {"session_id": "s"}, {"device_id": "kitchen"}, {"user_id": "ann"}])
def test_turns_of_two_homes_are_never_in_one_session(more):
    log = [turn(f"{home}{n}", n * 1_000, home=home, **more) for n in range(2) for home in ("flat", "hut", None)]
    assert sorted(len({each.home for each in session.turns}) for session in sessions(log)) == [1, 1, 1]


def test_no_turn_is_completed_by_another_home():
    stored = turn("a", home="flat")
    assert complete_turn(stored, turn("a", home="hut", area="Bedroom")) == stored
    assert complete_turn(stored, turn("a", home="flat", area="Bedroom")).area == "Bedroom"
