"""What the rules owe to the grammar of a language; `tests/languages` runs each language's own sentences."""

import pytest

from sayagain.guardrails import names_of, refuse, sensitive_kinds
from sayagain.languages import language_pack
from sayagain.turns import Hypothesis, Slot

ON, OFF = (Hypothesis(intent=intent) for intent in ("HassTurnOn", "HassTurnOff"))
STATE = Hypothesis(intent="HassGetState")


@pytest.mark.parametrize(
    ("code", "on", "off"),
    [
        ("de", "stehlape an", "stehlape aus"),
        ("fr", "allume le lampader", "éteins le lampader"),
        ("nl", "doe de lap aan", "doe de lap uit"),
        ("es", "enciende la lapara", "apaga la lapara"),
    ],
)
def test_a_direction_in_words_holds_against_an_intent_with_an_english_name(code, on, off):
    assert "it would turn" in refuse(on, None, on + " x", OFF, language=code)
    assert "it would turn" in refuse(off, None, off + " x", ON, language=code)
    assert refuse(on, None, on + " x", ON, language=code) is None


def test_an_intent_that_asks_is_known_by_its_english_name():
    assert refuse("ist das licht an", None, "licht", STATE, language="de") is None
    assert refuse("mach das licht an", None, "licht", STATE, language="de") == "it would turn a command into a question"
    assert refuse("ist das licht an", None, "licht", ON, language="de") == "it would turn a question into a command"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # "An", "auf" and "zu" say where or how far unless they end the clause.
        ("licht an der dekke aus", "licht an der decke aus"),
        ("rollladen 50 prozent", "rollladen auf 50 prozent"),
        ("heizung im bad 20 grad", "heizung im bad auf 20 grad"),
        ("rollladen auf 50 prozent", "stelle den rollladen auf 50 prozent"),
        ("licht in der küche auf rot", "licht in der küche auf rot stellen"),
        ("es ist zu dunkel", "hier ist es zu dunkel"),
        ("mach das licht im bad an", "mach das licht an im bad"),
        ("schalt das licht ein", "mach ein licht an"),
    ],
)
def test_a_preposition_is_no_direction(before, after):
    assert refuse(before, None, after, None, language="de") is None


def test_a_verb_apart_from_its_particle_is_as_one_joined_to_it():
    assert refuse("licht im bad ausmachen", None, "mach das licht im bad an", None, language="de")
    assert refuse("licht im bad anmachen", None, "mach das licht im bad an", None, language="de") is None


@pytest.mark.parametrize("text", ["¿La luz encendida", "la luz encendida?", "la luz encendida？"])
def test_a_question_is_marked_before_or_behind(text):
    assert refuse(text, None, "enciende la luz", None, language="es") == "it would turn a question into a command"


def test_an_elided_article_is_no_part_of_a_name():
    names = names_of([("name", "Lampe de l’entrée"), ("name", "lampe de la chambre")])
    assert refuse("allume lampe de l'entré", None, "allume lampe de l'entrée", None, names=names, language="fr") is None
    lost = refuse("allume lampe de l'entrée", None, "allume lampe de la chambre", None, names=names, language="fr")
    assert "lampe de l entrée" in lost


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("de", "sperr den keller auf", "lock or unlock something"),
        ("de", "mach die haustür auf", "open a way into the house"),
        ("de", "stelle die heizung auf 20 grad", None),
        ("fr", "ouvre le portail", "open a way into the house"),
        ("nl", "ontgrendel de voordeur", "lock or unlock something"),
        ("es", "llama a mamá", "call someone"),
        ("es", "ábrela puerta", "open a way into the house"),
        ("es", "sube el volumen", None),
    ],
)
def test_what_needs_the_users_word_first(code, text, kind):
    assert sensitive_kinds(text, None, language_pack(code)) == ([kind] if kind else [])


def test_what_a_reading_does_needs_the_users_word_whatever_the_language_of_the_request():
    opens = Hypothesis(intent="HassUnlock", slots=(Slot("name", "Haustür"),))
    assert sensitive_kinds("haustür", opens, language_pack("de")) == ["lock or unlock something"]


@pytest.mark.parametrize(
    ("code", "request_", "candidate", "refused"),
    [
        ("en", "stop turning off the lamp", "turn off the lamp", "it would do what was to stop"),
        ("en", "could you quit closing the blinds", "close the blinds", "it would do what was to stop"),
        ("en", "stop opening the blinds", "turn off the lamp", "it would act on something else than what was to stop"),
        ("en", "stop turning on the lights", "turn off the lights", None),
        ("en", "stop turn off the lamp", "turn off the lamp", None),
        ("en", "stop the radio", "turn off the radio", None),
        ("sv", "sluta dra ner persiennerna", "dra ner persiennerna", "it would do what was to stop"),
        ("fr", "arrête d'éteindre la lumière", "éteins la lumière", "it would do what was to stop"),
    ],
)
def test_what_was_to_stop_is_not_done(code, request_, candidate, refused):
    assert refuse(request_, None, candidate, None, language=code) == refused


@pytest.mark.parametrize(
    ("code", "request_", "candidate", "refused"),
    [
        ("en", "turn on the lamp if you could", "turn on the lamp", None),
        ("en", "when i get home turn on the lap", "when i get home turn on the lamp", None),
        ("en", "check if the door is open", "is the door open", None),
        ("en", "turn on the lamp when i get home", "turn on the lamp", 'it would drop the condition "when"; ask first'),
        ("es", "si enciende la luz", "enciende la luz", None),
        ("es", "enciende la luz si llueve", "enciende la luz", 'it would drop the condition "si"; ask first'),
        ("en", "turn on the fan for a minute", "turn on the fan", 'it would drop the unit "minute"'),
        ("en", "blinds down for an hour", "blinds ten for an hour", 'it would make up the number "10"'),
        ("en", "turn on the fan for a minite", "turn on the fan for a minute", None),
        ("en", "you left the lamp on", "turn on the lamp", "it would turn a report into a command; ask first"),
        ("en", "turn on the left lap", "turn on the left lamp", None),
    ],
)
def test_a_condition_and_an_uncounted_time_stay(code, request_, candidate, refused):
    assert refuse(request_, None, candidate, None, language=code) == refused


def test_a_condition_may_be_dropped_once_the_user_said_yes():
    misheard = ("switch after the lights", None, "turn off the lights", None)
    assert refuse(*misheard) == 'it would drop the condition "after"; ask first'
    assert refuse(*misheard, confirmed=True) is None


@pytest.mark.parametrize(
    ("request_", "candidate"),
    [
        ("不要打开窗户", "打开窗户"),
        ("窓を開けないで", "窓を開けて"),
        ("ne kapcsold fel a lámpát", "kapcsold fel a lámpát"),
    ],
)
def test_words_of_no_language_that_there_is_a_pack_for_are_not_judged_as_english(request_, candidate):
    assert refuse(request_, None, candidate, None) == "there are no guardrails for this language yet"
    assert refuse(candidate, None, f"{candidate}!", None) is None


def test_english_with_a_foreign_name_is_english():
    assert refuse("play bjork", None, "play björk", None) is None
