"""Weak labels: each sign with a small session that shows it."""

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
"""Names that the package does not know: their roles are those that the NLU declares."""

YES, NO, DENY, BYE = (Hypothesis(intent=intent) for intent in ROLES)

OFFER = Response(acts=(Hypothesis(intent="offer", slots=(Slot("food", "thai"),)),))
LOST = Response(type="error", error_code="no_intent_match")


def roles_of(ranking):
    acts = {act for hypothesis in ranking for act in hypothesis.intents}
    return {act: ROLES[act] for act in sorted(acts & ROLES.keys())}


def turn(number, hypothesis, request="thai food", **fields):
    ranking = hypothesis if isinstance(hypothesis, tuple) else (hypothesis,)
    nlu = Nlu(ranking=ranking, act_roles=roles_of(ranking)) if hypothesis is not None else None
    return Turn(turn_id=f"t{number}", started=number * 5_000, request=request, nlu=nlu, **fields)


def with_confidence(hypothesis, confidence):
    return Hypothesis(intent=hypothesis.intent, slots=hypothesis.slots, confidence=confidence)


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
    "said again": ([turn(0, (NOTHING, with_confidence(THAI, 0.2))), turn(1, THAI, "I want thai")], THAI, "I want thai"),
    "said again, faint": ([turn(0, (NOTHING, with_confidence(THAI, 0.01))), turn(1, THAI, "thai")], THAI, "thai"),
    "rephrased": ([turn(0, NOTHING, "tie food"), turn(1, THAI, "thai food")], THAI, "thai food"),
    "rephrased otherwise": (
        [turn(0, NOTHING, "somewhere to eat"), turn(1, BYE, "hm"), turn(2, THAI, "thai food")],
        THAI,
        "thai food",
    ),
    "completed": (
        [turn(0, (THAI, with_confidence(THAI_NORTH, 0.3))), turn(1, NORTH, "in the north")],
        THAI_NORTH,
        None,
    ),
    "not done": ([turn(0, THAI, response=OFFLINE), turn(1, FRENCH, "french food")], THAI, None),
    "not found": ([turn(0, THAI, response=NOT_FOUND), turn(1, FRENCH, "french food")], THAI, None),
    "rated badly": ([turn(0, THAI, feedback=(FeedbackReport(kind="thumbs", value=0.0),))], UNKNOWN, None),
    "rated well": ([turn(0, THAI, feedback=(FeedbackReport(kind="thumbs", value=1.0),))], THAI, None),
    "error": ([turn(0, None, response=LOST)], UNKNOWN, None),
    "unexplained": ([turn(0, NOTHING), turn(1, PHONE, "something else entirely")], NOTHING, None),
}


def label(turns, rephrase=None):
    return infer_label(turns[0], turns[1:3], rephrase=rephrase)


def test_each_sign_is_tried():
    assert CASES.keys() == RELIABILITY.keys()


@pytest.mark.parametrize("sign", CASES)
def test_a_sign_is_read_off_its_session(sign):
    turns, hypothesis, words = CASES[sign]
    weak_label = label(turns, "t2" if sign == "rephrased otherwise" else None)
    assert (weak_label.provenance, weak_label.hypothesis.key, weak_label.words) == (sign, hypothesis.key, words)
    assert (weak_label.probability, weak_label.weight) == RELIABILITY[sign]
    assert weak_label.turn_id == "t0"
    verified_signs = {
        "said again",
        "rephrased",
        "rephrased otherwise",
        "completed",
        "moved on",
        "moved on, answered",
        "done",
    }
    assert weak_label.verified == (sign in verified_signs | {"confirmed", "fulfilled", "rated well"})


