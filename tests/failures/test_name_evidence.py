import math

import pytest

from sayagain.failures.log_knowledge import LogKnowledge, SessionKnowledge
from sayagain.failures.name_evidence import NAME_FIELDS, differing_sound, name_evidence
from sayagain.turns import sessions


@pytest.fixture
def fields(home_log, make_turn):
    """The evidence of a turn that fails for a name, after the days of the home's log."""
    knowledge = LogKnowledge.of(sessions(home_log))

    def fields(words, name, known=True):
        turn = make_turn(words, answer=(f"Sorry, I am not aware of any device called {name}", "no_valid_targets"))
        (session,) = sessions([turn])
        about = knowledge.about(session) if known else SessionKnowledge.empty()
        return dict(zip(NAME_FIELDS, name_evidence(turn, about), strict=True))

    return fields


def test_a_misheard_name_sounds_like_one_of_the_home_and_an_unknown_one_does_not(fields):
    misheard = fields("turn on the kit shin light", "kit shin light")
    unknown = fields("turn on the chandelier", "chandelier")
    assert misheard["missing_sound"] > 0.8
    assert unknown["missing_sound"] < 0.6
    assert misheard["missing_is_name"] == unknown["missing_is_name"] == 0


def test_a_name_of_the_home_with_another_room_is_seen(fields):
    elsewhere = fields("turn on the desk lamp in the kitchen", "Desk Lamp in the Kitchen area")
    assert elsewhere["missing_holds_name"] == 1
    assert elsewhere["near_end_added"] == 1
    assert fields("turn on the corner lamp", "corner lamp")["missing_holds_name"] == 0


def test_a_log_that_knows_no_names_tells_nothing_of_them(fields):
    alone = fields("turn on the desk lamp in the kitchen", "Desk Lamp in the Kitchen area", known=False)
    assert (alone["missing_sound"], alone["missing_holds_name"]) == (0, 0)
    assert math.isnan(alone["near_differs_sound"])


def test_the_session_itself_teaches_it_no_name(make_turn, hypothesis):
    failed = make_turn("lamp on", answer=("I know of no lamp", "no_valid_targets"))
    works = make_turn("lamp on", hypothesis=hypothesis("HassTurnOn", name="lamp"), at=failed.started + 5_000)
    log = sessions([failed, works])
    row = dict(zip(NAME_FIELDS, name_evidence(failed, LogKnowledge.of(log).about(log[0])), strict=True))
    assert (row["missing_is_name"], row["missing_sound"]) == (0, 0)


@pytest.mark.parametrize(
    ("words", "command", "question"),
    [("peel the potatoes", 0, 0), ("turn it up", 1, 0), ("who wrote hamlet", 0, 1), ("", 0, 0)],
)
def test_how_a_request_opens_is_told_by_the_words_of_its_language(make_turn, words, command, question):
    row = dict(zip(NAME_FIELDS, name_evidence(make_turn(words), SessionKnowledge.empty()), strict=True))
    assert (row["opens_command"], row["opens_question"]) == (command, question)


def test_only_the_words_that_differ_are_compared():
    assert differing_sound("turn on the bad ride", "turn on the bed light")[0] > 0.6
    assert differing_sound("turn on the chandelier", "turn on the ceiling lights")[0] < 0.5
    assert all(map(math.isnan, differing_sound("lamp on in the kitchen", "lamp on")))
