import itertools

import pytest

from sayagain.failures.missing_name import missing_name
from sayagain.failures.training.impossible_requests import impossible_requests
from sayagain.failures.training.missing_names import say_missing_names

LOST = ("Sorry, I couldn't understand that", "no_intent_match")


@pytest.fixture
def log(home_log, make_turn):
    failing = {
        "turn on the corner lamp": "nlu",
        "turn on the dust lamp": "asr",
        "remind me of the milk": "nlu",
    }
    turns = [make_turn(words, answer=LOST) for words in failing]
    truths = {turn.turn_id: "correct" for turn in home_log}
    truths |= {turn.turn_id: truth for turn, truth in zip(turns, failing.values(), strict=True)}
    return [*home_log, *turns], truths


def test_a_known_sentence_with_an_unknown_name_is_answered_with_the_name(log):
    turns, truths = log
    answered, all_truths = say_missing_names(turns, truths, seed=1)
    corner, dust, milk = answered[len(turns) - 3 : len(turns)]
    assert (missing_name(corner), all_truths[corner.turn_id]) == ("corner lamp", "entity_resolution")
    assert (missing_name(dust), all_truths[dust.turn_id]) == ("dust lamp", "asr")
    # No sentence of the home has room for these words.
    assert (milk, all_truths[milk.turn_id]) == (turns[-1], "nlu")


def test_added_requests_fail_for_a_name_or_for_nobody(log):
    turns, truths = log
    answered, all_truths = say_missing_names(turns, truths, seed=1)
    added = answered[len(turns) :]
    assert len({turn.turn_id for turn in answered}) == len(answered)
    assert [turn.started for turn in added] == sorted(turn.started for turn in added)
    assert added[0].started > max(turn.started for turn in turns)
    failed = [turn for turn in added if turn.complained]
    assert {all_truths[turn.turn_id] for turn in failed} == {"entity_resolution", "correct"}
    for turn in failed:
        if all_truths[turn.turn_id] == "correct":
            assert turn.request in impossible_requests()
        else:
            assert missing_name(turn)
    again = [later for turn, later in itertools.pairwise(added) if later.started - turn.started < 60_000]
    assert again
    assert not any(turn.complained for turn in again)


def test_a_log_that_names_nothing_stays_as_it_is(log):
    turns, truths = log
    assert say_missing_names(turns[-3:], truths, seed=1) == (turns[-3:], truths)


def test_the_same_seed_gives_the_same_log(log):
    assert say_missing_names(*log, seed=3) == say_missing_names(*log, seed=3)
    assert say_missing_names(*log, seed=3) != say_missing_names(*log, seed=4)
