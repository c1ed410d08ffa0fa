"""What assistants are given: to each language its own, and never a negated sentence as its opposite."""

import tomllib
from pathlib import Path

import pytest
import yaml

from sayagain.assistants.exported_examples import keeps_meaning
from sayagain.assistants.homeassistant.custom_sentences import custom_sentences
from sayagain.assistants.ovos.intent_files import intent_files
from sayagain.assistants.rasa.nlu_file import nlu_file
from sayagain.labels import Example
from sayagain.languages import language_codes, language_pack
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Slot

OFF = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "Bed Light"),))
SKILL = Hypothesis(intent="off.intent", domain="lamps.openvoiceos")
ENGLISH = language_pack("en")
WRITTEN = Path(__file__).parents[1] / "languages" / "sentences"


def sentences(code, kind):
    return tomllib.loads((WRITTEN / f"{code}.toml").read_text())[kind].strip().splitlines()


def example(text, language=None, works=None, hypothesis=OFF, **fields):
    return Example(text=text, language=language, works=works, hypothesis=hypothesis, probability=0.9, **fields)


@pytest.fixture
def german(monkeypatch):
    """German has the words of English here, so that the tests hold whatever its file says."""
    for module in ("guardrails.rules", "assistants.exported_examples"):
        monkeypatch.setattr(f"sayagain.{module}.language_pack", lambda code: ENGLISH if code in {"en", "de"} else None)


@pytest.mark.parametrize("language", [None, "en", "de"])
@pytest.mark.parametrize(
    ("text", "works", "kept"),
    [
        ("kill the bed light", None, True),
        ("kill the bed light", "turn off the bed light", True),
        ("don't turn on the bed light", None, False),
        ("don't turn on the bed light", "turn on the bed light", False),
        ("do not turn on the bed light", "don't turn on the bed light", True),
        ("keep the bed light on", "never turn off the bed light", False),
    ],
)
@pytest.mark.usefixtures("german")
def test_a_negated_sentence_is_given_only_where_what_works_is_negated(language, text, works, kept):
    assert keeps_meaning(example(text, language, works)) is kept
    # What the assistant understands already, it may be told again.
    assert keeps_meaning(example(text, language, works, understood=True))
    given = [
        intent_files([example(text, language, works, SKILL)]),
        nlu_file([example(text, language, works, SKILL)]),
        *([custom_sentences([example(text, language, works)])] if not kept else []),
    ]
    assert [bool(files) for files in given] == [kept] * len(given)


@pytest.mark.parametrize("export", [custom_sentences, intent_files, nlu_file])
def test_in_a_language_without_a_pack_only_another_spelling_of_what_works_is_given(export):
    hypothesis = OFF if export is custom_sentences else SKILL
    for works, given in ((None, False), ("kapcsold fel", False), ("kapcsold le", True)):
        assert bool(export([example("kápcsold le", "xx", works, hypothesis)])) is given


@pytest.mark.usefixtures("german")
def test_each_language_has_a_folder_of_its_own():
    examples = [
        example("kill the bed light", "en"),
        example("bed light out", "de"),
        example("turn the bed light off please", "de"),
        # The same words in two languages are two examples, and may mean two things.
        example("bed light out", "en", hypothesis=Hypothesis(intent="HassTurnOn", slots=OFF.slots)),
    ]
    files = {name: yaml.safe_load(content) for name, content in custom_sentences(examples).items()}
    assert list(files) == ["custom_sentences/en/sayagain.yaml", "custom_sentences/de/sayagain.yaml"]
    assert [content["language"] for content in files.values()] == ["en", "de"]
    assert files["custom_sentences/de/sayagain.yaml"]["intents"]["HassTurnOff"]["data"][0]["sentences"] == [
        "bed light out",
        "turn the bed light off please",
    ]
    assert set(files["custom_sentences/en/sayagain.yaml"]["intents"]) == {"HassTurnOff", "HassTurnOn"}
    britain = example("bed light out", "en", tag="en-GB")
    # Home Assistant reads no folder of a region that it has no templates of.
    assert list(custom_sentences([britain])) == ["custom_sentences/en/sayagain.yaml"]
    assert list(intent_files([example("lamp of", "de", hypothesis=SKILL, tag="de-CH")])) == [
        "lamps.openvoiceos/locale/de-ch/off.intent"
    ]
    skill = [example("lamp of", code, hypothesis=SKILL) for code in ("en", None, "de")]
    assert sorted(intent_files(skill)) == [
        "lamps.openvoiceos/locale/de/off.intent",
        "lamps.openvoiceos/locale/en-us/off.intent",
    ]
    assert sorted(nlu_file(skill)) == ["de/nlu.yml", "en/nlu.yml", "nlu.yml"]
    assert sorted(nlu_file(skill[2:])) == ["nlu.yml"]


@pytest.mark.parametrize(("tag", "folder"), [("pt-BR", "pt-BR"), ("pt-PT", "pt"), ("de-AT", "de"), ("de", "de")])
def test_the_folder_is_the_one_that_home_assistant_reads(tag, folder):
    said = example("leselampe bitte aus", tag[:2], "leselampe bitte aus", tag=tag)
    assert list(custom_sentences([said])) == [f"custom_sentences/{folder}/sayagain.yaml"]


def test_of_a_log_without_languages_the_words_tell_what_is_negated():
    assert not keeps_meaning(example("mach das licht in der küche nicht aus", None, "mach das licht in der küche aus"))


NEGATED = [
    (code, *(words.strip() for words in line.split("=")))
    for code in language_codes()
    for line in sentences(code, "negated")
]


def test_every_language_with_a_pack_has_negated_sentences():
    assert {code for code, *_ in NEGATED} == set(language_codes())


@pytest.mark.parametrize(("code", "text", "opposite"), NEGATED)
@pytest.mark.parametrize("works", ["opposite", "itself", None])
def test_a_negated_sentence_is_never_exported_as_its_opposite(code, text, opposite, works):
    words = {"opposite": opposite, "itself": text, None: None}[works]
    assert custom_sentences([example(normalise(text), code, words and normalise(words))]) == {}
    # An assistant that is trained may have an intent for what is negated.
    if works != "itself":
        skill = example(normalise(text), code, words and normalise(words), SKILL)
        assert intent_files([skill]) == nlu_file([skill]) == {}


@pytest.mark.parametrize("code", language_codes())
def test_what_is_not_negated_goes_to_the_folder_of_its_language(code):
    spoken = [normalise(words) for words in sentences(code, "command")]
    files = custom_sentences([example(text, code, text) for text in spoken])
    assert list(files) == [f"custom_sentences/{code}/sayagain.yaml"]
    content = yaml.safe_load(files[f"custom_sentences/{code}/sayagain.yaml"])
    assert content["language"] == code
    [block] = content["intents"]["HassTurnOff"]["data"]
    assert len(block["sentences"]) > len(spoken) / 2
