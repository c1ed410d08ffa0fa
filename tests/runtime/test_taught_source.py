"""What a user taught is passed on at once, for that user alone, whatever release is in use."""

import msgspec
import pytest

from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.runtime import Runtime
from sayagain.teaching import LessonOwner, Taught
from sayagain.turns import AppliedRewrite, Turn

NOW = 1_767_225_600_000


def teach(home, phrase="study mode", means="set the desk lamp to 40 percent", user="u", at=0):
    lesson = Taught(user_id=user, phrase=phrase, means=means, at=at)
    home.store.teach(lesson)
    return lesson


def test_it_works_on_the_very_next_request_with_no_release_in_use(home):
    assert home.runtime.rewrite("study mode", user="u").text == "study mode"
    lesson = teach(home)
    decision = home.runtime.rewrite("Study mode, please", user="u")
    assert (decision.text, decision.layer, decision.heard) == (lesson.means, "taught", "Study mode, please")
    assert (decision.probability, decision.propensity, decision.release) == (1.0, 1.0, None)
    assert decision.rewrite_id == lesson.id
    assert decision.why == "this user taught that “study mode” means “set the desk lamp to 40 percent”"
    teach(home, means="lamp on", at=1)
    assert home.runtime.rewrite("study mode", user="u").text == "lamp on"
    home.store.forget_taught(LessonOwner.person("u"), "study mode")
    assert not home.runtime.rewrite("study mode", user="u").changed


def test_it_counts_for_its_user_alone(home):
    teach(home)
    for user in ("v", None, "U"):
        assert home.runtime.rewrite("study mode", user=user).text == "study mode"


def said(home, request, /, **fields):
    return home.runtime.rewrite(Turn(turn_id="t", started=0, request=request, **fields))


def test_what_a_household_taught_counts_for_its_people_and_nobody_else(home):
    home.store.teach(Taught(scope="household", home="hut", phrase="bedtime", means="all lights off", at=0))
    for fields in ({}, {"user_id": "ann"}, {"device_id": "kitchen"}):
        assert said(home, "bedtime", home="hut", **fields).text == "all lights off"
        assert not said(home, "bedtime", home="flat", **fields).changed
        assert not said(home, "bedtime", **fields).changed
    assert said(home, "bedtime", home="hut").why == "this household taught that “bedtime” means “all lights off”"


def test_in_a_log_without_homes_it_counts_for_unidentified_speakers_alone(home):
    home.store.teach(Taught(scope="household", phrase="bedtime", means="all lights off", at=0))
    assert said(home, "bedtime").changed
    assert said(home, "bedtime", device_id="kitchen").changed
    assert not said(home, "bedtime", user_id="ann").changed
    assert not said(home, "bedtime", home="hut").changed
    strangers = Runtime(home.store, home.releases, anonymous="device")
    assert not strangers.rewrite("bedtime", device="kitchen").changed


def test_the_most_specific_lesson_comes_first(home):
    home.store.teach(Taught(scope="household", home="hut", phrase="bedtime", means="all lights off", at=9))
    home.store.teach(Taught(scope="device", home="hut", device_id="d", phrase="bedtime", means="lamp off", at=5))
    assert said(home, "bedtime", home="hut", device_id="d", user_id="u").text == "lamp off"
    teach(home, "bedtime", "radio off")
    assert said(home, "bedtime", home="hut", device_id="d", user_id="u").text == "radio off"
    assert said(home, "bedtime", home="hut", device_id="e", user_id="v").text == "all lights off"


def test_a_taught_name_counts_within_requests(home):
    home.store.teach(Taught(user_id="u", phrase="reading light", means="the desk lamp", at=0, is_name=True))
    assert said(home, "Dim my reading light to 20 %", user_id="u", language="en").text == "dim the desk lamp to 20 %"
    for request in ("turn on the tall reading light", "turn on the light", "reading light bulbs"):
        assert not said(home, request, user_id="u", language="en").changed
    assert said(home, "dim my reading light", user_id="u").text == "dim the desk lamp"


@pytest.mark.parametrize(
    ("request_words", "language"),
    [("Bitte Lernmodus", "de"), ("kannst du lernmodus, danke", "de"), ("könnten sie bitte Lernmodus", "de")],
)
def test_courtesies_of_the_language_may_stand_around_a_phrase(request_words, language, home):
    home.store.teach(Taught(user_id="u", phrase="Lernmodus", means="lampe an", at=0))
    assert said(home, request_words, user_id="u", language=language).text == "lampe an"
    assert not said(home, f"nein {request_words}", user_id="u", language=language).changed


def test_several_requests_are_passed_on_one_by_one_by_a_front_that_can(home):
    steps = ("dim the lamp", "play jazz")
    home.store.teach(Taught(user_id="u", phrase="study mode", means="dim the lamp and play jazz", steps=steps, at=0))
    decision = said(home, "study mode", user_id="u")
    assert (decision.text, decision.steps, decision.layer) == ("dim the lamp and play jazz", steps, "taught steps")


def test_it_says_when_it_was_taught_and_how(home):
    home.store.teach(
        Taught(
            user_id="u",
            phrase="study mode",
            means="lamp on",
            at=1_777_777_777_000,
            source=("when I say study mode, I mean lamp on", "yes"),
        )
    )
    why = said(home, "study mode", user_id="u").why
    assert why == "because on 3 May 2026 you said: “when I say study mode, I mean lamp on”"


