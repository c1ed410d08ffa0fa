"""What every assistant must do, run on each: what was learnt becomes files that its own parser reads.

An `Export` stands in `EXPORTS` for each assistant; None for one that cannot be taught by files.
"""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
import yaml
from hassil import Intents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from padacioso import IntentContainer

from sayagain.assistants.by_name import ASSISTANTS, assistant_named
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot, said

SLOT = re.compile(r"\{(\w+)\}")
WORDS = st.text(max_size=20) | st.sampled_from(["lamp on", "(lamp", "[on|off]", "{x} y", "a | b", "#", "-", "x\ny"])
OFF = Example(text="kill the lamp", hypothesis=Hypothesis(intent="turn_off"), probability=0.9)


class Export(NamedTuple):
    """What the suite must know of the files of one assistant."""

    taught: Callable[[dict[str, bytes]], set[str]]
    """Reads the exported files with the assistant's own parser, and returns the words they teach, lower case."""
    examples: tuple[Example, ...]
    """Examples whose words must be among those taught."""


def ovos_taught(files):
    """The sentences as padacioso takes them in, and the words of vocabularies."""
    found = set()
    for file, content in files.items():
        lines = content.decode().splitlines()
        assert lines
        assert all(line.strip() for line in lines)
        if file.endswith(".intent"):
            container = IntentContainer()
            container.add_intent(file, lines)
            for line in lines:
                match = container.calc_intent(SLOT.sub("7", line))
                assert match["name"] == file, line
                found.add(SLOT.sub(lambda slot, match=match: str(match["entities"][slot[1].lower()]), line).lower())
        else:
            assert file.endswith(".voc")
            found |= {line.lower() for line in lines}
    return found


def homeassistant_taught(files):
    """The sentences as hassil takes them in."""
    found = set()
    for content in files.values():
        intents = yaml.safe_load(content)
        Intents.from_dict(intents)
        blocks = [block for intent in intents["intents"].values() for block in intent["data"]]
        found |= {sentence for block in blocks for sentence in block["sentences"]}
    return found


def taught_to_rasa(files):
    """Rasa's own reader, as far as it matters here; the real one is asked in tests/assistants/rasa."""
    marks = re.compile(r"\[([^\]]+?)\](?:\([^:)]+?\)|\{[^}]+?\})")
    blocks = yaml.safe_load(files["nlu.yml"])["nlu"] if files else []
    lines = [line for block in blocks if "intent" in block for line in block["examples"].splitlines()]
    assert all(line.startswith("- ") for line in lines)
    return {marks.sub(r"\1", line[2:]).lower() for line in lines}


EXPORTS: dict[str, Export | None] = {
    "homeassistant": Export(
        taught=homeassistant_taught,
        examples=(
            Example(
                text="kill the bed light",
                hypothesis=Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),)),
                probability=0.9,
            ),
        ),
    ),
    "ovos": Export(
        taught=ovos_taught,
        examples=(
            Example(
                text="crank it to 7",
                hypothesis=Hypothesis(domain="a.skill", intent="volume.set.intent", slots=(Slot("level", 7),)),
                probability=0.9,
            ),
            Example(
                text="much obliged",
                hypothesis=Hypothesis(domain="a.skill", intent="ThankYou", slots=(Slot("ThankYouKeyword", "thanks"),)),
                probability=0.9,
            ),
        ),
    ),
    "otel": None,
    "rasa": Export(
        taught=taught_to_rasa,
        examples=(
            Example(
                text="Kill the Kitchen illumination",
                hypothesis=Hypothesis(intent="turn_off", slots=(Slot("area", "kitchen"),)),
                probability=0.9,
            ),
            Example(text="it is too bright", hypothesis=Hypothesis(intent="turn_off"), probability=0.8),
        ),
    ),
}


assistants = pytest.mark.parametrize("name", EXPORTS)


def test_every_assistant_exports_or_says_that_it_cannot():
    assert set(EXPORTS) == set(ASSISTANTS)


@assistants
def test_what_it_is_taught_by_holds_the_words(name):
    export = EXPORTS[name]
    if export is None:
        assert assistant_named(name).export([OFF]) == {}
        return
    files = assistant_named(name).export(export.examples)
    assert assistant_named(name).export(export.examples) == files
    assert export.examples
    assert {each.text.lower() for each in export.examples} <= export.taught(files)


@assistants
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_it_is_taught_by_always_parses(name, data):
    slots = st.lists(st.builds(Slot, WORDS, WORDS | st.integers() | st.none()), max_size=2).map(tuple)
    hypotheses = st.builds(Hypothesis, intent=WORDS, domain=st.none() | WORDS, slots=slots) | WORDS.map(said)
    example = st.builds(
        Example, text=WORDS, hypothesis=hypotheses, works=st.none() | WORDS, probability=st.floats(0, 1)
    )
    files = assistant_named(name).export(data.draw(st.lists(example, max_size=4)))
    for file in files:
        path = PurePosixPath(file)
        assert not path.is_absolute()
        assert ".." not in path.parts
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, path).write_bytes(files[file])
    if EXPORTS[name] is not None:
        EXPORTS[name].taught(files)


@assistants
def test_words_that_ask_for_nothing_are_taught_under_no_intent(name):
    nothing = Example(text="okay then", hypothesis=Hypothesis(intent=""), probability=0.9, understood=True)
    assert assistant_named(name).export([nothing]) == {}
