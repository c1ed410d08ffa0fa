from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import UNKNOWN, Judgement, Label, collect_understood
from sayagain.turns import NOTHING, Hypothesis, Nlu, Response, Slot, Turn, said

OFF = Hypothesis(intent="Off", slots=(Slot("name", "lamp"),), confidence=0.7)
ON = Hypothesis(intent="On", slots=(Slot("name", "lamp"),))


def judged(number, user, read=OFF, *, heard="lamp off", p_defect=0.1, meant=None, failed=False, area=None):
    """Return a turn with hypothesis `read`, and its judgement; with a label if `meant` is given."""
    turn = Turn(
        turn_id=f"t{number}",
        started=number,
        request=heard,
        user_id=user,
        area=area,
        nlu=None if read is None else Nlu(ranking=(read,)),
        response=Response(type="error", error_code="no_intent_match") if failed else None,
    )
    label = None
    if meant is not None:
        label = Label(turn_id=turn.turn_id, hypothesis=meant, provenance="moved on", probability=0.8, weight=1.0)
    return turn, Judgement(turn_id=turn.turn_id, p_defect=p_defect, defect=p_defect >= 0.5, label=label)


def test_words_that_worked_for_two_users_are_given_and_marked():
    (example,) = collect_understood([judged(1, "a", meant=OFF), judged(2, "b", heard="Lamp off!")])
    assert (example.text, example.hypothesis.key, example.hypothesis.confidence) == ("lamp off", OFF.key, None)
    assert (example.times, example.users, example.understood, example.works) == (2, 2, True, None)
    assert example.provenance == "judged, moved on"


def test_nothing_of_one_user_is_given():
    assert collect_understood([judged(n, "a") for n in range(9)]) == []
    assert len(collect_understood([judged(n, "a") for n in range(9)], min_users=1)) == 1


def test_what_failed_was_not_read_or_is_words_alone_is_not_given():
    turns = [{"p_defect": 0.9}, {"failed": True}, {"read": None}, {"read": said("lamp off")}]
    for turn in [*turns, {"read": NOTHING, "failed": True}, {"read": NOTHING, "p_defect": 0.9}]:
        assert collect_understood([judged(n, user, **turn) for n, user in enumerate("abc")], sure=0) == []


def test_words_that_ask_for_nothing_are_worth_knowing_too():
    (example,) = collect_understood([judged(n, user, NOTHING, heard="okay") for n, user in enumerate("ab")])
    assert (example.text, example.hypothesis, example.understood) == ("okay", NOTHING, True)


def test_those_who_meant_something_else_count_against():
    sure = collect_understood([judged(1, "a", p_defect=0.4), judged(2, "b", p_defect=0.4)], sure=0)
    doubtful = collect_understood(
        [judged(1, "a", p_defect=0.4), judged(2, "b", p_defect=0.4), judged(3, "c", meant=ON)], sure=0
    )
    assert sure[0].hypothesis.key == OFF.key
    assert doubtful == []


def test_a_room_that_was_not_said_is_here():
    pause = [Hypothesis(intent="Pause", slots=(Slot("area", room),)) for room in ("den", "attic")]
    turns = [judged(n, user, pause[n], heard="pause", area=pause[n].slots[0].value) for n, user in enumerate("ab")]
    (example,) = collect_understood(turns)
    assert (example.hypothesis.key, example.here, example.users) == ("Pause|", True, 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from([None, NOTHING, OFF, ON]),
            st.sampled_from([None, OFF, ON, UNKNOWN]),
            st.floats(0, 1),
            st.booleans(),
        ),
        max_size=12,
    ),
    st.floats(0, 1),
)
def test_whatever_was_said_few_and_unsure_ones_are_never_given(check_examples, turns, sure):
    log = [
        judged(n, user, read, meant=meant, p_defect=p, failed=failed)
        for n, (user, read, meant, p, failed) in enumerate(turns)
    ]
    check_examples(collect_understood, log, sure)
