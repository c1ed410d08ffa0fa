from sayagain.household.ambiguity import FAMILIES


def test_there_are_thirty_families_and_every_signal_decides_one():
    assert len(FAMILIES) >= 30
    assert {family.signal for family in FAMILIES} == {
        "device state", "device type", "activity", "room", "time", "habit", "session", "sensor",
    }  # fmt: skip
