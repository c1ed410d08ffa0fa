"""Lessons: found by user, phrase and language; the newest counts."""

import msgspec

from sayagain.teaching import Taught

from .conftest import taught


def test_a_lesson_is_found_by_its_user_and_phrase_alone(store):
    study, work = taught("Study mode!", "lamp to 40 %"), taught("work", "radio on")
    for each in (work, study, taught("study mode", "all off", user="v")):
        assert store.teach(each)
    assert store.taught("u") == [study, work]
    assert store.taught("u", "please study-mode") == [study]
    assert store.taught("u", "study") == store.taught("w") == store.taught("w", "work") == []


def test_a_newer_lesson_supersedes_an_older_one_and_never_the_other_way_round(store):
    old, new = taught("study mode", "lamp on", at=5), taught("Study mode", "lamp off", at=6)
    assert store.teach(old)
    assert store.teach(new)
    assert not store.teach(old)
    assert store.taught("u") == [new]
    assert store.teach(new)
    # At the same time the one that comes later is the later one.
    same = taught("study mode", "radio on", at=6)
    assert store.teach(same)
    assert store.taught("u") == [same]


def test_a_lesson_can_be_forgotten(store):
    store.teach(taught("study mode", "lamp on"))
    store.teach(taught("study mode", "lamp on", user="v"))
    assert store.forget_taught("u", "Study mode, please")
    assert not store.forget_taught("u", "study mode")
    assert store.taught("u") == []
    assert len(store.taught("v")) == 1


def test_one_phrase_may_mean_something_else_in_each_language(store):
    every, german, dutch = (
        Taught(user_id="u", phrase="Rust!", means=means, at=3, language=language)
        for means, language in (("lamp off", None), ("licht aus", "de"), ("licht uit", "nl"))
    )
    other = Taught(user_id="u", phrase="rust mode", means="lamp on", at=3)
    for lesson in (dutch, other, every, german):
        assert store.teach(lesson)
    assert store.taught("u", "please, rust") == [every, german, dutch]
    assert store.taught("u") == [every, german, dutch, other]
    assert not store.teach(msgspec.structs.replace(german, means="radio an", at=2))
    newer = msgspec.structs.replace(german, means="radio an", at=4)
    assert store.teach(newer)
    assert store.taught("u", "rust") == [every, newer, dutch]
    assert store.forget_taught("u", "rust")
    assert store.taught("u") == [other]
