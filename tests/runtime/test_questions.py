"""A name that nothing in the home has: users showed what they mean by it, and a yes makes it so."""

import random

import msgspec
import pytest

from sayagain import Learner
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.turns import Action, FeedbackReport, Hypothesis, Nlu, Response, Slot, Turn

NOW = 1_767_225_600_000
HOUR = 3_600_000
DAY = 24 * HOUR
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")

MOOD, FLOOR = "turn on the mood light", "turn on the floor lamp"


def named(intent, name):
    return Hypothesis(intent=intent, slots=(Slot("name", name),))


READINGS = {
    "turn on the floor lamp": named("HassTurnOn", "floor lamp"),
    "turn off the floor lamp": named("HassTurnOff", "floor lamp"),
    "turn on the radio": named("HassTurnOn", "radio"),
    "turn off the radio": named("HassTurnOff", "radio"),
    "unlock the front door": named("HassUnlock", "front door"),
    "what is the weather": Hypothesis(intent="HassGetWeather"),
    # Its words alone do not tell what it opens.
    "turn on the old one": named("HassTurnOn", "gate"),
}


def answered(turn_id, request, at, **fields):
    hypothesis = READINGS.get(request)
    if hypothesis is None:
        return Turn(turn_id=turn_id, started=at, request=request, device_id="d", response=LOST, **fields)
    acted = (Action(target="light.lamp"),) if hypothesis.slots else ()
    fields = {"nlu": Nlu(ranking=(hypothesis,)), "response": DONE, "actions": acted, **fields}
    return Turn(turn_id=turn_id, started=at, request=request, device_id="d", **fields)


def log(said, meant, *, days=60, users=1):
    """One home, or people who share a log, where `said` is never understood and `meant` is said next."""
    rng, turns = random.Random(1), []
    for day in range(days):
        at = NOW - (days - day) * DAY
        requests = rng.choices([request for request in READINGS if request != meant], k=2)
        for place, request in enumerate([*requests, said, meant]):
            at += 5_000 if place == 3 else 60_000
            turns.append(answered(f"{day}-{place}", request, at, user_id=f"u{day % users}" if users > 1 else None))
    return turns


@pytest.fixture
def home(tmp_path):
    def opened(said, meant, **many):
        learner = Learner(tmp_path / "home.db")
        learnt = learn(log(said, meant, **many), LearnSettings(holdout=0.0))
        release = write_release(learner.releases, learnt.manifest, learnt.files)
        learner.store.set_release_in_use(release.number)
        return learner

    return opened


def ask(learner, request, at, *, yes):
    """Say a request and answer the question as Home Assistant's agent logs it; return the decision."""
    turn = Turn(turn_id=f"t{at}", started=NOW + at, request=request, device_id="d")
    decision = learner.rewrite(turn)
    if decision.ask is None:
        learner.observe(answered(turn.turn_id, decision.text, turn.started), decision)
        return decision
    report = FeedbackReport(kind="helped", value=float(yes), at=turn.started + 3_000)
    applied = decision.applied
    if yes:
        applied = msgspec.structs.replace(applied, layer="asked", target=decision.ask)
    words = decision.ask if yes else request
    learner.observe(answered(turn.turn_id, words, turn.started, applied_rewrite=applied, feedback=(report,)))
    return decision


def test_a_private_name_is_asked_about_and_not_replaced(home):
    with home(MOOD, FLOOR) as learner:
        decision = learner.rewrite(Turn(turn_id="t", started=NOW, request=MOOD, device_id="d"))
        assert (decision.text, decision.changed, decision.ask) == (MOOD, False, FLOOR)
        assert 'in the place of "mood' in decision.why


def test_after_three_times_yes_it_is_done_without_asking(home):
    with home(MOOD, FLOOR) as learner:
        asked = [ask(learner, MOOD, number * HOUR, yes=True).ask for number in range(3)]
        assert asked == [FLOOR] * 3
        decision = ask(learner, MOOD, 4 * HOUR, yes=True)
        assert (decision.text, decision.layer, decision.ask) == (FLOOR, "confirmed", None)


def test_after_a_no_it_is_asked_once_more_and_then_left_alone(home):
    with home(MOOD, FLOOR) as learner:
        asked = [ask(learner, MOOD, number * HOUR, yes=False).ask for number in range(3)]
        assert asked == [FLOOR, FLOOR, None]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("undo the front door", "unlock the front door"),
        ("turn in the old one", "turn on the old one"),
        ("turn on the floor lamp when it gets dark", FLOOR),
    ],
    ids=["opens by its words", "opens by its reading", "drops a condition"],
)
def test_what_needs_the_users_word_is_asked_about_each_time(home, said, meant):
    with home(said, meant) as learner:
        for number in range(6):
            decision = ask(learner, said, number * HOUR, yes=True)
            assert (decision.ask, decision.changed) == (meant, False)


def test_who_says_the_words_that_were_asked_about_does_not_object_to_them(home):
    with home(MOOD, FLOOR) as learner:
        for number in range(3):
            at = NOW + number * HOUR
            decision = learner.rewrite(Turn(turn_id=f"q{number}", started=at, request=MOOD, device_id="d"))
            assert decision.ask == FLOOR
            # An assistant that cannot ask leaves the request as it is.
            learner.observe(answered(f"q{number}", MOOD, at), decision)
            learner.observe(answered(f"r{number}", FLOOR, at + 5_000))


def test_a_device_that_does_not_answer_is_no_reason_to_ask_about_another(tmp_path):
    offline = Response(text="The floor lamp does not answer", type="error", error_code="failed_to_handle")
    turns = [
        msgspec.structs.replace(turn, response=offline, actions=()) if turn.request == FLOOR else turn
        for turn in log(FLOOR, "turn on the radio")
    ]
    with Learner(tmp_path / "home.db") as learner:
        learnt = learn(turns, LearnSettings(holdout=0.0))
        release = write_release(learner.releases, learnt.manifest, learnt.files)
        learner.store.set_release_in_use(release.number)
        decision = learner.rewrite(Turn(turn_id="t", started=NOW, request=FLOOR, device_id="d"))
        assert (decision.ask, decision.changed) == (None, False)


def test_a_name_that_this_home_has_stays_named(home):
    with home("turn on the radio light", FLOOR) as learner:
        decision = ask(learner, "turn on the radio light", 0, yes=True)
        assert (decision.ask, decision.changed) == (None, False)


def test_among_people_of_many_homes_nobody_is_asked_about_a_name(home):
    with home(MOOD, FLOOR, users=12) as learner:
        decision = ask(learner, MOOD, 0, yes=True)
        assert (decision.ask, decision.changed) == (None, False)


def test_what_sounds_like_another_name_of_the_home_is_not_asked_about(home):
    with home("turn on the radeo light", FLOOR) as learner:
        assert ask(learner, "turn on the radeo light", 0, yes=True).ask is None


@pytest.mark.parametrize(("users", "asks"), [(1, True), (12, False)])
def test_a_log_of_many_users_passes_no_gate_by_questions_that_nobody_is_asked(users, asks):
    manifest = learn(log(MOOD, FLOOR, users=users), LearnSettings(holdout=0.0)).manifest
    assert ("question" in manifest.thresholds, manifest.promised > 0) == (asks, asks)
