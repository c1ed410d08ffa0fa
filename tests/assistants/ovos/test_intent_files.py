import pytest

from sayagain.assistants.ovos.intent_files import intent_files
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot


def example(text, intent, *slots, domain="lamps.openvoiceos"):
    hypothesis = Hypothesis(intent=intent, domain=domain, slots=tuple(Slot(*slot) for slot in slots))
    return Example(text=text, hypothesis=hypothesis, probability=0.9)


def test_the_words_of_one_intent_stand_in_one_file_in_order():
    files = intent_files([example("lump off", "off.intent"), example("lamp of", "off.intent")])
    assert files == {"lamps.openvoiceos/locale/en-us/off.intent": b"lamp of\nlump off\n"}


def test_what_was_said_for_a_slot_becomes_its_name():
    (content,) = intent_files([example("dim lamp to 5", "dim.intent", ("name", "Lamp"), ("level", 5))]).values()
    assert content == b"dim {name} to {level}\n"


def test_words_for_an_intent_of_one_keyword_are_words_for_the_keyword():
    files = intent_files([example("much obliged", "ThankYou", ("ThankYouKeyword", "thanks"))])
    assert files == {"lamps.openvoiceos/locale/en-us/ThankYouKeyword.voc": b"much obliged\n"}


@pytest.mark.parametrize(
    "left_out",
    [
        example("lamp on", "on.intent", domain=None),
        example("lamp on", "on.intent", domain="../../etc"),
        example("lamp on", "../on.intent"),
        example("lamp on", "On", ("Lamp", "lamp"), ("Verb", "on")),
        example("the usual", "dim.intent", ("level", 5)),
        example("dim to 50", "dim.intent", ("level", 5)),
        example("lamp (on|off)", "on.intent"),
        example(" ", "on.intent"),
    ],
)
def test_what_the_files_cannot_say_is_left_out(left_out):
    assert intent_files([left_out]) == {}
