import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import Judgement, Label
from sayagain.labels.curation.frame_examples import (
    FEW,
    FRAMED,
    RELIABILITY,
    SURELY,
    Spoken,
    agreement,
    chance,
    read_frames,
)
from sayagain.labels.frames.decoding import DecodedSlot
from sayagain.labels.frames.labeller import FrameLabel
from sayagain.turns import Hypothesis, Nlu, Response, Session, Slot, Turn

OFF = Hypothesis(intent="Off", slots=(Slot("name", "living_room_lamp"),))
ALL_OFF = Hypothesis(intent="Off", slots=(Slot("area", "kitchen"), Slot("domain", "light")))


def frame(intent="Off", probability=1.0, source="said", **slots):
    found = tuple(
        DecodedSlot(name=name, value=value, probability=1.0, source=source) for name, value in sorted(slots.items())
    )
    return FrameLabel(turn_id="t", intents=(intent,), probability=probability, slots=found)


def turn(number, heard, read=None, user="u", area=None):
    return Turn(
        turn_id=f"t{number}",
        started=number,
        request=heard,
        user_id=user,
        area=area,
        nlu=Nlu(ranking=(read if read is not None else Hypothesis(intent=""),)),
        response=None if read is not None else Response(type="error", error_code="no_intent_match"),
    )


def judged(each, label=None):
    p = 0.9 if each.failed else 0.1
    return each, Judgement(turn_id=each.turn_id, p_defect=p, defect=p > 0.5, label=label)


LAMP = frame(name="living room lamp")


def log(*failing, agrees=FEW, differs=0, label=None):
    """Requests that worked, `differs` of them read otherwise by the labeller, then words, frame, user that did not."""
    worked = [(turn(at, "living room lamp off", OFF), LAMP) for at in range(agrees)]
    worked += [(turn(agrees + at, "living room lamp off", OFF), frame("On")) for at in range(differs)]
    failed = [(turn(100 + at, words, user=user), said) for at, (words, said, user) in enumerate(failing)]
    every = worked + failed
    judgements = [judged(each, label if each.failed else None) for each, _ in every]
    session = Session(session_id="s", turns=tuple(each for each, _ in every))
    labelled = [(session, tuple(said for _, said in every))]
    return labelled, {each.turn_id: judgement for each, judgement in judgements}, Spoken.of(judgements)


def test_words_that_were_not_understood_get_the_reading_as_the_assistant_writes_it():
    (found,) = read_frames(*log(("Leaving room lamp of!", LAMP, "a"), ("leaving room lamp of", LAMP, "b")))
    assert (found.text, found.reading.key) == ("leaving room lamp of", OFF.key)
    assert (found.provenance, found.probability, found.users, found.times) == (FRAMED, RELIABILITY, 2, 2)
    assert not found.understood


def test_more_users_make_nothing_surer_but_enough_of_them_are_needed():
    one = log(*[("lamp of", LAMP, "a")] * 5)
    assert read_frames(*one) == []
    assert [each.users for each in read_frames(*one, min_users=1)] == [1]
    many = read_frames(*log(*[("lamp of", LAMP, user) for user in "abcdefg"]))
    assert [each.probability for each in many] == [RELIABILITY]


@pytest.mark.parametrize(
    "said",
    [
        frame("Dim", name="living room lamp"),  # an intent that the log does not have
        frame(name="floor lamp"),  # a value that it does not have
        frame(area="living room lamp"),  # a slot that it does not have
        frame(),  # the intent without its slot
        frame(name="living room lamp", area="living room lamp"),
        frame(name="living room lamp", probability=SURELY - 0.001),
        frame(name="living room lamp", source="carried"),  # another turn's lamp, and next time another
    ],
)
def test_what_the_assistant_does_not_say_or_the_labeller_is_not_sure_of_is_not_given(said):
    assert read_frames(*log(("lamp of", said, "a")), min_users=1) == []


def test_a_labeller_that_reads_otherwise_what_worked_is_not_heard():
    failing = ("lamp of", LAMP, "a")
    assert len(read_frames(*log(failing, agrees=80, differs=20), min_users=1)) == 1
    assert read_frames(*log(failing, agrees=79, differs=21), min_users=1) == []
    assert read_frames(*log(failing, agrees=FEW - 1), min_users=1) == []


