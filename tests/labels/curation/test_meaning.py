from sayagain.labels.curation.meaning import meaning_of
from sayagain.turns import Hypothesis, Slot


def lights_on(area):
    return Hypothesis(intent="On", slots=(Slot("area", area), Slot("domain", "light")))


def test_an_implicit_area_is_not_part_of_the_meaning():
    kitchen, den = (meaning_of(lights_on(area), area, "lights on") for area in ("kitchen", "den"))
    assert (kitchen.hypothesis.key, kitchen.here) == ("On|domain=light", True)
    assert kitchen.key == den.key


def test_an_explicit_area_is_part_of_the_meaning():
    meaning = meaning_of(lights_on("den"), "den", "den lights on")
    assert (meaning.hypothesis, meaning.here, meaning.key) == (lights_on("den"), False, lights_on("den").key)


def test_no_area_differs_from_an_implicit_area():
    no_area = Hypothesis(intent="On", slots=(Slot("domain", "light"),))
    assert meaning_of(no_area, "den", "lights on").key != meaning_of(lights_on("den"), "den", "lights on").key
