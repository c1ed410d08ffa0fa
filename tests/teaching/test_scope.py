from sayagain.teaching import LessonOwner, Taught, lesson_of_owner, lesson_owners, teaching_owner
from sayagain.turns import Turn


def turn(**fields):
    return Turn(turn_id="t", started=0, request="x", **fields)


def test_an_identified_user_teaches_for_themselves_and_others_for_their_home():
    assert teaching_owner(turn(user_id="ann", home="hut", device_id="d")) == LessonOwner.person("ann")
    assert teaching_owner(turn(home="hut", device_id="d"), "device") == LessonOwner.household("hut")
    assert teaching_owner(turn(device_id="d")) == LessonOwner.household(None)


def test_unidentified_speakers_who_may_be_strangers_teach_for_their_device_alone():
    assert teaching_owner(turn(device_id="d"), "device") == LessonOwner.device(None, "d")
    assert teaching_owner(turn(), "device") is None
    assert lesson_owners(turn(), "device") == []


def test_an_identified_user_of_a_log_without_homes_shares_nothing_with_unidentified_speakers():
    assert lesson_owners(turn(user_id="ann")) == [LessonOwner.person("ann")]


def test_no_user_and_no_device_is_mistaken_for_a_home():
    names = {
        LessonOwner.person("hut"),
        LessonOwner.household("hut"),
        LessonOwner.device("hut", ""),
        LessonOwner.device("", "hut"),
    }
    assert len(names) == 4


def test_a_lesson_has_the_owner_that_it_was_made_for():
    for owner in (
        LessonOwner.person("u"),
        LessonOwner.household("hut"),
        LessonOwner.household(None),
        LessonOwner.device("hut", "d"),
    ):
        lesson = lesson_of_owner(owner, user_id=None, phrase="a", means="b", at=0)
        assert lesson.owner == owner


def test_lessons_of_two_owners_have_two_ids_and_that_of_a_person_is_what_it_always_was():
    lessons = [
        Taught(user_id="u", phrase="a", means="b", at=0),
        Taught(scope="household", home="u", phrase="a", means="b", at=0),
        Taught(scope="device", device_id="u", phrase="a", means="b", at=0),
    ]
    assert len({lesson.id for lesson in lessons}) == 3
    assert lessons[0].id == "53ba834e3013"
