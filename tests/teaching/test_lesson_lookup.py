import pytest

from sayagain.languages import language_pack
from sayagain.teaching import Taught, find_lesson


def known(**lessons):
    taught = [
        Taught(user_id="u", phrase=phrase.replace("_", " "), means=means, at=0) for phrase, means in lessons.items()
    ]
    return {lesson.key: lesson for lesson in taught}.get


def means(request, **lessons):
    match = find_lesson(request, known(**lessons))
    return None if match is None else match.means


@pytest.mark.parametrize("request_", ["study mode", "Study mode, please!", "could you please study mode"])
def test_the_whole_request_is_the_phrase(request_):
    assert means(request_, study_mode="Lamp to 40 %") == "Lamp to 40 %"


@pytest.mark.parametrize(
    ("request_", "language"),
    [
        ("start study mode", "en"),
        ("could you do study mode, if you would", "en"),
        ("it's time for study mode please", "en"),
        ("starte bitte study mode", "de"),
        ("lance study mode", "fr"),
    ],
)
def test_a_phrase_is_used_with_a_verb_that_says_no_more(request_, language):
    assert find_lesson(request_, known(study_mode="lamp on"), language_pack(language)).means == "lamp on"


@pytest.mark.parametrize(
    "request_", ["stop study mode", "turn off study mode", "do not start study mode", "is study mode on", "start"]
)
def test_another_verb_is_no_use(request_):
    assert find_lesson(request_, known(study_mode="lamp on", start_it="lamp off"), language_pack("en")) is None


@pytest.mark.parametrize("request_", ["study", "study mode now", "turn on study mode", "studymode", "", "?"])
def test_a_part_or_more_is_not(request_):
    assert means(request_, study_mode="lamp on") is None


def test_a_meaning_that_was_taught_is_followed():
    match = find_lesson("work", known(work="Study mode!", study_mode="lamp on"))
    assert (match.lesson.phrase, match.means) == ("work", "lamp on")


def test_lessons_that_lead_to_each_other_mean_nothing():
    assert means("a", a="b", b="c", c="b") is None
    assert means("a", a="b", b="a") is None
