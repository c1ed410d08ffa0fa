import msgspec
import numpy as np
import pytest

from sayagain.failures.evidence import EVIDENCE_FIELDS, evidence
from sayagain.failures.log_fields import LOG_FIELDS, without
from sayagain.failures.log_knowledge import LogKnowledge, SessionKnowledge
from sayagain.turns import Session, sessions

NOW = 1_767_225_600_000
LOST = ("Sorry, I couldn't understand that", "no_intent_match")


@pytest.fixture
def dialogue(make_turn, working_turn):
    first = make_turn("lock the frond door", answer=LOST)
    return Session(session_id="s", turns=(first, working_turn("lock the front door", at=NOW + 6_000)))


def row(session, knowledge, field, index=0, **options):
    return float(evidence(session, knowledge, **options)[index, EVIDENCE_FIELDS.index(field)])


def test_every_field_has_its_own_name():
    assert len(set(EVIDENCE_FIELDS)) == len(EVIDENCE_FIELDS)


def test_without_later_turns_no_row_depends_on_them(dialogue, home_log):
    knowledge = LogKnowledge.of(sessions(home_log)).about(dialogue)
    alone = msgspec.structs.replace(dialogue, turns=dialogue.turns[:1])
    np.testing.assert_array_equal(
        evidence(dialogue, knowledge, later=False)[0], evidence(alone, knowledge, later=False)[0]
    )
    assert not np.array_equal(evidence(dialogue, knowledge)[0], evidence(alone, knowledge)[0], equal_nan=True)


def test_the_next_try_and_its_outcome_are_seen(dialogue):
    empty = SessionKnowledge.empty()
    assert row(dialogue, empty, "worked_after") == 1.0
    assert row(dialogue, empty, "try_misheard") > 0.7
    assert np.isnan(row(dialogue, empty, "worked_after", later=False))


def test_the_log_tells_what_sounds_alike_and_works(dialogue, home_log):
    knowledge = LogKnowledge.of(sessions(home_log)).about(dialogue)
    assert row(dialogue, knowledge, "near_sound") > 0.9
    assert row(dialogue, knowledge, "words_known") == 0.0
    assert row(dialogue, knowledge, "words_known", index=1) == 1.0
    assert row(dialogue, knowledge, "unknown_words") == 1.0


def test_a_wake_word_is_low_beside_those_of_the_log_alone(make_turn, home_log):
    knowledge = LogKnowledge.of(sessions(home_log))
    low, usual = (make_turn("x", wake=wake) for wake in (0.9, 0.97))
    for turn, expected in ((low, 0.0), (usual, 0.5)):
        (session,) = sessions([turn])
        assert row(session, knowledge.about(session), "wake_rank") == expected
        assert np.isnan(row(session, SessionKnowledge.empty(), "wake_rank"))


@pytest.mark.parametrize("field", LOG_FIELDS)
def test_a_field_that_is_left_out_leaves_the_words(dialogue, field):
    reduced = without(dialogue.turns[0], field)
    assert reduced.heard == dialogue.turns[0].heard
    assert without(reduced, field) == reduced


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("the other hypotheses", "second_same_intent"),
        ("what was understood", "nothing_read"),
        ("what was done", "targets"),
        ("the wake word", "wake_rank"),
        ("the recogniser's confidence", "asr_confidence_rank"),
    ],
)
def test_what_a_log_lacks_is_missing_in_the_evidence(dialogue, home_log, field, column):
    turns = tuple(without(turn, field) for turn in dialogue.turns)
    knowledge = LogKnowledge.of(sessions(home_log)).about(dialogue)
    assert np.isnan(row(msgspec.structs.replace(dialogue, turns=turns), knowledge, column, index=1))
