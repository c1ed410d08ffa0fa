"""The state machine of the exchange: nothing is kept without a yes, and no input can block it."""

from hypothesis import given
from hypothesis import strategies as st

from sayagain.teaching import (
    EXCHANGE_LIFETIME,
    Exchange,
    Reading,
    Refusal,
    Taught,
    TeachingRequest,
    exchange_place,
    next_step,
)
from sayagain.turns import Turn

LESSON = Taught(user_id="u", phrase="study mode", means="dim the lamp", at=0)
TEACHES = TeachingRequest(kind="lesson", readings=(Reading("study mode", "dim the lamp"),))
REFUSED = Refusal(kind="unknown", phrase="a", means="b", why="no")


def pending(at=0, lesson=LESSON):
    return Exchange(place="p", opened=at, expires=at + EXCHANGE_LIFETIME, lesson=lesson)


def step(waiting=None, request=None, answer=None, now=1, proposed=LESSON):
    return next_step(waiting, request, answer, now, lambda _: proposed)


def test_a_lesson_is_asked_about_and_kept_after_a_yes():
    assert step(request=TEACHES).kind == "ask"
    kept = step(pending(), answer="yes")
    assert (kept.kind, kept.lesson) == ("store", LESSON)


def test_a_no_keeps_nothing_and_anything_else_passes():
    assert step(pending(), answer="no").kind == "decline"
    assert step(pending()).kind == "pass"
    assert step(answer="yes").kind == step(answer="no").kind == "pass"


def test_another_lesson_takes_the_place_of_the_question():
    other = Taught(user_id="u", phrase="work", means="lamp on", at=0)
    assert step(pending(), request=TEACHES, proposed=other).lesson == other


def test_what_cannot_be_kept_is_refused_and_what_is_none_after_all_passes():
    assert step(request=TEACHES, proposed=REFUSED).refusal == REFUSED
    assert step(request=TEACHES, proposed=None).kind == "pass"
    # A "no, …" that is no lesson may still answer the question.
    assert step(pending(), request=TEACHES, answer="no", proposed=None).kind == "decline"


def test_a_yes_that_comes_too_late_or_from_before_is_none():
    assert step(pending(), answer="yes", now=EXCHANGE_LIFETIME).kind == "store"
    assert step(pending(), answer="yes", now=EXCHANGE_LIFETIME + 1).kind == "pass"
    assert step(pending(at=10), answer="yes", now=9).kind == "pass"


def test_the_place_of_a_question_is_the_device_of_the_speaker():
    def place(**fields):
        return exchange_place(Turn(turn_id="t", started=0, request="yes", **fields))

    assert place() is None
    assert place(device_id="d") == place(device_id="d", conversation_id="c")
    assert len({place(device_id="d"), place(device_id="e"), place(user_id="d"), place(home="h", device_id="d")}) == 4
    assert place(device_id="d", user_id="u") != place(device_id="d", user_id="v")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, TEACHES, TeachingRequest(kind="list"), TeachingRequest(kind="forget")]),
            st.sampled_from([None, "yes", "no"]),
            st.sampled_from([LESSON, REFUSED, None]),
            st.integers(0, 2 * EXCHANGE_LIFETIME),
        ),
        max_size=12,
    )
)
def test_nothing_is_kept_without_a_yes_to_the_question_just_before(inputs):
    waiting, now = None, 0
    for request, answer, proposed, pause in inputs:
        now += pause
        made = step(waiting, request, answer, now, proposed)
        if made.kind == "store":
            assert answer == "yes"
            assert waiting is not None
            assert made.lesson == waiting.lesson
            assert pause <= EXCHANGE_LIFETIME
        if made.kind in {"store", "decline"}:
            assert answer is not None
        # What neither teaches nor answers passes, whatever waits.
        if request is None and answer is None:
            assert made.kind == "pass"
        waiting = pending(now) if made.kind == "ask" else None
