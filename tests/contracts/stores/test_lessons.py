"""Lessons: found by user, phrase and language; the newest counts."""

import msgspec

from sayagain.teaching import EXCHANGE_LIFETIME, Exchange, LessonOwner, Preference, Taught, make_preference

from .conftest import person, taught, waiting


def test_a_lesson_is_found_by_its_user_and_phrase_alone(store):
    study, work = taught("Study mode!", "lamp to 40 %"), taught("work", "radio on")
    for each in (work, study, taught("study mode", "all off", user="v")):
        assert store.teach(each)
    assert store.taught([person("u")]) == [study, work]
    assert store.taught([person("u")], "please study-mode") == [study]
    assert (
        store.taught([person("u")], "study") == store.taught([person("w")]) == store.taught([person("w")], "work") == []
    )


def test_a_newer_lesson_supersedes_an_older_one_and_never_the_other_way_round(store):
    old, new = taught("study mode", "lamp on", at=5), taught("Study mode", "lamp off", at=6)
    assert store.teach(old)
    assert store.teach(new)
    assert not store.teach(old)
    assert store.taught([person("u")]) == [new]
    assert store.teach(new)
    # At the same time the one that comes later is the later one.
    same = taught("study mode", "radio on", at=6)
    assert store.teach(same)
    assert store.taught([person("u")]) == [same]


def test_a_lesson_can_be_forgotten(store):
    store.teach(taught("study mode", "lamp on"))
    store.teach(taught("study mode", "lamp on", user="v"))
    assert store.forget_taught(person("u"), "Study mode, please")
    assert not store.forget_taught(person("u"), "study mode")
    assert store.taught([person("u")]) == []
    assert len(store.taught([person("v")])) == 1


def test_one_phrase_may_mean_something_else_in_each_language(store):
    every, german, dutch = (
        Taught(user_id="u", phrase="Rust!", means=means, at=3, language=language)
        for means, language in (("lamp off", None), ("licht aus", "de"), ("licht uit", "nl"))
    )
    other = Taught(user_id="u", phrase="rust mode", means="lamp on", at=3)
    for lesson in (dutch, other, every, german):
        assert store.teach(lesson)
    assert store.taught([person("u")], "please, rust") == [every, german, dutch]
    assert store.taught([person("u")]) == [every, german, dutch, other]
    assert not store.teach(msgspec.structs.replace(german, means="radio an", at=2))
    newer = msgspec.structs.replace(german, means="radio an", at=4)
    assert store.teach(newer)
    assert store.taught([person("u")], "rust") == [every, newer, dutch]
    assert store.forget_taught(person("u"), "rust")
    assert store.taught([person("u")]) == [other]


HOUSEHOLD, HUT, KITCHEN = (
    LessonOwner.household(None),
    LessonOwner.household("hut"),
    LessonOwner.device("hut", "kitchen"),
)


def test_a_lesson_is_found_by_its_scope_and_never_by_a_user_who_is_named_like_it(store):
    lessons = [
        Taught(scope="household", phrase="study mode", means="lamp on", at=0),
        Taught(scope="household", home="hut", user_id="u", phrase="study mode", means="lamp off", at=0),
        Taught(scope="device", home="hut", device_id="kitchen", phrase="study mode", means="oven on", at=0),
    ]
    for lesson in lessons:
        assert store.teach(lesson)
    assert [store.taught([owner]) for owner in (HOUSEHOLD, HUT, KITCHEN)] == [[lesson] for lesson in lessons]
    assert store.taught([person("u")]) == store.taught([person("hut")]) == store.taught([person("")]) == []
    assert store.taught([HUT, KITCHEN], "study-mode") == [lessons[2], lessons[1]]
    assert store.taught([], "study mode") == []
    assert store.forget_taught(HUT, "study mode")
    assert store.taught([HOUSEHOLD, HUT]) == [lessons[0]]


def test_a_lesson_keeps_its_steps_and_what_was_said(store):
    lesson = msgspec.structs.replace(
        taught("study mode", "a and b"), steps=("a", "b"), source=("when I say \x00 study mode, a and b", "yes")
    )
    store.teach(lesson)
    assert store.taught([person("u")]) == [lesson]


def test_names_come_with_any_phrase_where_they_are_asked_for(store):
    name = msgspec.structs.replace(taught("reading light", "the desk lamp"), is_name=True)
    study = taught("study mode", "lamp on")
    store.teach(name)
    store.teach(study)
    assert store.taught([person("u")], "study mode", names=True) == [name, study]
    assert store.taught([person("u")], "study mode") == [study]
    assert store.taught([person("v")], "study mode", names=True) == []


def test_an_exchange_is_taken_once_and_a_newer_one_takes_its_place(store):
    assert store.take_exchange("p") is None
    store.open_exchange(waiting())
    store.open_exchange(waiting(opened=5))
    assert store.take_exchange("q") is None
    assert store.take_exchange("p") == waiting(opened=5)
    assert store.take_exchange("p") is None


def test_exchanges_that_are_over_and_those_of_a_forgotten_user_go(store):
    store.open_exchange(waiting("old"))
    store.open_exchange(waiting("other", user="v", opened=EXCHANGE_LIFETIME))
    store.open_exchange(waiting("new", opened=EXCHANGE_LIFETIME + 2))
    assert store.take_exchange("old") is None
    store.forget_user("u")
    assert store.take_exchange("new") is None
    assert store.take_exchange("other") is not None


def test_what_a_forgotten_user_taught_the_household_goes_and_what_others_taught_it_stays(store):
    own = Taught(scope="household", home="hut", user_id="u", phrase="a", means="b", at=0)
    other = Taught(scope="household", home="hut", phrase="c", means="d", at=0)
    store.teach(own)
    store.teach(other)
    assert store.forget_user("u").taught == 1
    assert store.taught([HUT]) == [other]


def test_a_preference_is_kept_with_its_lesson_and_forgotten_alone(store):
    jazz, rock = (
        make_preference(Preference(domain="music", slot="genre", value=value), 1, owner=person("u"), user_id="u")
        for value in ("jazz", "rock")
    )
    phrase = taught("music", "radio on")
    for lesson in (jazz, rock, phrase):
        assert store.teach(lesson)
    assert store.taught([person("u")]) == [phrase, jazz, rock]
    # No phrase finds a preference.
    assert store.taught([person("u")], "music: genre: jazz") == []
    assert store.taught([person("u")], "music") == [phrase]
    assert store.forget_lesson(jazz)
    assert not store.forget_lesson(jazz)
    assert store.taught([person("u")]) == [phrase, rock]
    assert store.forget_user("u").taught == 2


def test_a_question_of_an_interview_is_its_speakers(store):
    asked = Exchange(place="p", opened=1, expires=9, asks="music", speaker="u", interview=("food",))
    store.open_exchange(asked)
    assert store.take_exchange("p") == asked
    store.open_exchange(asked)
    store.forget_user("u")
    assert store.take_exchange("p") is None
