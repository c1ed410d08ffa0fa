import pytest

from sayagain.assistants.homeassistant.cold_start.action_spotting import numbers
from sayagain.guardrails.stated_steps import states_step
from sayagain.guardrails.stated_times import stated_time, without_times
from sayagain.text import words


@pytest.mark.parametrize(
    ("heard", "time"),
    [
        ("switch the porch lamp on at 7 pm", "at 7 pm"),
        ("lock the porch door at 6:30", "at 6:30"),
        ("close the shutters at eight", "at eight"),
        ("turn off the boiler by half past ten", "by half past ten"),
        ("turn off the boiler tonight", "tonight"),
        ("open the shutters for a quarter of an hour", "for a quarter of an hour"),
        ("set the boiler to 40 for two hours", "for two hours"),
        ("turn on the porch lamp in five minutes", "in five minutes"),
        ("turn on the porch lamp every evening", "every evening"),
        ("turn on the porch lamp when I come home", "when"),
        ("if it rains close the shutters", "if"),
        ("set the boiler to 40", None),
        ("set the porch lamp at 7", None),
        ("porch lamp at forty five percent", None),
        ("turn off the boiler now", None),
        ("turn on the second floor lamp", None),
        ("switch after the kitchen lights", None),
        ("if you could turn off the boiler", None),
        ("turn on every light", None),
    ],
)
def test_times_durations_and_conditions(heard, time):
    assert stated_time(words(heard)) == time


def test_a_name_tells_no_time():
    heard = words("turn on evening lights")
    assert stated_time(heard) == "on evening"
    assert stated_time(heard, {"evening", "lights"}) is None


def test_a_request_without_its_times():
    assert without_times(words("tomorrow at eight open the shutters")) == "open the shutters"
    assert without_times(words("open the shutters")) == "open the shutters"


@pytest.mark.parametrize(
    ("heard", "step"),
    [
        ("turn the boiler up 3 degrees", True),
        ("boiler down by two", True),
        ("make the porch lamp 15 percent brighter", True),
        ("another 5 percent on the porch lamp", True),
        ("a degree warmer", True),
        ("raise the shutters 10 percent", True),
        ("turn the boiler up to 21", False),
        ("turn the volume down to 20", False),
        ("cool the attic to 18 degrees", False),
        ("dim the porch lamp to 20 percent", False),
        ("dim the porch lamp 20 percent", False),
        ("set the boiler to 21 degrees", False),
        ("turn down the porch lamp", False),
    ],
)
def test_steps_are_told_from_values(heard, step):
    assert states_step(words(heard)) is step


@pytest.mark.parametrize(
    ("heard", "value", "unit"),
    [
        ("set the boiler to twenty one", 21, None),
        ("set the boiler to twenty for one", 20, None),
        ("set the boiler to minus five", None, None),
        ("set lamp 2 to 40 percent", 40, "percent"),
        ("lamp 1 and lamp 2", None, None),
        ("porch lamp to a hundred percent", 100, "percent"),
        ("porch lamp at half", 50, "percent"),
        ("one of the lamps to 30%", 30, "percent"),
    ],
)
def test_the_value_among_numbers(heard, value, unit):
    assert numbers(words(heard))[1:] == (value, unit)
