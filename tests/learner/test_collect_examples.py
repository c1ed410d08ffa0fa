"""Labels of words that were not understood, by the labeller that ships, from the store on."""

import pytest

from sayagain import Learner
from sayagain.labels import Judgement, Label
from sayagain.labels.curation.frame_examples import FRAMED, RELIABILITY
from sayagain.releases.release import Manifest, write_release
from sayagain.turns import Hypothesis, Nlu, Response, Slot, Turn

LAMPS = ("floor lamp", "bedside lamp", "desk lamp", "kitchen light", "office light", "hallway light")


def told(at, heard, read, *, user, assistant):
    failed = read is None
    return Turn(
        turn_id=f"{assistant}-{user}-{at}",
        # A few seconds between two requests of a session.
        started=1_000_000 + at * 9_000,
        request=heard,
        user_id=user,
        device_id=f"{assistant} {user}",
        assistant=assistant,
        nlu=Nlu(ranking=(read or Hypothesis(intent=""),)),
        response=Response(
            text="Sorry, I couldn't understand that" if failed else "Done",
            type="error" if failed else "action_done",
            error_code="no_intent_match" if failed else None,
        ),
    )


def lived(user, *, assistant="homeassistant", on="HassTurnOn", slot="name"):
    """Somebody turns lamps on and off, and one of them is not understood."""
    off = on.replace("On", "Off")
    said = [
        (f"turn {way} the {lamp}", Hypothesis(intent=intent, slots=(Slot(slot, lamp),)))
        for lamp in LAMPS
        for way, intent in (("on", on), ("off", off))
    ]
    said.append(("turn off a floor lamp", None))
    return [told(at, heard, read, user=user, assistant=assistant) for at, (heard, read) in enumerate(said)]


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db", min_users=2) as made:
        yield made


def keep(learner, turns):
    learner.store.add_turns(turns)
    learner.store.set_judgements(
        [Judgement(turn_id=each.turn_id, p_defect=0.9 if each.failed else 0.05, defect=each.failed) for each in turns]
    )


def test_words_that_nothing_followed_are_labelled_only_on_request(learner):
    keep(learner, [each for user in "abc" for each in lived(user)])
    assert learner.examples() == []
    (found,) = learner.examples(framed=True)
    assert (found.text, found.hypothesis.key) == ("turn off a floor lamp", "HassTurnOff|name=floor lamp")
    assert (found.provenance, found.probability, found.users) == (FRAMED, RELIABILITY, 3)
    assert learner.examples(framed=True, sure=0.95) == []
    assert learner.examples(framed=True, assistant="rasa") == []


def test_an_assistant_with_other_names_is_told_nothing_foreign(learner):
    keep(learner, [each for user in "abc" for each in lived(user, assistant="rasa", on="lampOn", slot="thing")])
    assert learner.examples(framed=True) == []


def test_what_one_assistant_knows_is_not_given_for_another(learner):
    known = [each for user in "abc" for each in lived(user)]
    other = [each for user in "de" for each in lived(user, assistant="rasa", on="lampOn", slot="thing")]
    keep(learner, known + other)
    (found,) = learner.examples(framed=True)
    assert found.users == 3


def test_words_that_others_were_understood_by_are_given_as_that(learner):
    read = Hypothesis(intent="LampOff")
    worked = [told(99, "turn off a floor lamp", read, user=user, assistant="rasa") for user in "xyz"]
    keep(learner, [*[each for user in "ab" for each in lived(user)], *worked])
    found = {each.text: each for each in learner.examples(framed=True, understood=True)}
    assert found["turn off a floor lamp"].hypothesis.key == read.key
    assert found["turn off a floor lamp"].understood


def test_an_empty_store_has_nothing(learner):
    assert learner.examples(framed=True) == []


def test_words_that_state_no_language_are_in_the_commonest_of_the_log(learner):
    """As the newest release found it."""
    off = Hypothesis(intent="HassTurnOff")
    turns = [
        Turn(turn_id=f"t{n}", started=n, request="lamp of", user_id=user, language=tag)
        for n, (user, tag) in enumerate([("a", "de-DE"), ("b", None), ("a", "nl"), ("c", "*")])
    ]
    learner.store.add_turns(turns)
    learner.store.set_judgements(
        [
            Judgement(
                turn_id=each.turn_id,
                p_defect=0.9,
                defect=True,
                label=Label(turn_id=each.turn_id, hypothesis=off, provenance="rephrased", probability=0.9, weight=1.0),
            )
            for each in turns
        ]
    )
    (unknown,) = learner.examples()
    assert (unknown.language, unknown.users) == (None, 2)
    manifest = Manifest(
        seed=1, log_since=0, log_until=9, settings={}, counts={}, languages=("de", "nl"), metrics={}, files={}
    )
    write_release(learner.releases, manifest, {})
    (german,) = learner.examples()
    assert (german.language, german.users, german.text) == ("de", 3, "lamp of")
