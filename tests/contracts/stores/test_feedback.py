"""Feedback that comes after its turn was logged, or before."""

import msgspec
import pytest

from sayagain.errors import TurnError
from sayagain.turns import FeedbackReport, Turn


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


UP, DOWN = FeedbackReport(kind="thumbs", value=1), FeedbackReport(kind="thumbs", value=0)


def test_late_feedback_is_part_of_the_turn_wherever_it_comes_from(store):
    own = FeedbackReport(kind="correction", text="the other lamp")
    given = FeedbackReport(kind="helped", value=0, at=2_000_000_000_000)
    store.add_turns([turn("a", 1, user_id="u", device_id="d", feedback=(own, given)), turn("b", 2)])
    assert store.add_feedback("a", UP, 2_000_000_000_001)
    assert store.add_feedback("a", DOWN, 1_999_999_999_999)
    assert store.add_feedback("c", UP, 2_000_000_000_002)
    expected = (
        own,
        msgspec.structs.replace(DOWN, at=1_999_999_999_999),
        given,
        msgspec.structs.replace(UP, at=2_000_000_000_001),
    )
    assert store.turn("a").feedback == expected
    assert [each.feedback for each in store.turns()] == [expected, ()]
    assert store.session_tail("u", "d", 5, 1)[0].feedback == expected
    # The turn comes after what was said of it.
    store.add_turns([turn("c", 3)])
    assert store.turn("c").feedback == (msgspec.structs.replace(UP, at=2_000_000_000_002),)


def test_feedback_sent_again_is_kept_once(store):
    store.add_turns([turn("a")])
    assert store.add_feedback("a", UP, 2_000_000_000_000)
    assert not store.add_feedback("a", UP, 2_000_000_000_000)
    assert store.add_feedback("a", DOWN, 2_000_000_000_001)
    # Without a time of its own it may be the user's last word as well as a second try: the later time counts.
    assert not store.add_feedback("a", UP, 2_000_000_000_002)
    assert not store.add_feedback("a", UP, 2_000_000_000_001)
    assert [(each.value, each.at) for each in store.turn("a").feedback] == [
        (0, 2_000_000_000_001),
        (1, 2_000_000_000_002),
    ]


def test_feedback_with_a_time_of_its_own_is_another_at_another_time(store):
    store.add_turns([turn("a", feedback=(msgspec.structs.replace(UP, at=2_000_000_000_000),))])
    for at in (2_000_000_000_000, 2_000_000_000_005, 2_000_000_000_005):
        store.add_feedback("a", msgspec.structs.replace(UP, at=at), 1)
    assert [each.at for each in store.turn("a").feedback] == [2_000_000_000_000, 2_000_000_000_005]
    assert store.add_feedback("a", UP)
    assert store.turn("a").feedback[0].at != store.turn("a").feedback[-1].at > 1_700_000_000_000


@pytest.mark.parametrize(
    ("turn_id", "report", "sentence"),
    [
        ("", UP, "turn '': \"turn_id\" is empty"),
        ("a", FeedbackReport(kind="thumbs", value=2), "turn 'a': \"feedback[0].value\" is 2"),
        ("a", FeedbackReport(kind="rating", value=float("nan")), "turn 'a': \"feedback[0].value\" is"),
        ("a", FeedbackReport(kind="thumbs", at=1_769_846_400), "turn 'a': \"feedback[0].at\" is 1769846400, which"),
        ("a", FeedbackReport(kind="correction", text="\ud83d"), "turn 'a': a text holds half a surrogate pair"),
    ],
)
def test_feedback_that_no_turn_could_hold_is_refused(turn_id, report, sentence, store):
    with pytest.raises(TurnError) as caught:
        store.add_feedback(turn_id, report)
    assert str(caught.value).startswith(sentence)
