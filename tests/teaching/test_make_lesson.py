import pytest

from sayagain.errors import InputError, LessonError
from sayagain.teaching import Taught, make_lesson


def taught(phrase, means, user="u"):
    return Taught(user_id=user, phrase=phrase, means=means, at=0)


def test_a_lesson_keeps_the_words_to_the_letter():
    lesson = make_lesson("u", " Study mode ", "Set the desk lamp to 40 %.\n", 7)
    assert lesson == Taught(user_id="u", phrase="Study mode", means="Set the desk lamp to 40 %.", at=7)


@pytest.mark.parametrize(
    ("user", "phrase", "means", "sentence"),
    [
        (" ", "a", "b", "the user is empty; expected words"),
        ("u", "", "b", "the phrase is empty; expected words"),
        ("u", "a", "\n", "the meaning is empty; expected words"),
        ("u", "?!", "b", "the phrase is “?!”, which holds no word; expected words that can be said"),
        ("u", "a", "…", "the meaning is “…”, which holds no word; expected words that can be said"),
        ("u", "a" * 201, "b", "the phrase is 201 characters long; expected 200 at most"),
        ("u", "a", "b" * 1001, "the meaning is 1,001 characters long; expected 1,000 at most"),
        ("u", "\ud83d", "b", "the phrase holds half a surrogate pair; expected valid Unicode"),
        (
            "u",
            "Lamp on",
            "lamp-on, please",
            "“Lamp on” and “lamp-on, please” are the same request; expected what it means",
        ),
        (
            "u",
            "study mode",
            "turn on study mode",
            "“turn on study mode” holds “study mode” itself, so it would refer to",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(user, phrase, means, sentence):
    with pytest.raises(LessonError) as caught:
        make_lesson(user, phrase, means, 0)
    assert str(caught.value).startswith(sentence)
    assert isinstance(caught.value, InputError)


def test_a_phrase_inside_another_word_is_no_phrase():
    assert make_lesson("u", "art", "start the radio", 0).key == "art"


def test_a_meaning_may_be_another_taught_phrase():
    assert make_lesson("u", "work", "study mode", 0, [taught("study mode", "lamp on")]).means == "study mode"


def test_a_circle_is_refused_however_long():
    lessons = [taught("b", "start c"), taught("c", "start d"), taught("d", "say a twice"), taught("e", "b")]
    with pytest.raises(LessonError, match="“play b” leads back to “a”: “b” was taught to mean “start c”, and “c” was"):
        make_lesson("u", "a", "play b", 0, lessons)
    with pytest.raises(LessonError, match="leads back"):
        make_lesson("u", "a", "e", 0, lessons)


def test_a_circle_that_a_newer_lesson_breaks_is_none():
    # The lesson about "a" that is superseded must not count against the one that supersedes it.
    assert make_lesson("u", "a", "lamp on", 0, [taught("a", "b"), taught("b", "a c")]).means == "lamp on"


def test_circles_elsewhere_and_other_users_lessons_do_not_matter():
    lessons = [taught("b", "c"), taught("c", "b"), taught("x", "a", user="v")]
    assert make_lesson("u", "a", "b and x", 0, lessons).key == "a"
