import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.cli import labels as command
from sayagain.labels import SURE, UNKNOWN, Judgement, Label, curate
from sayagain.turns import Hypothesis, Nlu, Response, Slot, Turn

OFF = Hypothesis(intent="Off", slots=(Slot("name", "lamp"),))
ON = Hypothesis(intent="On", slots=(Slot("name", "lamp"),))


def judged(number, user, meant, *, read=None, heard="turn of the lamp", words=None, probability=0.8, weight=1.0):
    """Return a turn with hypothesis `read` (None: not understood), and a judgement with the weak label `meant`."""
    turn = Turn(
        turn_id=f"t{number}",
        started=number,
        request=heard,
        user_id=user,
        nlu=None if read is None else Nlu(ranking=(read,)),
        response=Response(type="error", error_code="no_intent_match") if read is None else None,
    )
    label = Label(
        turn_id=turn.turn_id,
        hypothesis=meant,
        words=words,
        provenance="rephrased",
        probability=probability,
        weight=weight,
    )
    return turn, Judgement(turn_id=turn.turn_id, p_defect=0.9, defect=read is None, label=label)


def test_words_that_failed_for_two_users_are_an_example():
    (example,) = curate(
        [judged(1, "a", OFF, words="Turn off the lamp"), judged(2, "b", OFF, words="turn off the lamp")]
    )
    assert (example.text, example.hypothesis, example.works) == ("turn of the lamp", OFF, "turn off the lamp")
    assert (example.times, example.users, example.provenance) == (2, 2, "rephrased")
    assert example.probability > 0.8


def test_nothing_of_one_user_is_taught():
    assert curate([judged(n, "a", OFF) for n in range(9)]) == []
    assert len(curate([judged(n, "a", OFF) for n in range(9)], min_users=1)) == 1


def test_words_that_only_one_user_said_instead_stay_with_that_user():
    secret = "turn off grandma's lamp"
    (example,) = curate([judged(1, "a", OFF, words=secret), judged(2, "b", OFF, words="turn off the lamp")])
    assert example.works is None


def test_where_nobody_knows_who_spoke_each_session_counts():
    turns = [judged(n, None, OFF) for n in range(2)]
    assert curate(turns) == []


def test_one_user_is_one_sign_however_often():
    once = curate([judged(1, "a", OFF), judged(2, "b", OFF)])
    often = curate([*(judged(n, "a", OFF) for n in range(50)), judged(60, "b", OFF)])
    assert once[0].probability == often[0].probability


@pytest.mark.parametrize(
    "other",
    [
        judged(3, "c", ON),
        judged(3, "c", ON, read=ON),
    ],
)
def test_those_who_meant_something_else_count_against(other):
    sure = curate([judged(1, "a", OFF), judged(2, "b", OFF)])
    doubtful = curate([judged(1, "a", OFF), judged(2, "b", OFF), other])
    assert doubtful == [] or doubtful[0].probability < sure[0].probability


def test_a_room_that_was_filled_in_from_where_it_was_said_is_no_part_of_the_meaning():
    turns = []
    for number, room in enumerate(("den", "living_room")):
        turn, judgement = judged(number, f"u{number}", Hypothesis(intent="Pause", slots=(Slot("area", room),)))
        turns.append((msgspec.structs.replace(turn, area=room), judgement))
    (example,) = curate(turns)
    assert (example.hypothesis.key, example.here, example.users) == ("Pause|", True, 2)
    elsewhere = [(msgspec.structs.replace(turn, area="attic"), judgement) for turn, judgement in turns]
    assert curate(elsewhere) == []


def test_words_that_are_understood_as_they_are_meant_need_no_teaching():
    assert curate([judged(n, user, OFF, read=OFF) for n, user in enumerate("abc")]) == []


@pytest.mark.parametrize(
    "label", [{"meant": UNKNOWN}, {"meant": OFF, "weight": 0.5}, {"meant": OFF, "probability": 0.6}]
)
def test_a_label_that_is_not_verified_teaches_nothing(label):
    assert curate([judged(n, user, **label) for n, user in enumerate("abc")], sure=0) == []


def test_a_turn_without_a_label_teaches_nothing():
    turn, judgement = judged(1, "a", OFF)
    assert curate([(turn, Judgement(turn_id="t1", p_defect=judgement.p_defect, defect=True))], min_users=1) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from([OFF, ON]),
            st.sampled_from([None, OFF, ON]),
            st.floats(0, 1),
            st.sampled_from(["lamp of", "Lamp of!", "lump off"]),
        ),
        max_size=12,
    ),
    st.floats(0, 1),
)
def test_whatever_was_said_few_and_unsure_ones_are_never_given(check_examples, turns, sure):
    log = [
        judged(n, user, meant, read=read, probability=probability, heard=heard)
        for n, (user, meant, read, probability, heard) in enumerate(turns)
    ]
    check_examples(curate, log, sure)


def test_the_command_line_names_the_same_least_probability():
    assert command.labels.__kwdefaults__["sure"] == SURE


def test_the_same_words_in_two_languages_are_two_examples():
    def judged_in(number, user, meant, language):
        turn, judgement = judged(number, user, meant)
        return msgspec.structs.replace(turn, language=language), judgement

    log = [
        judged_in(1, "a", OFF, "de"),
        judged_in(2, "b", OFF, "de-AT"),
        judged_in(3, "a", ON, "en"),
        judged_in(4, "b", ON, "en-GB"),
    ]
    intents = {example.language: example.hypothesis.intent for example in curate(log)}
    assert intents == {"de": "Off", "en": "On"}
    assert {example.tag for example in curate([*log, judged_in(5, "c", OFF, "de-AT")])} == {"de-AT", "en"}
    # One user each is not enough, however many speak other languages.
    assert curate(log[1:3]) == []
    (unknown,) = curate([judged_in(1, "a", OFF, "*"), judged_in(2, "b", OFF, None)])
    assert unknown.language is None
