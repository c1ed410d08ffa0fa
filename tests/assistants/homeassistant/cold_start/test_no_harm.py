"""What people reported of assistants that act on too much, in other words: left alone or asked about."""

import logging

import msgspec
import pytest

from sayagain.assistants.homeassistant.cold_start.cold_start import LANGUAGES, ColdStart
from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeArea, HomeSnapshot
from sayagain.languages import language_of
from sayagain.runtime import DO_NOTHING


def outcome(decision):
    return decision.text if decision.changed else None, decision.ask


@pytest.mark.parametrize("language", ["de", "de-AT", "fr", "pt-BR", "nl", "hu", "ru", "zh-Hans"])
@pytest.mark.parametrize(
    "heard",
    [
        "Floor Lamp aus",
        "Rollladen Blinds auf 30 Prozent",
        "kill the kitchen lights",
        "stelle einen Timer für 3 Minuten",
        "don't turn on the floor lamp",
    ],
)
def test_another_language_is_passed_on_untouched(guarded, said, heard, language):
    decision = guarded.decide(said(heard, language=language))
    assert outcome(decision) == (None, None)
    assert language_of(language) in LANGUAGES or "does not know" in decision.why


@pytest.mark.parametrize("language", ["en", "en-GB", "EN_us", None, "*", "mul"])
def test_english_and_what_states_no_language_is_helped(guarded, said, language):
    assert guarded.decide(said("kill the kitchen lights", language=language)).changed


def test_the_log_says_once_that_a_language_is_passed_on(guarded_home, said, caplog):
    cold_start = ColdStart(guarded_home)
    with caplog.at_level(logging.WARNING):
        for words in ("licht aan", "licht uit"):
            cold_start.decide(said(words, language="cs"))
        cold_start.decide(said("lumière", language="hu"))
    assert [("“cs”" in record.message, "“hu”" in record.message) for record in caplog.records] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "heard",
    ["start a spaghetti timer for 9 minutes", "set an oven timer for 40 minutes", "set a second timer for 2 minutes"],
)
def test_a_timer_keeps_its_name(guarded, said, guarded_oracle, heard):
    assert guarded_oracle.read(heard) is not None
    assert outcome(guarded.decide(said(heard))) == (None, None)


@pytest.mark.parametrize(
    "heard", ["what's the status of the lights in the living room", "what is the state of the bedroom lights"]
)
def test_a_question_of_state_is_not_answered_by_a_question_to_act(guarded, said, guarded_oracle, heard):
    decision = guarded.decide(said(heard))
    asked = guarded_oracle.read(decision.ask) if decision.ask is not None else None
    assert not decision.changed
    assert decision.ask is None or asked.asks


@pytest.mark.parametrize(
    ("heard", "passed_on"),
    [
        # Home Assistant does the same with the noise as without it.
        ("<Guest2 />Turn on the coffee maker.", None),
        ("Turn on the coffee maker. Thanks for watching!", None),
        # It does not understand what is left: still no noise is handed on.
        ("goodnight house [BLANK_AUDIO]", "goodnight house"),
        ("shut the floor lamp off (music)", "turn off Floor Lamp"),
        ("[BLANK_AUDIO]", None),
        ("Thanks for watching!", None),
        ("Thank you.", None),
    ],
)
def test_noise_of_the_recogniser_is_no_part_of_a_request(guarded, said, heard, passed_on):
    decision = guarded.decide(said(heard))
    assert outcome(decision) == (passed_on, None)
    assert decision.heard == heard


@pytest.mark.parametrize(
    ("heard", "does"),
    [
        ("blinds down", "HassTurnOff"),
        ("put the blinds down", "HassTurnOff"),
        ("roll the blinds down", "HassTurnOff"),
        ("blinds up", "HassTurnOn"),
        ("pull up the blinds", "HassTurnOn"),
    ],
)
def test_a_direction_is_never_turned_round(guarded, said, guarded_oracle, heard, does):
    decision = guarded.decide(said(heard))
    hypothesis = guarded_oracle.read(decision.ask or decision.text)
    assert hypothesis is None or {frame.intent for frame in hypothesis.frames} == {does}


@pytest.mark.parametrize(
    "heard",
    ["turn everything off", "everything off", "switch everything off please", "turn off everything in the house"],
)
def test_everything_off_is_asked_about(guarded, said, heard):
    assert outcome(guarded.decide(said(heard, "living"))) == (None, "turn off all lights")


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        ("turn on the floor lamp at 7 am", "turn on Floor Lamp"),
        ("open the garage door at 6 pm", "open Garage Door"),
        ("open the water valve at 5", "open Water Valve"),
        ("turn on the lights at 9 pm", "turn on Floor Lamp and Ceiling Light"),
    ],
)
def test_what_would_be_done_at_once_instead_of_later_is_asked_about(guarded, said, heard, asked):
    assert outcome(guarded.decide(said(heard, "living"))) == (None, asked)


@pytest.mark.parametrize(
    "heard",
    ["open the gate after 10 minutes", "turn off the kitchen lights in 5 minutes"],
)
def test_what_home_assistant_can_do_later_is_left_to_it(guarded, said, heard):
    assert outcome(guarded.decide(said(heard))) == (None, None)


@pytest.mark.parametrize("heard", ["undo that", "undo it"])
def test_what_leans_on_the_request_before_does_not_open_the_house_either(guarded, said, heard):
    guarded.decide(said("close the garage door", conversation=heard, started=0))
    assert outcome(guarded.decide(said(heard, conversation=heard, started=1_000))) == (None, "open Garage Door")


@pytest.mark.parametrize("heard", ["you have turned off the kitchen lights", "you've dimmed the kitchen lights"])
def test_what_was_done_is_no_situation(guarded, said, heard):
    assert outcome(guarded.decide(said(heard))) == (None, None)


@pytest.mark.parametrize("blank", ["", " ", "♪", "..."])
def test_a_blank_alias_names_nothing(said, blank):
    home = HomeSnapshot(
        areas=(HomeArea(id="kitchen", names=("Kitchen", blank)),),
        entities=(Entity(id="light.kitchen", names=("Kitchen Light", blank), area="kitchen"),),
        devices={"kitchen": "kitchen"},
    )
    decision = ColdStart(home).decide(said("kill the lights", "kitchen"))
    assert (decision.changed, decision.text) in {
        (True, "turn off Kitchen Light"),
        (True, "turn off lights in the Kitchen"),
    }


def test_what_is_unlikely_to_be_meant_is_not_dropped(guarded_home, said):
    # A light with a level that an unknown word stands beside: it is asked about by name, and not swallowed.
    decision = ColdStart(guarded_home).decide(said("set the aquarium lights to 20 percent", "living"))
    assert decision.text != DO_NOTHING
    assert msgspec.structs.replace(decision, ask=None).changed is False
