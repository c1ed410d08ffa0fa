"""The stage by replay, from what Home Assistant 2026.11 was recorded to make of requests."""

import pytest

from sayagain.assistants.homeassistant.fixes.replay_stage import replay_stage, sounds_alike

TURN_ON = {"name": "HassTurnOn"}
UNMATCHED = {"match": False, "intent": TURN_ON, "targets": {}, "details": {}, "unmatched_slots": {"name": "x"}}
THERE = {"match": True, "intent": TURN_ON, "targets": {"light.bed_light": {}}, "details": {"name": {}}}
ELSEWHERE = THERE | {"targets": {}, "details": {"name": {}, "area": {}}}


@pytest.mark.parametrize(
    ("request_words", "result", "means", "guessed", "stage"),
    [
        ("turn on the bed light", THERE, None, False, "result"),
        ("turn on the bed light in the kitchen", ELSEWHERE, None, False, "entity_resolution"),
        ("turn on the see lynn lights", UNMATCHED, "turn on the ceiling lights", False, "asr"),
        ("turn on the bet light", UNMATCHED, None, True, "asr"),
        ("turn on the reading lamp", UNMATCHED, "turn on the bed light", False, "entity_resolution"),
        ("turn on the reading lamp", UNMATCHED, None, False, "entity_resolution"),
        ("is the unicorn home", UNMATCHED | {"intent": {"name": "HassGetState"}}, None, False, "correct"),
        ("movie magic", {}, "turn on the bed light", False, "nlu"),
        ("tern on the bed light", {}, "turn on the bed light", False, "asr"),
        ("make me a sandwich", {}, None, False, "correct"),
    ],
)
def test_the_first_stage_that_would_have_helped_is_found(request_words, result, means, guessed, stage):
    assert replay_stage(request_words, result, means, is_guessed=guessed) == stage


def test_only_the_words_that_differ_are_compared():
    assert sounds_alike("turn off the walk man", "turn off the walkman")
    assert not sounds_alike("turn on the night light", "turn on the bed light")
    assert not sounds_alike("lamp on", "lamp on")
