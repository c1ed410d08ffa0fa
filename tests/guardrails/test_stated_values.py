import pytest

from sayagain.guardrails import known_words, names_of, refuse
from sayagain.turns import Hypothesis, Slot

HOME = names_of(
    [("name", n) for n in ("kitchen light", "bedroom lamp", "front door", "lamp", "hall light")]
    + [("area", a) for a in ("Kitchen", "bedroom", "hall", "attic")]
    + [("item", "milk"), ("artist", "imagine dragons")]
)
WORKED = known_words(["turn on the kitchen light", "play some jazz", "play some rock", "add milk to the list"])


def against(asked, would, **known):
    return refuse(asked, None, would, None, names=HOME, worked=WORKED, confirmed=True, **known)


@pytest.mark.parametrize(
    ("asked", "would"),
    [
        ("set it to 19 degrees", "set it to 25 degrees"),
        ("set it to nineteen degrees", "set it to 25 degrees"),
        ("set the freezer to -18 degrees", "set the freezer to 18 degrees"),
        ("1/2 pound of flour", "12 pounds of flour"),
        ("wake me at 6:30", "wake me at 7:30"),
        ("set it to 21,5", "set it to 21"),
        ("a timer for 5 minutes", "a timer for 5 hours"),
        ("a timer for 5 minutes", "a timer"),
        ("a timer for 5 minutes", "a timer for 5"),
        ("set the lamp to 5", "set the lamp to 5 and 6"),
        ("set the lamp", "set the lamp to 40 percent"),
        ("what is the weather tomorrow", "what is the weather on sunday"),
        ("what is the weather tomorrow", "what is the weather"),
        ("turn on the kitchen light", "turn on the hall light"),
        ("turn on the kitchen light", "turn on the light"),
        ("turn on the garden light", "turn on the kitchen light"),
        ("turn on the light in the garden", "turn on the kitchen light"),
        ("add bread to the list", "add milk to the list"),
        ("play some jazz", "play imagine dragons"),
    ],
)
def test_a_stated_value_is_neither_replaced_nor_dropped(asked, would):
    assert against(asked, would) is not None


@pytest.mark.parametrize(
    ("asked", "would"),
    [
        ("turn of the lamb", "turn off the lamp"),
        ("turn of the bed room lamb", "turn off the bedroom lamp"),
        ("turn on the kitchen lights", "turn on the kitchen light"),
        ("turn on the light in the kitchen", "turn on the kitchen light"),
        ("turn on the kitchen lamp", "turn on the kitchen light"),
        ("play maj and dragons", "play imagine dragons"),
        ("set it to twenty one degrees", "set it to 21 degrees"),
        ("set it to 21 degrees", "set it to 21"),
        ("set it to 21,5", "set it to 21.5"),
        ("what's the weather today", "what is the weather"),
        ("turn that one off", "turn that off"),
        ("a timer for ten minutes", "set a timer for 10 minutes"),
        ("a timer for tea minutes", "a timer for 40 minutes"),
    ],
)
def test_what_was_misheard_is_repaired(asked, would):
    assert against(asked, would) is None


def test_what_is_known_is_no_mishearing():
    assert refuse("turn on the lamb", None, "turn on the lamp", None, names=["lamp", "lamb"]) is not None
    assert refuse("turn on the lamb", None, "turn on the lamp", None, names=["lamp"], worked={"lamb"}) is not None
    assert refuse("turn on the lamb", None, "turn on the lamp", None, names=["lamp"]) is None


def test_a_slot_that_was_said_stays_what_was_said():
    thai, italian, tie = (
        Hypothesis(intent="inform", slots=(Slot("food", food),)) for food in ("thai", "italian", "tai")
    )
    assert 'turn the food "thai" into "italian"' in refuse("thai food", thai, "thai food", italian)
    assert refuse("italian not thai food", thai, "italian not thai food", italian) is None
    assert refuse("tai food", tie, "tai food", thai) is None


def test_the_blocklist_folds_case_and_looks_into_scripts_without_spaces():
    assert refuse("x", None, "licht in der straße", None, ["STRASSE"]) == '"STRASSE" is on the blocklist'
    assert refuse("开", None, "打开卧室灯", None, ["卧室"]) == '"卧室" is on the blocklist'
    assert refuse("เปิด", None, "เปิดไฟห้องนอน", None, ["ห้องนอน"], taught=True) == '"ห้องนอน" is on the blocklist'
    assert refuse("x", None, "play jazzy", None, ["jazz"], taught=True) is None


def test_a_language_without_a_pack_is_rewritten_by_lessons_only():
    assert "no guardrails for the language xx" in refuse("lamba yak", None, "lambayı yak", None, language="xx")
    assert refuse("lamba yak", None, "lambayak", None, language="xx") is None
    assert refuse("lamba yak", None, "başka", None, language="xx", taught=True) is None
    assert refuse("turn on", None, "включи лампу", None) == "it is in another script"
