"""The benchmark's frames of public data, on hand-written data in the same format."""

import importlib
import json
from pathlib import Path

import pytest

from sayagain.household import SEED
from sayagain.turns import Hypothesis, Slot

ROOT = Path(__file__).parent.parent


@pytest.fixture
def frame_data(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.frame_data")


def frame(service, *, slots=(), actions=(), state=None):
    annotation = {
        "service": service,
        "slots": [{"slot": name, "start": start, "exclusive_end": end} for name, start, end in slots],
        "actions": [
            {"act": act, "slot": name, "values": [value], "canonical_values": [value]} for act, name, value in actions
        ],
    }
    return annotation | ({"state": state} if state is not None else {})


def state(intent, **values):
    return {"active_intent": intent, "requested_slots": [], "slot_values": values}


def user(words, *frames):
    return {"speaker": "USER", "utterance": words, "frames": list(frames)}


def system(words, *frames):
    return {"speaker": "SYSTEM", "utterance": words, "frames": list(frames)}


@pytest.fixture
def labelled_frames(tmp_path, frame_data):
    eat, ride = "Restaurants_1", "RideSharing_1"
    turns = [
        user(
            "Eat in Palo Alto, with music",
            frame(
                eat,
                slots=[("city", 7, 16)],
                actions=[("INFORM", "city", "Palo Alto"), ("INFORM", "has_live_music", "True")],
                state=state("FindRestaurants", city=["Palo Alto"], has_live_music=["True"]),
            ),
        ),
        system("How about Odori?", frame(eat, slots=[("restaurant_name", 10, 15)])),
        user(
            "Fine. A ride there",
            frame(eat, state=state("FindRestaurants", city=["Palo Alto"])),
            frame(ride, state=state("GetRide", destination=["Odori", "odori"])),
        ),
        system("Done."),
        user("Thanks", frame(ride, state=state("NONE", destination=["Odori"]))),
    ]
    (tmp_path / "sgd" / "train").mkdir(parents=True)
    dialogues = [{"dialogue_id": "1", "services": [eat, ride], "turns": turns}]
    (tmp_path / "sgd" / "train" / "dialogues_001.json").write_text(json.dumps(dialogues), "utf-8")
    [labelled] = frame_data.FRAME_SOURCES["sgd"](tmp_path)
    return labelled.frames


def test_marked_words_are_spans_and_what_has_none_is_implied(labelled_frames):
    first = labelled_frames[0]
    assert [(span.slot, span.first, span.end) for span in first.spans] == [("city", 7, 16)]
    assert first.closed == (("has_live_music", "True"),)
    assert [(span.slot, span.first) for span in first.answer_spans] == [("restaurant_name", 10)]


def test_of_two_services_the_one_that_becomes_active_counts(labelled_frames):
    assert labelled_frames[1].intents == ("GetRide",)
    assert labelled_frames[1].holds == (("destination", ("Odori", "odori")),)


def test_thanks_belongs_to_what_was_asked_before(labelled_frames):
    assert labelled_frames[2].intents == ("GetRide",)
    assert labelled_frames[2].holds == (("destination", ("Odori",)),)


def test_a_label_is_right_where_it_comes_to_what_was_meant(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    lived = importlib.import_module("benchmarks.frames_household")._live(SEED, 1)
    working_turns = [
        turn for turn in lived.turns if not lived.truths[turn.turn_id].defect and lived.truths[turn.turn_id].meant
    ]
    assert len(working_turns) > 50
    right = [lived.right(turn, turn.understood) for turn in working_turns]
    # Except requests that refer to earlier turns, because a place remembers only the last action.
    assert sum(right) > 0.97 * len(right)
    assert not any(lived.right(turn, Hypothesis(intent="")) for turn in lived.turns)
    timer = Hypothesis(intent="HassStartTimer", slots=(Slot("minutes", "six"),))
    assert not any(lived.right(turn, timer) for turn in lived.turns)
