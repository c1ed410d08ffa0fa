"""Whom turns count as, and what is left out together."""

import pytest

from sayagain.turns import Session, Turn, fitting_unit, privacy_unit, privacy_units, required_users


def session(name, *turns):
    return Session(
        session_id=name,
        turns=tuple(Turn(turn_id=f"{name}{n}", started=n, request="x", **fields) for n, fields in enumerate(turns)),
    )


LOG = [
    session("a", {"user_id": "ann"}),
    session("b", {"device_id": "kitchen"}),
    session("c", {"satellite_id": "hall"}),
    session("d", {"satellite_id": "hall"}),
    session("e", {}),
    session("f", {"user_id": ""}),
]


def test_without_a_user_each_session_is_left_out_by_itself():
    assert [fitting_unit(log_session) for log_session in LOG] == ["ann", *(f"session {name}" for name in "bcdef")]


@pytest.mark.parametrize(("anonymous", "users"), [("one", 2), ("device", 4)])
def test_turns_without_a_user_are_one_user_or_one_for_each_device(anonymous, users):
    units = privacy_units(LOG, anonymous)
    assert list(units) == [fitting_unit(log_session) for log_session in LOG]
    assert len(set(units.values())) == users
    assert units["ann"] == "ann"
    assert units["session c"] == units["session d"]
    assert units["session e"] == units["session f"]
    assert [privacy_unit(log_session.turns[0], anonymous) for log_session in LOG] == list(units.values())


def test_a_session_in_which_somebody_is_known_later_counts_as_theirs():
    assert privacy_units([session("s", {}, {"user_id": "ann"})]) == {"session s": "ann"}


@pytest.mark.parametrize(("users", "required"), [(0, 1), (1, 1), (2, 2), (3, 3), (9, 3)])
def test_a_log_of_few_users_needs_all_of_them(users, required):
    assert required_users(3, users) == required