@pytest.mark.parametrize(
    ("turns", "sign"),
    [
        # repeated in the same words: strong, whatever the confidence
        ([turn(0, (NOTHING, with_confidence(THAI, 0.01))), turn(1, THAI)], "said again"),
        # an n-best hypothesis without a confidence is strong
        ([turn(0, (NOTHING, THAI)), turn(1, THAI, "I want thai")], "said again"),
        ([turn(0, (THAI, THAI_NORTH)), turn(1, NORTH)], "completed"),
        # too little confidence
        ([turn(0, (THAI, with_confidence(THAI_NORTH, 0.1))), turn(1, NORTH)], "moved on"),
        # a second failure in a row is skipped
        ([turn(0, NOTHING, "tie food"), turn(1, NOTHING, "tie foot"), turn(2, THAI)], "rephrased"),
        # other words are another request
        ([turn(0, NOTHING, "tie food"), turn(1, NOTHING, "what"), turn(2, PHONE, "their number")], "unexplained"),
        # thanks and goodbye do not explain the failed request
        ([turn(0, NOTHING, "tie food"), turn(1, BYE, "tie food")], "unexplained"),
        # the assistant reported an error, so the empty hypothesis is wrong too
        ([turn(0, None, "tie food", response=LOST), turn(1, PHONE, "their number")], "error"),
        ([turn(0, THAI, response=LOST), turn(1, PHONE, "their number")], "error"),
        # refusals
        ([turn(0, THAI), turn(1, DENY, "not that")], "refused"),
        ([turn(0, THAI), turn(1, THAI_NORTH, "thai in the north")], "refused"),
        # yes to a response without the values confirms little
        ([turn(0, THAI), turn(1, YES, "yes")], "unclear"),
        # the next turn is not understood: the user moved on only if the response repeated the values
        ([turn(0, THAI, response=OFFER), turn(1, NOTHING, "mumble")], "moved on"),
        ([turn(0, THAI), turn(1, NOTHING, "mumble")], "unclear"),
        # social acts
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
    def later_turn(started):
        return Turn(turn_id="b", started=started, request="thai food", nlu=Nlu(ranking=(THAI,)))

    assert infer_label(turn(0, NOTHING, "tie food"), [later_turn(60_000)]).provenance == "rephrased"
    assert infer_label(turn(0, NOTHING, "tie food"), [later_turn(60_001)]).provenance == "unexplained"


def test_without_readings_the_words_are_the_reading():
    first = turn(0, None, "turn of the lamp", response=LOST)
    second = turn(1, None, "turn off the lamp", response=Response(type="action_done"))
    weak_label = infer_label(first, [second])
    assert (weak_label.provenance, weak_label.hypothesis.key, weak_label.words) == (
        "rephrased",
        "said|words=turn off the lamp",
        "turn off the lamp",
    )


READINGS = st.sampled_from([None, NOTHING, THAI, FRENCH, NORTH, THAI_NORTH, YES, NO, BYE, PHONE])
RESPONSES = st.sampled_from([None, OFFER, LOST])


@given(st.lists(st.tuples(READINGS, st.sampled_from(["tie food", "thai food", "no"]), RESPONSES), min_size=1))
def test_every_turn_of_a_session_is_labelled_by_the_two_after_it(parts):
    turns = tuple(
        turn(index, hypothesis, words, response=response) for index, (hypothesis, words, response) in enumerate(parts)
    )
    labels = infer_labels(Session(session_id="s", turns=turns))
    assert labels == [
        infer_label(labelled_turn, turns[index + 1 : index + 3]) for index, labelled_turn in enumerate(turns)
    ]
    for labelled_turn, weak_label in zip(turns, labels, strict=True):
        if weak_label is not None:
            assert weak_label.turn_id == labelled_turn.turn_id
            assert weak_label.provenance in RELIABILITY
            assert (weak_label.hypothesis == UNKNOWN) == (weak_label.provenance == "error")


def test_acts_that_no_reader_declared_are_requests_like_any_other():
    turns = [turn(0, THAI, response=OFFER), Turn(turn_id="t1", started=5_000, request="si", nlu=Nlu(ranking=(YES,)))]
    weak_label = infer_label(turns[0], turns[1:])
    assert weak_label is not None
    assert weak_label.provenance == "moved on, answered"


@pytest.mark.parametrize(
    ("words", "later_words", "gap", "is_rephrase"),
    [
        ("is the back door locked if not locked", "can you lock the back door", 7_000, True),
        ("activate that time", "start dinner time", 7_000, True),
        ("activate that time", "start dinner time", 25_000, False),
        ("turn on the corner lamp", "turn on the music", 7_000, False),
        ("mach die lampe an", "wie ist das wetter", 7_000, False),
    ],
)
def test_other_words_at_once_are_a_rephrase_when_they_share_what_is_wanted(words, later_words, gap, is_rephrase):
    failed_turn = Turn(turn_id="a", started=0, request=words, nlu=Nlu(ranking=(NOTHING,)), response=LOST)
    next_turn = Turn(turn_id="b", started=gap, request=later_words, nlu=Nlu(ranking=(THAI,)))
    weak_label = infer_label(failed_turn, [next_turn])
    assert weak_label is not None
    assert (weak_label.provenance == "rephrased") == is_rephrase


def test_words_of_another_language_are_no_other_wording_of_a_request():
    def turn_in(number, hypothesis, request, language, **fields):
        return turn(number, hypothesis, request, language=language, **fields)

    def label_in(first_language, second_language, ranking=(NOTHING,), **fields):
        return infer_label(
            turn_in(0, ranking, "tie food", first_language, **fields), [turn_in(1, THAI, "thai food", second_language)]
        )

    for first_language, second_language in (("de-AT", "de"), ("de", None), ("*", "en"), (None, None)):
        assert (
            label_in(first_language, second_language).provenance,
            label_in(first_language, second_language).words,
        ) == ("rephrased", "thai food")
    assert label_in("de", "en").provenance == "unexplained"
    assert label_in("de", "en", (THAI,), response=NOT_FOUND).provenance == "not found"
    # The own n-best has the later hypothesis, so the words of another language are not needed.
    repeated = label_in("de", "en", (NOTHING, with_confidence(THAI, 0.2)))
    assert (repeated.provenance, repeated.hypothesis.key, repeated.words) == ("said again", THAI.key, None)
