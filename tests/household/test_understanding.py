import hassil
import pytest
from hassil import TextSlotList, recognize_all
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.household.ambiguity import FAMILIES, find_family
from sayagain.household.grammar import load_grammar
from sayagain.household.home import homes
from sayagain.household.inventory import distinct_requests
from sayagain.household.understanding import Hassil, normalise

HOMES = homes(2026, 30)
REQUESTS = distinct_requests()


@pytest.fixture(scope="module")
def every_sentence():
    return hassil.Intents.from_dict(load_grammar())


def _reference(text, home, intents):
    """Every reading by all sentences over all names of the home: nothing shared, nothing left out."""
    names = sorted({(name, device.domain) for device in home.devices for name in device.names})
    lists = {
        "name": TextSlotList.from_tuples([(n, n, {"domain": d}) for n, d in names], name="name"),
        "area": TextSlotList.from_tuples([(a.name, a.id, {}) for a in home.areas], name="area"),
        "floor": TextSlotList.from_tuples(
            [("upstairs", "upstairs", {}), ("downstairs", "downstairs", {})], name="floor"
        ),
    }
    results = recognize_all(
        normalise(text), intents, slot_lists=lists, language="en", intent_context={"area": "kitchen"}
    )
    return {
        (
            result.intent.name,
            tuple(sorted((n, str(e.value).strip().removesuffix(".0")) for n, e in result.entities.items())),
        )
        for result in results
    }


@settings(max_examples=60, deadline=None)
@given(
    request=st.sampled_from(REQUESTS),
    word=st.sampled_from(sorted({word for request in REQUESTS for word in request.split()})),
    position=st.integers(0, 8),
    home=st.sampled_from(HOMES),
)
def test_sharing_and_pruning_change_no_reading(request, word, position, home, every_sentence):
    words = request.split()
    words[position % len(words)] = word
    text = " ".join(words)
    if find_family(text) is not None:
        return
    hypotheses = {
        (r.intent, tuple((slot.name, slot.value) for slot in r.slots))
        for r in Hassil().hypotheses(text, home, "kitchen")
        if not any(slot.name == "media_class" for slot in r.slots)
    }
    reference = {
        hypothesis
        for hypothesis in _reference(text, home, every_sentence)
        if not any(n == "media_class" for n, _ in hypothesis[1])
    }
    # Five readings are kept at most; which kinds a title has is added by the catalogue.
    assert hypotheses <= reference
    assert bool(hypotheses) == bool(reference) or not reference
    if len(reference) <= 4:
        assert hypotheses == reference


def test_homes_share_their_parses():
    understanding = Hassil()
    for home in HOMES:
        assert understanding.hypotheses("turn off the kitchen light", home, "kitchen")
    assert understanding.parses == 1


def test_the_room_is_filled_in_afterwards():
    understanding = Hassil()
    for area in ("kitchen", "living_room"):
        [best, *_] = understanding.hypotheses("turn on the lights", HOMES[0], area)
        assert ("area", area) in [(slot.name, slot.value) for slot in best.slots]
    assert understanding.parses == 1


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("dim the kitchen light", "Dim"),
        ("Turn it up!", "HassSetVolumeRelative"),
        ("play the audiobook dracula", "HassMediaSearchAndPlay"),
        ("preheat the oven to one hundred eighty", "OvenSet"),
        ("preheat the oven to 180", "OvenSet"),
        ("wake me up at six thirty", "SetAlarm"),
        ("make me a latte", "MakeCoffee"),
    ],
)
def test_sentences_of_ours(text, intent):
    assert Hassil().hypotheses(text, HOMES[0], "kitchen")[0].intent == intent


@pytest.mark.parametrize("text", ["kill the lights", "make me a sandwich", "no the kitchen light", "qwertz"])
def test_what_is_not_understood(text):
    assert Hassil().hypotheses(text, HOMES[0], "kitchen") == ()


def test_a_shared_title_has_a_reading_for_each_kind():
    hypotheses = Hassil().hypotheses("play harry potter", HOMES[0], "kitchen")
    kinds = [slot.value for hypothesis in hypotheses for slot in hypothesis.slots if slot.name == "media_class"]
    assert kinds == ["film", "audiobook", "book"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_offers_its_alternatives(family):
    for request in family.requests:
        if "@" in request:
            continue
        intents = [hypothesis.intent for hypothesis in Hassil().hypotheses(request, HOMES[0], "kitchen")]
        assert intents[0] == family.default.intent
        assert {other.intent for other in family.alternatives} <= set(intents)


def test_homes_of_two_seeds_that_share_an_id_are_told_apart():
    understanding = Hassil()
    first_home, second_home = homes(1, 1)[0], homes(2, 1)[0]
    assert first_home.id == second_home.id
    names = sorted({n for d in first_home.devices for n in d.names} ^ {n for d in second_home.devices for n in d.names})
    texts = [f"turn on the {name}" for name in names]
    fresh_hypotheses = [Hassil().hypotheses(text, second_home, "kitchen") for text in texts]
    first_hypotheses = [understanding.hypotheses(text, first_home, "kitchen") for text in texts]
    assert (
        [understanding.hypotheses(text, second_home, "kitchen") for text in texts]
        == fresh_hypotheses
        != first_hypotheses
    )
    assert [understanding.hypotheses(text, first_home, "kitchen") for text in texts] == first_hypotheses
