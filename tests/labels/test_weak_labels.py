"""Every sign, from the small session that it is named after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import UNKNOWN, infer_label, infer_labels
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.turns import NOTHING, Action, FeedbackReport, Hypothesis, Interruption, Nlu, Response, Session, Slot, Turn

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
FRENCH = Hypothesis(intent="inform", slots=(Slot("food", "french"),))
NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"),))
THAI_NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"), Slot("food", "thai")))
PHONE = Hypothesis(intent="request", slots=(Slot("request.slot", "phone"),))
ROLES = {"si": "agreement", "nanay": "refusal", "deny": "denial", "adios": "social"}
"""Names that nothing in the package can know: they count for what the reader declared."""

YES, NO, DENY, BYE = (Hypothesis(intent=intent) for intent in ROLES)

OFFER = Response(acts=(Hypothesis(intent="offer", slots=(Slot("food", "thai"),)),))
LOST = Response(type="error", error_code="no_intent_match")


def roles_of(ranking):
    acts = {act for reading in ranking for act in reading.intents}
    return {act: ROLES[act] for act in sorted(acts & ROLES.keys())}


def turn(number, reading, request="thai food", **fields):
    ranking = reading if isinstance(reading, tuple) else (reading,)
    nlu = Nlu(ranking=ranking, act_roles=roles_of(ranking)) if reading is not None else None
    return Turn(turn_id=f"t{number}", started=number * 5_000, request=request, nlu=nlu, **fields)


def held(reading, confidence):
    return Hypothesis(intent=reading.intent, slots=reading.slots, confidence=confidence)


OFFLINE = Response(type="error", error_code="failed_to_handle")
NOT_FOUND = Response(type="error", error_code="no_valid_targets")

CASES = {
    "confirmed": ([turn(0, THAI, response=OFFER), turn(1, YES, "yes")], THAI, None),
    "fulfilled": ([turn(0, THAI, response=OFFER), turn(1, BYE, "goodbye")], THAI, None),
    "moved on, answered": ([turn(0, THAI, response=OFFER), turn(1, PHONE, "their number")], THAI, None),
    "moved on": ([turn(0, THAI), turn(1, PHONE, "their number")], THAI, None),
    "done": ([turn(0, THAI, actions=(Action(target="oven"),))], THAI, None),
    "unclear": ([turn(0, THAI), turn(1, FRENCH, "french food")], THAI, None),
    "repeated": ([turn(0, THAI), turn(1, THAI)], THAI, None),
    "refused": ([turn(0, THAI), turn(1, NO, "no")], THAI, None),
    "said again": ([turn(0, (NOTHING, held(THAI, 0.2))), turn(1, THAI, "I want thai")], THAI, "I want thai"),
    "said again, faint": ([turn(0, (NOTHING, held(THAI, 0.01))), turn(1, THAI, "thai")], THAI, "thai"),
    "rephrased": ([turn(0, NOTHING, "tie food"), turn(1, THAI, "thai food")], THAI, "thai food"),
    "completed": ([turn(0, (THAI, held(THAI_NORTH, 0.3))), turn(1, NORTH, "in the north")], THAI_NORTH, None),
    "not done": ([turn(0, THAI, response=OFFLINE), turn(1, FRENCH, "french food")], THAI, None),
    "not found": ([turn(0, THAI, response=NOT_FOUND), turn(1, FRENCH, "french food")], THAI, None),
    "rated badly": ([turn(0, THAI, feedback=(FeedbackReport(kind="thumbs", value=0.0),))], UNKNOWN, None),
    "rated well": ([turn(0, THAI, feedback=(FeedbackReport(kind="thumbs", value=1.0),))], THAI, None),
    "error": ([turn(0, None, response=LOST)], UNKNOWN, None),
    "unexplained": ([turn(0, NOTHING), turn(1, PHONE, "something else entirely")], NOTHING, None),
}


def label(turns):
    return infer_label(turns[0], turns[1:3])


def test_each_sign_is_tried():
    assert CASES.keys() == RELIABILITY.keys()


@pytest.mark.parametrize("sign", CASES)
def test_a_sign_is_read_off_its_session(sign):
    turns, reading, words = CASES[sign]
    found = label(turns)
    assert (found.provenance, found.reading.key, found.words) == (sign, reading.key, words)
    assert (found.probability, found.weight) == RELIABILITY[sign]
    assert found.turn_id == "t0"
    taught = {"said again", "rephrased", "completed", "moved on", "moved on, answered", "done"}
    assert found.verified == (sign in taught | {"confirmed", "fulfilled", "rated well"})


@pytest.mark.parametrize(
    ("turns", "sign"),
    [
        # said again in the very same words is believed, however faintly it was held
        ([turn(0, (NOTHING, held(THAI, 0.01))), turn(1, THAI)], "said again"),
        # a reading held without any confidence is believed
        ([turn(0, (NOTHING, THAI)), turn(1, THAI, "I want thai")], "said again"),
        ([turn(0, (THAI, THAI_NORTH)), turn(1, NORTH)], "completed"),
        # too faint to be what was meant
        ([turn(0, (THAI, held(THAI_NORTH, 0.1))), turn(1, NORTH)], "moved on"),
        # one failure in a row is looked over
        ([turn(0, NOTHING, "tie food"), turn(1, NOTHING, "tie foot"), turn(2, THAI)], "rephrased"),
        # but other words are another request
        ([turn(0, NOTHING, "tie food"), turn(1, NOTHING, "what"), turn(2, PHONE, "their number")], "unexplained"),
        # thanks and goodbye do not say what it was
        ([turn(0, NOTHING, "tie food"), turn(1, BYE, "tie food")], "unexplained"),
        # the assistant said that it could not, so whatever was meant, it was not nothing
        ([turn(0, None, "tie food", response=LOST), turn(1, PHONE, "their number")], "error"),
        ([turn(0, THAI, response=LOST), turn(1, PHONE, "their number")], "error"),
        # refusals
        ([turn(0, THAI), turn(1, DENY, "not that")], "refused"),
        ([turn(0, THAI), turn(1, THAI_NORTH, "thai in the north")], "refused"),
        # yes without anything said back, or to something else, confirms little
        ([turn(0, THAI), turn(1, YES, "yes")], "unclear"),
        # not understood next: it moved on only if the response had said the values back
        ([turn(0, THAI, response=OFFER), turn(1, NOTHING, "mumble")], "moved on"),
        ([turn(0, THAI), turn(1, NOTHING, "mumble")], "unclear"),
        # talk
        ([turn(0, BYE, "goodbye"), turn(1, THAI)], "moved on"),
        ([turn(0, BYE, "goodbye"), turn(1, BYE, "goodbye")], "unclear"),
    ],
)
def test_what_tells_the_signs_apart(turns, sign):
    assert label(turns).provenance == sign


@pytest.mark.parametrize(
    "last",
    [
        turn(0, THAI),
        turn(0, NOTHING),
        turn(0, None),
        turn(0, THAI, actions=(Action(target="oven", ok=False),)),
        turn(0, THAI, actions=(Action(target="oven"),), interrupted=Interruption(yes=True)),
    ],
)
def test_of_a_last_turn_nothing_is_said_unless_it_was_carried_out_to_the_end(last):
    assert infer_label(last, []) is None


def test_other_words_a_minute_later_are_another_request():
    def second(at):
        return Turn(turn_id="b", started=at, request="thai food", nlu=Nlu(ranking=(THAI,)))

    assert infer_label(turn(0, NOTHING, "tie food"), [second(60_000)]).provenance == "rephrased"
    assert infer_label(turn(0, NOTHING, "tie food"), [second(60_001)]).provenance == "unexplained"


def test_without_readings_the_words_are_the_reading():
    first = turn(0, None, "turn of the lamp", response=LOST)
    second = turn(1, None, "turn off the lamp", response=Response(type="action_done"))
    found = infer_label(first, [second])
    assert (found.provenance, found.reading.key, found.words) == (
        "rephrased",
        "said|words=turn off the lamp",
        "turn off the lamp",
    )


READINGS = st.sampled_from([None, NOTHING, THAI, FRENCH, NORTH, THAI_NORTH, YES, NO, BYE, PHONE])
RESPONSES = st.sampled_from([None, OFFER, LOST])


@given(st.lists(st.tuples(READINGS, st.sampled_from(["tie food", "thai food", "no"]), RESPONSES), min_size=1))
def test_every_turn_of_a_session_is_labelled_by_the_two_after_it(parts):
    turns = tuple(turn(k, reading, words, response=after) for k, (reading, words, after) in enumerate(parts))
    found = infer_labels(Session(session_id="s", turns=turns))
    assert found == [infer_label(each, turns[k + 1 : k + 3]) for k, each in enumerate(turns)]
    for each, one in zip(turns, found, strict=True):
        if one is not None:
            assert one.turn_id == each.turn_id
            assert one.provenance in RELIABILITY
            assert (one.reading == UNKNOWN) == (one.provenance == "error")


def test_acts_that_no_reader_declared_are_requests_like_any_other():
    plain = [turn(0, THAI, response=OFFER), Turn(turn_id="t1", started=5_000, request="si", nlu=Nlu(ranking=(YES,)))]
    label = infer_label(plain[0], plain[1:])
    assert label is not None
    assert label.provenance == "moved on, answered"


@pytest.mark.parametrize(
    ("said", "later", "gap", "found"),
    [
        ("is the back door locked if not locked", "can you lock the back door", 7_000, True),
        ("activate that time", "start dinner time", 7_000, True),
        ("activate that time", "start dinner time", 25_000, False),
        ("turn on the corner lamp", "turn on the music", 7_000, False),
        ("mach die lampe an", "wie ist das wetter", 7_000, False),
    ],
)
def test_other_words_at_once_are_a_rephrase_when_they_share_what_is_wanted(said, later, gap, found):
    lost = Turn(turn_id="a", started=0, request=said, nlu=Nlu(ranking=(NOTHING,)), response=LOST)
    done = Turn(turn_id="b", started=gap, request=later, nlu=Nlu(ranking=(THAI,)))
    label = infer_label(lost, [done])
    assert label is not None
    assert (label.provenance == "rephrased") == found


def test_words_of_another_language_are_no_other_wording_of_a_request():
    def said(number, reading, request, language, **fields):
        return turn(number, reading, request, language=language, **fields)

    def label(first, second, ranking=(NOTHING,), **fields):
        return infer_label(said(0, ranking, "tie food", first, **fields), [said(1, THAI, "thai food", second)])

    for first, second in (("de-AT", "de"), ("de", None), ("*", "en"), (None, None)):
        assert (label(first, second).provenance, label(first, second).words) == ("rephrased", "thai food")
    assert label("de", "en").provenance == "unexplained"
    assert label("de", "en", (THAI,), response=NOT_FOUND).provenance == "not found"
    # Its own n-best holds what was meant, whatever it was then called.
    again = label("de", "en", (NOTHING, held(THAI, 0.2)))
    assert (again.provenance, again.reading.key, again.words) == ("said again", THAI.key, None)
