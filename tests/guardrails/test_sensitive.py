"""What needs the user's word first, whatever the words, the inflection, the language and the reading."""

import tomllib
from pathlib import Path

import pytest

from sayagain.guardrails import refuse, sensitive_kinds
from sayagain.languages import language_pack
from sayagain.turns import Hypothesis, Slot

TARGETS = tomllib.loads(Path(__file__).with_name("sensitive_targets.toml").read_text(encoding="utf-8"))


def parse(entry):
    """Return the language, the words and the reading of an entry."""
    code, _, rest = entry.partition(": ")
    words, _, stated = rest.partition(" -> ")
    intent, _, slots = stated.partition(" ")
    pairs = (slot.strip().split("=", 1) for slot in slots.split(";") if slot.strip())
    return code, words, Hypothesis(intent=intent, slots=tuple(Slot(*pair) for pair in pairs)) if intent else None


@pytest.mark.parametrize(
    ("kind", "entry"), [(kind, entry) for kind, entries in TARGETS["sensitive"].items() for entry in entries]
)
def test_what_it_does_tells_not_how_it_is_said(kind, entry):
    code, words, hypothesis = parse(entry)
    assert kind in sensitive_kinds(words, hypothesis, language_pack(code))
    # Nothing harmless becomes it, unless the user says yes; other rules may refuse it, too.
    assert refuse("mmm", None, words, hypothesis, language=code) is not None


@pytest.mark.parametrize("entry", TARGETS["harmless"]["targets"])
def test_what_is_harmless_is_no_matter(entry):
    code, words, hypothesis = parse(entry)
    assert sensitive_kinds(words, hypothesis, language_pack(code)) == []


@pytest.mark.parametrize("code", ["de", "pl", "ru"])
def test_a_thing_of_the_home_has_its_name_in_any_language(code):
    hypothesis = Hypothesis(intent="HassTurnOn", slots=(Slot("name", "Garage Door"),))
    assert sensitive_kinds("los", hypothesis, language_pack(code)) == ["open a way into the house"]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("turn on the light by the garage door", []),
        ("turn on the light by the garage door and open the garage door", ["open a way into the house"]),
        ("open the garage door light", []),
        ("raise the blinds and the gate", ["open a way into the house"]),
    ],
)
def test_what_is_beside_a_door_is_no_door_and_hides_none(words, kinds):
    assert sensitive_kinds(words, None, language_pack("en")) == kinds


@pytest.mark.parametrize(
    ("request_", "candidate", "allowed"),
    [
        ("lock the frond door", "lock the front door", True),
        ("unlock the frond door", "unlock the front door", True),
        ("phone mom", "call mom", True),
        ("raise the garage dor", "raise the garage door", True),
        ("release the dedbolt", "release the deadbolt", False),
        ("turn on the deadbolt", "release the deadbolt", False),
        ("the deadbolt", "release the deadbolt", False),
        ("bolt the kitchen door", "lock the kitchen door", False),
        ("release the deadbolt", "lock the deadbolt", False),
        ("the garage please", "raise the garage door", False),
    ],
)
def test_what_was_asked_for_otherwise_is_asked_about_where_its_direction_is_unknown(request_, candidate, allowed):
    reason = refuse(request_, None, candidate, None)
    assert (reason is None) is allowed, reason


@pytest.mark.parametrize(
    ("intent", "slots", "kinds"),
    [
        ("HassGetState", {"name": "front door", "domain": "lock"}, []),
        ("PlayMusic", {"name": "the doors"}, []),
        ("HassCloseCover", {"name": "garage door"}, []),
        ("HassTurnOff", {"name": "garage door"}, []),
        ("HassTurnOn", {"area": "garage"}, []),
        ("alarm_set", {"time": "seven"}, []),
        ("GetStateAndOpen", {"name": "gate"}, ["open a way into the house"]),
        ("HassToggle", {"entity_id": "cover.garage_door"}, ["open a way into the house"]),
    ],
)
def test_a_reading_that_only_asks_or_closes_or_names_does_nothing(intent, slots, kinds):
    hypothesis = Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in slots.items()))
    assert sensitive_kinds("x", hypothesis, language_pack("en")) == kinds
