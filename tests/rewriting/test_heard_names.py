"""A pronoun stands for what is spoken of, and nothing that was meant at other times is put in its place."""

import pytest

from sayagain.languages import language_pack
from sayagain.rewriting.heard_names import names_are_spoken_of
from sayagain.turns import Hypothesis, Response, Slot, Turn

NAMES = ("kitchen light", "stehlampe")


def spoken(text, heard, *said, answer="Done", language="en"):
    history = [
        Turn(turn_id=str(place), started=place, request=request, response=Response(text=answer))
        for place, request in enumerate(said)
    ]
    named = [name for name in NAMES if name in text]
    hypothesis = Hypothesis(intent="on", slots=tuple(Slot("name", name) for name in named))
    return names_are_spoken_of(hypothesis, text, heard, history, language_pack(language))


@pytest.mark.parametrize(
    ("text", "heard", "said", "language", "expected"),
    [
        ("turn the kitchen light off", "turn it off", ["turn on the kitchen light"], "en", True),
        ("turn the kitchen light off", "turn it off", ["turn on the kitten light"], "en", True),
        ("turn the kitchen light off", "turn it off", ["turn on the tv"], "en", False),
        ("turn the kitchen light off", "turn it off", [], "en", False),
        ("play jazz off", "turn it off", ["turn on the tv"], "en", False),
        ("turn off it", "turn it off", ["turn on the tv"], "en", True),
        ("turn on the kitchen light", "turn it on the kitten light", [], "en", True),
        ("turn on the kitchen light", "turn on the chicken light", ["play jazz"], "en", True),
        ("schalte die stehlampe aus", "schalte sie aus", ["mach den fernseher an"], "de", False),
        ("schalte die stehlampe aus", "schalte sie aus", ["mach die stehlampe an"], "de", True),
        ("mach die lampe an", "mach das lampe an", ["spiel jazz"], "de", True),
        ("allume la lampe", "allume le lampe", ["joue du jazz"], "fr", True),
    ],
)
def test_what_a_pronoun_may_stand_for(text, heard, said, language, expected):
    assert spoken(text, heard, *said, language=language) is expected


def test_what_the_assistant_said_counts():
    assert spoken("turn the kitchen light off", "turn it off", "what is on", answer="The kitchen light is on")


def test_without_a_pack_nobody_can_tell():
    assert names_are_spoken_of(Hypothesis(intent="on"), "a b", "it b", [], None)
