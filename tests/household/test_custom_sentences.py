import hassil
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.by_name import assistant_named
from sayagain.errors import InputError
from sayagain.household.custom_sentences import read_custom_sentences
from sayagain.household.home import homes
from sayagain.household.understanding import Hassil, normalise
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot

HOME, OTHER = homes(2026, 2)
OFF = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "kitchen light"),))


def write(folder, content, name="mine.yaml"):
    file = folder / "custom_sentences" / "en" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return folder


def block(*sentences, **block_keys):
    return {"language": "en", "intents": {"HassTurnOff": {"data": [{"sentences": list(sentences), **block_keys}]}}}


def understanding_with(folder, home=HOME):
    understanding = Hassil()
    understanding.set_custom_sentences(home, read_custom_sentences(folder, normalise))
    return understanding


def best_key(understanding, text, home=HOME, area="kitchen"):
    hypotheses = understanding.hypotheses(text, home, area)
    return hypotheses[0].key if hypotheses else None


def test_what_was_exported_is_understood_by_that_home_alone(tmp_path):
    example = Example(text="night night kitchen", hypothesis=OFF, probability=0.9)
    for name, content in assistant_named("homeassistant").export([example]).items():
        write(tmp_path, content.decode(), name.rpartition("/")[2])
    understanding = understanding_with(tmp_path)
    assert best_key(Hassil(), "night night kitchen") is None
    assert best_key(understanding, "night night kitchen") == "home|HassTurnOff|name=kitchen light"
    assert best_key(understanding, "Night night, kitchen!") == "home|HassTurnOff|name=kitchen light"
    assert best_key(understanding, "night night kitchen", OTHER) is None
    assert best_key(understanding, "turn on the kitchen light") == best_key(Hassil(), "turn on the kitchen light")


def test_a_sentence_of_the_homes_own_comes_before_the_grammar(tmp_path):
    write(tmp_path, block("turn on the kitchen light", slots={"name": "kitchen light"}))
    first, second, *_ = understanding_with(tmp_path).hypotheses("turn on the kitchen light", HOME, "kitchen")
    assert (first.intent, second.intent) == ("HassTurnOff", "HassTurnOn")


def test_a_sentence_for_the_room_goes_for_the_room_it_is_said_in(tmp_path):
    needs_room = {"requires_context": {"area": {"slot": True}}, "slots": {"domain": "light"}}
    understanding = understanding_with(write(tmp_path, block("lights out now", **needs_room)))
    for area in ("kitchen", "bedroom"):
        assert best_key(understanding, "lights out now", area=area) == f"home|HassTurnOff|area={area},domain=light"


def test_templates_use_the_names_lists_and_rules_of_grammar_and_files(tmp_path):
    write(tmp_path, block("<kill> [<the>] {name}", "quench {place:area}"), "a.yaml")
    rules_and_lists = {
        "language": "en",
        "expansion_rules": {"kill": "(kill|douse)"},
        "lists": {"place": {"values": ["kitchen"]}},
        "intents": {},
    }
    write(tmp_path, rules_and_lists, "b.yaml")
    understanding = understanding_with(tmp_path)
    assert best_key(understanding, "douse the kitchen light") == "home|HassTurnOff|name=kitchen light"
    assert best_key(understanding, "quench kitchen") == "home|HassTurnOff|area=kitchen"


def test_later_custom_sentences_replace_earlier_ones(tmp_path):
    understanding = understanding_with(write(tmp_path, block("hush", slots={"name": "kitchen light"})))
    assert best_key(understanding, "hush") is not None
    understanding.set_custom_sentences(HOME, read_custom_sentences(tmp_path / "nothing", normalise))
    assert best_key(understanding, "hush") is None


def test_a_further_name_is_understood_and_taken_from_nobody(tmp_path):
    renamed_home = HOME.with_aliases({"kitchen light": {"glim", "oven"}})
    assert next(d for d in renamed_home.devices if d.name == "kitchen light").aliases[-1] == "glim"
    understanding = Hassil()
    assert best_key(understanding, "turn on the glim") is None
    understanding.set_custom_sentences(renamed_home, read_custom_sentences(tmp_path, normalise))
    assert best_key(understanding, "turn on the glim", renamed_home) == "home|HassTurnOn|name=glim"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("intents: [", "is no YAML"),
        ("- a", "is no custom sentences; expected `language` and `intents`"),
        ("intents: {}", "is no custom sentences"),
        ({"language": "en", "intents": {"HassTurnOff": {}}}, "is no custom sentences"),
        ({"language": "en", "intents": {"HassTurnOff": {"data": [{"slots": {}}]}}}, "is no custom sentences"),
        ({"language": "de", "intents": {}}, "is in 'de'; expected 'en', as its folder says"),
    ],
)
def test_a_file_that_home_assistant_would_not_take_gets_one_sentence(tmp_path, content, sentence):
    with pytest.raises(InputError, match=r"mine\.yaml: ") as error:
        read_custom_sentences(write(tmp_path, content), normalise)
    assert sentence in str(error.value)


WORDS = st.lists(
    st.sampled_from(["kill", "the", "kitchen", "light", "don't", "off", "21.5", "%"]), min_size=1, max_size=4
)


@given(said=WORDS, others=st.lists(WORDS, max_size=3))
def test_looking_at_the_matching_sentences_alone_changes_no_reading(tmp_path_factory, said, others):
    sentences = [" ".join(words) for words in (said, *others)]
    folder = write(
        tmp_path_factory.mktemp("config"), block(*sentences, "off [please]", slots={"name": "kitchen light"})
    )
    text = normalise(" ".join(said))
    all_sentences = block(*map(normalise, sentences), "off [please]", slots={"name": "kitchen light"})
    matching = {"language": "en", "intents": read_custom_sentences(folder, normalise).matching_intents(text)}

    def recognised(content):
        return {
            (result.intent.name, tuple(sorted(result.entities)))
            for result in hassil.recognize_all(text, hassil.Intents.from_dict(content))
        }

    assert recognised(matching) == recognised(all_sentences) != set()
