import pytest

from sayagain.guardrails import refuse
from sayagain.turns import Hypothesis, Slot


def read(intent="HassTurnOff", domain=None, **slots):
    return Hypothesis(intent=intent, domain=domain, slots=tuple(Slot(name, value) for name, value in slots.items()))


LAMB, LAMP = read(name="lámba"), read(name="Lámpa")


def refused(heard, before, text, after):
    """In a language that no file tells anything of."""
    return refuse(heard, before, text, after, language="xx")


@pytest.mark.parametrize(
    ("heard", "before", "text", "after"),
    [
        ("lámbát le", None, "lambat le", None),
        ("a lámba le", LAMB, "a lámpa le", LAMP),
        ("a lámba le", read(name="lámba", floor=1), "a lámpa le", read(name="lámpa", floor=1)),
    ],
)
def test_spelling_or_a_misheard_name_alone_show_the_same_act(heard, before, text, after):
    assert refused(heard, before, text, after) is None


@pytest.mark.parametrize(
    ("heard", "before", "text", "after"),
    [
        # Nothing is known of the request.
        ("a lámba le", None, "a lámpa le", LAMP),
        ("a lámba le", Hypothesis(intent=""), "a lámpa le", LAMP),
        # Another intent, another skill, another value than a name's.
        ("a lámba le", read("HassTurnOn", name="lámba"), "a lámpa le", LAMP),
        ("a lámba le", read(domain="light", name="lámba"), "a lámpa le", LAMP),
        ("fel", read("Set", state="be"), "le", read("Set", state="fel")),
        # A name that sounds nothing like it, or that a number tells apart, or two names at once.
        ("a lámba le", LAMB, "a rádió le", read(name="rádió")),
        ("a lámpa 1 le", read(name="lámpa 1"), "a lámpa 2 le", read(name="lámpa 2")),
        ("a lámba a szoba le", read(name="lámba", area="szoba"), "a lámpa a soba le", read(name="lámpa", area="soba")),
        # More than the name is another: it may be a negation, which the assistant did not read.
        ("ne kapcsold le a lámba", LAMB, "kapcsold le a lámpa", LAMP),
        ("ne kapcsold le a lámpa", LAMP, "kapcsold le a lámpa", LAMP),
        ("a lámbát le", LAMB, "a lámpát le", LAMP),
    ],
)
def test_nothing_else_shows_it(heard, before, text, after):
    assert "no guardrails for the language xx" in refused(heard, before, text, after)