def test_it_comes_before_what_was_learnt_and_is_never_held_out(home):
    home.store.set_release_in_use(3)
    teach(home, "turn of the lamp", "set the desk lamp to 40 percent")
    asked = [
        Turn(turn_id=f"t{n}", started=NOW + n, request="turn of the lamp", user_id="u", device_id="d")
        for n in range(60)
    ]
    decisions = [home.runtime.rewrite(turn) for turn in asked]
    assert {(each.text, each.layer, each.release, each.arm) for each in decisions} == {
        ("set the desk lamp to 40 percent", "taught", 3, None)
    }
    # A fifth of what was learnt is held out in the same release.
    others = [home.runtime.rewrite(Turn(turn_id=f"t{n}", started=0, request="turn of the lamp")) for n in range(60)]
    assert "holdout" in {each.arm for each in others}


def test_teaching_opens_no_release_again(home):
    home.store.set_release_in_use(1)
    decider = home.runtime.decider
    teach(home)
    assert home.runtime.rewrite("study mode", user="u").changed
    assert home.runtime.decider is decider


@pytest.mark.parametrize("means", ["turn off all lights", "don't play music", "turn on the lamp"])
def test_what_was_said_on_purpose_is_not_measured_against_the_phrase(means, home):
    teach(home, "lights off", means)
    assert home.runtime.rewrite("lights off", user="u").text == means


@pytest.mark.parametrize("means", ["unlock the front door", "buy milk", "call the neighbours", "disarm the alarm"])
def test_what_opens_the_house_buys_or_calls_is_asked_about_each_time(means, home):
    lesson = teach(home, "good evening", means)
    decision = home.runtime.rewrite("good evening", user="u")
    assert (decision.text, decision.changed) == ("good evening", False)
    assert (decision.ask, decision.ask_each_time, decision.ask_layer) == (means, True, "taught")
    # Neither a yes nor a no is evidence for or against what was said on purpose.
    assert (decision.applied.layer, decision.rewrite_id) == ("taught", lesson.id)
    assert "which the request did not ask for; this user taught that “good evening” means" in decision.why


def test_a_phrase_that_says_what_it_does_is_not_asked_about(home):
    teach(home, "open up the front door", "open the front door")
    assert home.runtime.rewrite("open up the front door", user="u").changed


@pytest.mark.parametrize(
    ("means", "reason"),
    [("yes please", 'answer for the user: "yes'), ("open the safe", '"safe" is on the blocklist')],
)
def test_what_a_guardrail_forbids_is_left_as_it_is(means, reason, home):
    runtime = Runtime(home.store, home.releases, blocked=["safe"])
    lesson = teach(home, means=means)
    if means == "yes please":
        lesson = teach(home, means="yes", at=1)
    decision = runtime.rewrite("study mode", user="u")
    assert (decision.text, decision.layer) == ("study mode", "leave")
    assert reason in decision.why
    assert reason in runtime.objection(lesson)


def test_a_withdrawn_lesson_is_left_as_it_is_with_and_without_a_release(home):
    lesson = teach(home)
    assert home.runtime.rewrite("study mode", user="u").changed
    home.store.withdraw(lesson.id, "the lamp is gone")
    for release in (None, 1):
        home.store.set_release_in_use(release)
        decision = home.runtime.rewrite("study mode", user="u")
        assert (decision.changed, decision.release) == (False, release)
        assert decision.why.endswith("was taught and refused: it was withdrawn: the lamp is gone")


def test_what_was_applied_is_logged_with_the_turn(home):
    lesson = teach(home)
    decision = home.runtime.rewrite("Study mode", user="u", at=NOW)
    home.runtime.observe(Turn(turn_id="t", started=NOW, request=decision.text, user_id="u"), decision)
    assert home.store.turn("t").applied_rewrite == AppliedRewrite(
        id=lesson.id, source="Study mode", target=lesson.means, layer="taught", propensity=1.0
    )


def test_a_turn_under_way_is_looked_up_by_what_was_heard(home):
    teach(home)
    turn = Turn(turn_id="t", started=NOW, request="study mode", user_id="u", device_id="d")
    assert home.runtime.rewrite(turn).layer == "taught"


def test_a_request_longer_than_any_that_is_looked_at_holds_no_lesson(home):
    teach(home)
    assert home.runtime.rewrite("study mode " + "please " * 50, user="u").changed
    assert not home.runtime.rewrite("study mode " + "please " * 2_900, user="u").changed


def test_a_lesson_counts_in_its_language_alone_and_one_without_a_language_in_every(home):
    def asked(request, language):
        turn = Turn(turn_id="t", started=0, request=request, user_id="u", language=language)
        return home.runtime.rewrite(turn).text

    for phrase, means, language in (
        ("rust", "licht uit", "nl"),
        ("rust", "licht aus", "de"),
        ("work", "lamp on", None),
        # In no language without a pack is it judged by anything but the user's blocklist.
        ("zapp", "zupp", "xx"),
    ):
        home.store.teach(Taught(user_id="u", phrase=phrase, means=means, at=0, language=language))
    for language, text in (("nl", "licht uit"), ("nl-BE", "licht uit"), ("de-AT", "licht aus"), ("en", "rust")):
        assert asked("rust", language) == text
    assert [asked("rust", language) for language in (None, "*")] == ["rust", "rust"]
    assert {asked("work", language) for language in ("nl", "en", "xx", "*", None)} == {"lamp on"}
    assert (asked("zapp", "xx"), asked("zapp", "en")) == ("zupp", "zapp")


def test_the_language_of_a_request_that_states_none_is_that_of_the_release(home, worlds):
    home.store.teach(Taught(user_id="u", phrase="rust", means="lamp off", at=0, language="en"))
    assert not home.runtime.rewrite("rust", user="u").changed
    log = [msgspec.structs.replace(turn, language="en") for turn in worlds.misheard(users=3)]
    learnt = learn(log, LearnSettings(holdout=0.0))
    number = write_release(home.releases, learnt.manifest, learnt.files).number
    home.store.set_release_in_use(number)
    assert home.runtime.rewrite("rust", user="u").text == "lamp off"
