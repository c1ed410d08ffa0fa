import pytest

from sayagain.assistants.homeassistant.cold_start.description import describe_hypothesis
from sayagain.assistants.homeassistant.cold_start.matcher import Matcher


@pytest.fixture(scope="module")
def matcher(guarded_oracle):
    return Matcher(guarded_oracle)


@pytest.mark.parametrize(
    ("heard", "described"),
    [
        ("turn on the floor lamp", "turn on Floor Lamp"),
        ("set the floor lamp to 20 percent", "set Floor Lamp brightness to 20 percent"),
        ("open the garage", "open Garage"),
        ("set the gate to 30 percent", "set Gate to 30 percent"),
        # It acts on no thing.
        ("set a timer for five minutes", None),
    ],
)
def test_what_would_be_done_is_named(matcher, heard, described):
    assert describe_hypothesis(matcher, matcher.oracle.read(heard)) == described


def test_all_things_of_a_room_are_named(matcher, guarded_home):
    hypothesis = matcher.oracle.read("turn on the lights", guarded_home.room("living"))
    assert describe_hypothesis(matcher, hypothesis) == "turn on Floor Lamp and Ceiling Light"
