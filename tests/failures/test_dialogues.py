"""Dialogues whose failure points people agree on, most of them after Khaziev et al. 2022, by the shipped isolator."""

import pytest

from sayagain.turns import Action, Resolution, ResolutionCandidate

NOW = 1_767_225_600_000
NOTHING = ("Sorry, I couldn't understand that", "no_intent_match")
NOT_FOUND = ("Sorry, I couldn't find that", "no_valid_targets")


def test_the_garage_door_is_misheard_and_then_understood_although_a_word_is_lost(isolate, make_turn, hypothesis):
    misheard = make_turn(
        "close the garbage door",
        answer=NOTHING,
        nbest=[("close the garbage door", 0.7), ("close the garage door", 0.2)],
    )
    understood = make_turn(
        "close garage door",
        hypothesis=hypothesis("HassTurnOff", name="garage door"),
        answer=("Closed the garage door", None),
        at=NOW + 8_000,
        actions=(Action(target="cover.garage_door"),),
    )
    assert isolate(misheard, understood) == ["asr", "correct"]


@pytest.mark.parametrize(
    # Home Assistant says of it only that it did not understand.
    "answer",
    [("Sorry, I can't do that", "not_supported"), ("Sorry, I can't do that", "out_of_scope"), NOTHING],
)
def test_what_nobody_could_do_is_no_failure(isolate, make_turn, answer):
    assert isolate(make_turn("make me a sandwich", answer=answer)) == ["correct"]


def test_a_recogniser_can_be_sure_and_wrong(isolate, make_turn, working_turn):
    wrong = make_turn("is the front door lock", answer=NOTHING, nbest=[("is the front door lock", 0.9)])
    again = working_turn("is the front door locked", at=NOW + 7_000)
    assert isolate(wrong, again) == ["asr", "correct"]


def test_a_garbled_title_that_parses_was_misheard(isolate, make_turn, hypothesis, working_turn):
    garbled = make_turn(
        "play the deli",
        hypothesis=hypothesis("HassMediaSearchAndPlay", search_query="the deli"),
        answer=NOT_FOUND,
        resolution=(Resolution(slot="search_query", raw="the deli", status="not_found"),),
    )
    assert isolate(garbled, working_turn("play the daily", at=NOW + 8_000)) == ["asr", "correct"]


def test_the_right_words_in_the_wrong_room_are_a_matter_of_entity_resolution(isolate, make_turn, hypothesis):
    candidates = tuple(ResolutionCandidate(id=f"light.desk_lamp{room}", name="desk lamp") for room in ("_office", ""))
    taken = make_turn(
        "turn on the desk lamp",
        hypothesis=hypothesis("HassTurnOn", name="desk lamp"),
        answer=("Turned on the desk lamp", None),
        actions=(Action(target="light.desk_lamp_office"),),
        resolution=(
            Resolution(
                slot="name",
                raw="desk lamp",
                id="light.desk_lamp_office",
                status="ambiguous",
                candidates=candidates,
            ),
        ),
    )
    meant = make_turn(
        "no turn on the desk lamp in the bedroom",
        hypothesis=hypothesis("HassTurnOn", name="desk lamp", area="bedroom"),
        answer=("Turned on the desk lamp", None),
        at=NOW + 7_000,
        actions=(Action(target="light.desk_lamp"),),
    )
    assert isolate(taken, meant)[0] == "entity_resolution"


def test_who_cancels_a_false_wake_did_nothing_wrong(isolate, make_turn, hypothesis):
    words = "and now over to our reporter in the studio with the news"
    television = make_turn(words, answer=NOTHING, wake=0.4, nbest=[(words, 0.5)])
    cancelled = make_turn("never mind", hypothesis=hypothesis("HassNevermind"), answer=("", None), at=NOW + 4_000)
    assert isolate(television, cancelled) == ["false_wake", "correct"]


@pytest.mark.parametrize("code", ["device_offline", "unavailable", "failed_to_handle", "timeout"])
def test_a_device_that_does_not_respond_is_no_matter_of_words(isolate, make_turn, hypothesis, code):
    offline = make_turn(
        "turn on the kitchen light",
        hypothesis=hypothesis("HassTurnOn", name="kitchen light"),
        answer=("Sorry, something went wrong", code),
        actions=(Action(target="light.kitchen_light", ok=False),),
    )
    assert isolate(offline) == ["result"]
    assert isolate(offline, later=False) == ["result"]


def test_a_name_that_the_assistant_does_not_know_is_not_understood_however_often_it_is_said(isolate, make_turn):
    turns = [make_turn("turn on the corner lamp", answer=NOTHING, at=NOW + day * 86_400_000) for day in range(3)]
    assert isolate(*turns) == ["nlu"] * 3