def test_agreement_is_told_of_turns_that_worked_alone():
    labelled, judgements, _ = log(("lamp of", frame("On"), "a"), agrees=30, differs=10)
    assert agreement(labelled, judgements) == pytest.approx(0.75)
    assert agreement(labelled, {}) is None


def test_words_read_in_two_ways_or_mostly_unsurely_are_left_out():
    other = Hypothesis(intent="On", slots=OFF.slots)
    labelled, judgements, _ = log(("lamp of", LAMP, "a"), ("lamp of", frame("On", name="living room lamp"), "b"))
    both = Spoken.of([judged(turn(0, "x", OFF)), judged(turn(1, "x", other))])
    assert read_frames(labelled, judgements, both, min_users=1) == []
    unsure = frame(name="living room lamp", probability=0.6)
    assert read_frames(*log(("lamp of", LAMP, "a"), ("lamp of", unsure, "b")), min_users=1) == []
    assert len(read_frames(*log(*[("lamp of", LAMP, "a")] * 2, ("lamp of", unsure, "b")), min_users=1)) == 1


def test_what_followed_is_believed_before_the_labeller():
    told = Label(turn_id="t100", reading=ALL_OFF, provenance="rephrased", probability=0.8, weight=1.0)
    assert read_frames(*log(("lamp of", LAMP, "a"), label=told), min_users=1) == []


def test_above_its_reliability_nothing_is_given():
    found = log(("lamp of", LAMP, "a"))
    assert len(read_frames(*found, sure=RELIABILITY, min_users=1)) == 1
    assert read_frames(*found, sure=RELIABILITY + 0.01, min_users=1) == []


def test_a_shape_whose_room_is_mostly_filled_in_is_no_shape():
    # "Turn off the lights in the battery" is not what is said without a room.
    here = [judged(turn(at, "lights off", ALL_OFF, area="kitchen")) for at in range(2)]
    everywhere = judged(turn(9, "all lights off", Hypothesis(intent="Off", slots=(Slot("domain", "light"),))))
    said = frame(domain="light")
    assert Spoken.of([*here, everywhere]).reading(said) is None
    assert Spoken.of([*here[:1], everywhere]).reading(said) is not None


def test_words_alone_failures_and_defects_tell_nothing_of_how_the_assistant_speaks():
    bad = msgspec.structs.replace(judged(turn(0, "x", OFF))[1], p_defect=0.8)
    silent = Turn(turn_id="s", started=0, request="lamp off")
    spoken = Spoken.of([(turn(0, "x", OFF), bad), judged(turn(1, "lamp of")), judged(silent)])
    assert not spoken.shapes
    assert not spoken.values


def test_of_two_ways_to_write_a_value_the_more_frequent_counts():
    plain = Hypothesis(intent="Off", slots=(Slot("name", "living room lamp"),))
    spoken = Spoken.of([judged(turn(at, "x", read)) for at, read in enumerate([OFF, plain, OFF])])
    assert spoken.values == {("name", "living room lamp"): "living_room_lamp"}


@given(st.floats(0, 1), st.lists(st.floats(0, 1), max_size=4))
def test_the_chance_is_that_of_all_together(intent, slots):
    said = tuple(DecodedSlot(name="n", value="v", probability=p, source="said") for p in slots)
    whole = chance(FrameLabel(turn_id="t", intents=("On",), probability=intent, slots=said))
    assert 0 <= whole <= min([intent, *slots]) + 1e-9


def test_what_was_read_so_and_could_not_be_done_needs_no_teaching():
    read = turn(100, "lamp of", OFF, user="a")
    failing = msgspec.structs.replace(read, response=Response(type="error", error_code="failed_to_handle"))
    labelled, judgements, spoken = log(("lamp of", LAMP, "a"))
    [(session, frames)] = labelled
    assert len(read_frames(labelled, judgements, spoken, min_users=1)) == 1
    changed = Session(session_id="s", turns=(*session.turns[:-1], failing))
    assert read_frames([(changed, frames)], judgements, spoken, min_users=1) == []
