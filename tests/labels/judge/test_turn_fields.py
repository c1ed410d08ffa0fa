import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels.judge.turn_fields import AFTER_FIELDS, BEFORE_FIELDS, CATEGORIES, categories, judge_fields, numbers
from sayagain.turns import Asr, AsrHypothesis, Hypothesis, Interruption, Nlu, Response, Session, Slot, Turn

words = st.sampled_from(["turn on the lamp", "turn of the lamp", "no", "thanks", "stop", "", "Ünlü?", "now!"])
confidence = st.none() | st.floats(-20, 1)
hypotheses = st.lists(
    st.builds(
        Hypothesis,
        intent=st.sampled_from(["On", "Off", ""]),
        slots=st.sampled_from([(), (Slot("name", "lamp"),)]),
        confidence=confidence,
    ),
    max_size=3,
)
responses = st.none() | st.builds(
    Response, text=st.sampled_from(["Done", "Sorry, I could not", ""]), type=st.sampled_from(["action_done", "error"])
)


@st.composite
def sessions(draw, least=1, most=6):
    turns = []
    started = 0
    for number in range(draw(st.integers(least, most))):
        started += draw(st.integers(0, 90_000))
        heard = draw(words)
        asr = draw(st.booleans())
        ranking = draw(hypotheses)
        turns.append(
            Turn(
                turn_id=str(number),
                started=started,
                request=heard,
                asr=Asr(text=heard, nbest=(AsrHypothesis(text=heard, confidence=draw(confidence)),)) if asr else None,
                nlu=Nlu(ranking=tuple(ranking)) if ranking else None,
                response=draw(responses),
                interrupted=draw(st.none() | st.builds(Interruption, yes=st.booleans())),
            )
        )
    return Session(session_id="s", turns=tuple(turns))


@given(sessions())
def test_there_is_a_number_or_none_for_each_field(session):
    online_numbers, offline_numbers = (
        numbers(session, judge_fields(later=False)),
        numbers(session, judge_fields(later=True)),
    )
    assert online_numbers.shape == (len(session.turns), len(BEFORE_FIELDS))
    assert offline_numbers.shape == (len(session.turns), len(BEFORE_FIELDS) + len(AFTER_FIELDS))
    assert not np.isinf(offline_numbers).any()
    np.testing.assert_array_equal(online_numbers, offline_numbers[:, : len(BEFORE_FIELDS)])


@given(sessions(), st.lists(st.sampled_from(["signal_sigh", *judge_fields(later=True)]), unique=True))
def test_fields_are_picked_by_name_in_the_order_asked_for(session, names):
    all_fields = judge_fields(later=True)
    all_numbers, selected = numbers(session, all_fields), numbers(session, names)
    for column, name in enumerate(names):
        expected = all_numbers[:, all_fields.index(name)] if name in all_fields else np.zeros(len(session.turns))
        np.testing.assert_array_equal(selected[:, column], expected)


@given(sessions(), sessions())
def test_what_is_known_at_once_does_not_change_as_the_session_goes_on(session, other):
    later_turns = [
        Turn(
            turn_id=f"later {turn.turn_id}", started=session.turns[-1].started + 1 + turn.started, request=turn.request
        )
        for turn in other.turns
    ]
    longer_session = Session(session_id="s", turns=(*session.turns, *later_turns))
    count = len(session.turns)
    np.testing.assert_array_equal(
        numbers(longer_session, judge_fields(later=False))[:count], numbers(session, judge_fields(later=False))
    )
    assert categories(longer_session)[:count] == categories(session)


def test_what_follows_is_told_by_the_later_fields(worlds):
    first = worlds.answered("a", "turn on the lamp", 0)
    rephrase = worlds.answered("b", "turn off the lamp", 4_000)
    column = [*BEFORE_FIELDS, *AFTER_FIELDS].index("same_words_after")
    alone = numbers(Session(session_id="s", turns=(first,)), judge_fields(later=True))
    both = numbers(Session(session_id="s", turns=(first, rephrase)), judge_fields(later=True))
    assert math.isnan(alone[0, column])
    assert both[0, column] > 0.8


def test_a_confidence_that_nobody_reports_is_missing(worlds):
    row = numbers(
        Session(session_id="s", turns=(worlds.answered("a", "turn on the lamp", 0),)), judge_fields(later=False)
    )[0]
    assert np.isnan(row[[BEFORE_FIELDS.index("asr_confidence"), BEFORE_FIELDS.index("nlu_confidence")]]).all()


@pytest.mark.parametrize("field", CATEGORIES)
def test_each_turn_names_every_category(worlds, field):
    session = Session(session_id="s", turns=(worlds.answered("a", "turn on the lamp", 0),))
    assert [field in record for record in categories(session)] == [True]
