"""NLU training data for Rasa: what is written is what is read back, and nothing is invented."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.rasa.nlu_file import nlu_file
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot, said

# As Rasa 3 has it, rasa/shared/nlu/training_data/entities_parser.py.
MARKED = re.compile(r"\[(?P<words>[^\]]+?)\](\((?P<entity>[^:)]+?)(?:\:(?P<value>[^)]+))?\)|\{(?P<told>[^}]+?)\})")


def example(text, intent, *slots):
    return Example(text=text, hypothesis=Hypothesis(intent=intent, slots=tuple(slots)), probability=0.9)


def read(files):
    """Plain texts by intent, the marked words of each, and synonyms, as Rasa's own reader finds them."""
    if not files:
        return {}, [], {}
    content = yaml.safe_load(files["nlu.yml"])
    assert content["version"] == "3.1"
    intents, entities, synonyms = {}, [], {}
    for block in content["nlu"]:
        lines = block["examples"].splitlines()
        assert all(line.startswith("-") for line in lines)
        texts = [line[1:].strip("\n\r ") for line in lines]
        if "synonym" in block:
            synonyms |= dict.fromkeys(texts, block["synonym"])
            continue
        entities += [match.groupdict() for text in texts for match in MARKED.finditer(text)]
        intents[block["intent"]] = [MARKED.sub(lambda match: match["words"], text) for text in texts]
    return intents, entities, synonyms


def test_the_words_of_an_entity_are_marked():
    files = nlu_file([example("kill the kitchen light", "off", Slot("area", "kitchen"))])
    assert b"- kill the [kitchen](area) light\n" in files["nlu.yml"]
    assert read(files)[0] == {"off": ["kill the kitchen light"]}


def test_an_entity_that_is_not_among_the_words_is_not_written():
    files = nlu_file([example("kill it", "off", Slot("area", "kitchen"), Slot("it", None))])
    assert read(files) == ({"off": ["kill it"]}, [], {})


def test_only_whole_words_are_marked():
    assert read(nlu_file([example("kitchenette off", "off", Slot("area", "kitchen"))]))[1] == []


def test_words_that_differ_in_capitals_are_a_synonym():
    _, entities, synonyms = read(nlu_file([example("Kitchen off", "off", Slot("area", "kitchen"))]))
    assert [entity["words"] for entity in entities] == ["Kitchen"]
    assert synonyms == {"Kitchen": "kitchen"}


def test_roles_are_written_as_rasa_tells_them_apart():
    files = nlu_file([example("from Rome to Oslo", "fly", Slot("city:from", "Rome"), Slot("city:to", "Oslo"))])
    assert b'[Rome]{"entity": "city", "role": "from", "value": "Rome"}' in files["nlu.yml"]


def test_of_two_entities_in_one_place_the_first_is_marked():
    files = nlu_file([example("the hall light", "on", Slot("name", "hall light"), Slot("area", "hall"))])
    assert [marked_entity["entity"] for marked_entity in read(files)[1]] == ["name"]


def test_numbers_are_marked_where_they_stand():
    assert read(nlu_file([example("set it to 21", "set", Slot("degrees", 21))]))[1][0]["words"] == "21"


def test_each_wording_is_written_once():
    files = nlu_file([example("off", "off"), example("OFF", "off"), example("on", "on")])
    assert read(files)[0] == {"off": ["off"], "on": ["on"]}


@pytest.mark.parametrize("text", ["", "  ", "/restart", "[x](y)", "a {b}", "bell\x07", "x (y)"])
def test_what_rasa_would_read_as_something_else_is_left_out(text):
    assert nlu_file([example(text, "off")]) == {}


@pytest.mark.parametrize("intent", ["", "a:b", "x{y}", " off", "off\n"])
def test_what_cannot_name_an_intent_is_left_out(intent):
    assert nlu_file([example("off", intent)]) == {}


def test_words_alone_teach_nothing():
    assert nlu_file([Example(text="lamp of", hypothesis=said("lamp off"), works="lamp off", probability=0.9)]) == {}


words = st.text(alphabet=st.sampled_from("ab- #:'\"|>&*!%@`?,.[](){}/\\\n\té—😀"), max_size=12)
slots = st.builds(Slot, words | st.just("area"), words | st.integers() | st.booleans() | st.none())
hypotheses = st.builds(Hypothesis, intent=words | st.just("off"), slots=st.lists(slots, max_size=3).map(tuple))


@given(st.lists(st.builds(Example, text=words, hypothesis=hypotheses, probability=st.just(0.9)), max_size=5))
def test_whatever_is_learnt_is_read_back_as_it_was(examples):
    intents, entities, _ = read(nlu_file(examples))
    texts = {" ".join(example.text.split()) for example in examples}
    assert {text for wordings in intents.values() for text in wordings} <= texts
    assert set(intents) <= {example.hypothesis.intent for example in examples}
    marked = {entity["words"].lower() for entity in entities}
    assert marked <= {str(slot.value).lower() for example in examples for slot in example.hypothesis.slots}
