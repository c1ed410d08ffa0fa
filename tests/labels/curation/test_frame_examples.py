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
    decoded_slots = tuple(
        DecodedSlot(name=name, value=value, probability=1.0, source=source) for name, value in sorted(slots.items())
    )
    return FrameLabel(turn_id="t", intents=(intent,), probability=probability, slots=decoded_slots)


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


def judged(judged_turn, label=None):
    p = 0.9 if judged_turn.failed else 0.1
    return judged_turn, Judgement(turn_id=judged_turn.turn_id, p_defect=p, defect=p > 0.5, label=label)


LAMP = frame(name="living room lamp")


def log(*failing, agrees=FEW, differs=0, label=None):
    """Return a log of working turns, `differs` of them with another label, and failing ones (words, label, user)."""
    working = [(turn(number, "living room lamp off", OFF), LAMP) for number in range(agrees)]
    working += [(turn(agrees + number, "living room lamp off", OFF), frame("On")) for number in range(differs)]
    failed = [
        (turn(100 + number, words, user=user), frame_label) for number, (words, frame_label, user) in enumerate(failing)
    ]
    entries = working + failed
    judgements = [judged(entry_turn, label if entry_turn.failed else None) for entry_turn, _ in entries]
    session = Session(session_id="s", turns=tuple(entry_turn for entry_turn, _ in entries))
    labelled = [(session, tuple(frame_label for _, frame_label in entries))]
    return labelled, {entry_turn.turn_id: judgement for entry_turn, judgement in judgements}, Spoken.of(judgements)


def test_words_that_were_not_understood_get_the_reading_as_the_assistant_writes_it():
    (example,) = read_frames(*log(("Leaving room lamp of!", LAMP, "a"), ("leaving room lamp of", LAMP, "b")))
    assert (example.text, example.hypothesis.key) == ("leaving room lamp of", OFF.key)
    assert (example.provenance, example.probability, example.users, example.times) == (FRAMED, RELIABILITY, 2, 2)
    assert not example.understood


def test_more_users_make_nothing_surer_but_enough_of_them_are_needed():
    one_user = log(*[("lamp of", LAMP, "a")] * 5)
    assert read_frames(*one_user) == []
    assert [example.users for example in read_frames(*one_user, min_users=1)] == [1]
    examples = read_frames(*log(*[("lamp of", LAMP, user) for user in "abcdefg"]))
    assert [example.probability for example in examples] == [RELIABILITY]


@pytest.mark.parametrize(
    "label",
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
def test_what_the_assistant_does_not_say_or_the_labeller_is_not_sure_of_is_not_given(label):
    assert read_frames(*log(("lamp of", label, "a")), min_users=1) == []


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
    weak_label = Label(turn_id="t100", hypothesis=ALL_OFF, provenance="rephrased", probability=0.8, weight=1.0)
    assert read_frames(*log(("lamp of", LAMP, "a"), label=weak_label), min_users=1) == []


def test_above_its_reliability_nothing_is_given():
    arguments = log(("lamp of", LAMP, "a"))
    assert len(read_frames(*arguments, sure=RELIABILITY, min_users=1)) == 1
    assert read_frames(*arguments, sure=RELIABILITY + 0.01, min_users=1) == []


def test_a_shape_whose_room_is_mostly_filled_in_is_no_shape():
    # "Turn off the lights in the battery" is not what is said without a room.
    implicit = [judged(turn(number, "lights off", ALL_OFF, area="kitchen")) for number in range(2)]
    explicit = judged(turn(9, "all lights off", Hypothesis(intent="Off", slots=(Slot("domain", "light"),))))
    label = frame(domain="light")
    assert Spoken.of([*implicit, explicit]).hypothesis(label) is None
    assert Spoken.of([*implicit[:1], explicit]).hypothesis(label) is not None


def test_words_alone_failures_and_defects_tell_nothing_of_how_the_assistant_speaks():
    bad = msgspec.structs.replace(judged(turn(0, "x", OFF))[1], p_defect=0.8)
    silent = Turn(turn_id="s", started=0, request="lamp off")
    spoken = Spoken.of([(turn(0, "x", OFF), bad), judged(turn(1, "lamp of")), judged(silent)])
    assert not spoken.shapes
    assert not spoken.values


def test_of_two_ways_to_write_a_value_the_more_frequent_counts():
    plain = Hypothesis(intent="Off", slots=(Slot("name", "living room lamp"),))
    spoken = Spoken.of([judged(turn(number, "x", hypothesis)) for number, hypothesis in enumerate([OFF, plain, OFF])])
    assert spoken.values == {("name", "living room lamp"): "living_room_lamp"}


@given(st.floats(0, 1), st.lists(st.floats(0, 1), max_size=4))
def test_the_chance_is_that_of_all_together(intent, slots):
    decoded_slots = tuple(DecodedSlot(name="n", value="v", probability=p, source="said") for p in slots)
    joint = chance(FrameLabel(turn_id="t", intents=("On",), probability=intent, slots=decoded_slots))
    assert 0 <= joint <= min([intent, *slots]) + 1e-9


def test_what_was_read_so_and_could_not_be_done_needs_no_teaching():
    understood = turn(100, "lamp of", OFF, user="a")
    failing = msgspec.structs.replace(understood, response=Response(type="error", error_code="failed_to_handle"))
    labelled, judgements, spoken = log(("lamp of", LAMP, "a"))
    [(session, frames)] = labelled
    assert len(read_frames(labelled, judgements, spoken, min_users=1)) == 1
    changed = Session(session_id="s", turns=(*session.turns[:-1], failing))
    assert read_frames([(changed, frames)], judgements, spoken, min_users=1) == []
