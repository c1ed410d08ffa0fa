from sayagain.labels import Label
from sayagain.learning.complete_labels import complete_labels
from sayagain.learning.count import count
from sayagain.turns import Hypothesis, Nlu, Session, Slot, Turn

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"),))
SOUTH = Hypothesis(intent="inform", slots=(Slot("area", "south"),))
BOTH = Hypothesis(intent="inform", slots=(Slot("area", "north"), Slot("food", "thai")))


def session(name, *parts):
    turns = tuple(
        Turn(turn_id=f"{name}{k}", started=k * 5_000, request=words, user_id=name, nlu=Nlu(ranking=(hypothesis,)))
        for k, (words, hypothesis) in enumerate(parts)
    )
    return Session(session_id=name, turns=turns)


def label(turn, hypothesis, sign="moved on"):
    return Label(turn_id=turn.turn_id, hypothesis=hypothesis, provenance=sign, probability=0.8, weight=1.0)


def learnt():
    known = [
        session(f"u{k}", ("thai food", THAI), ("in the north", NORTH), ("thai food in the north", BOTH))
        for k in range(25)
    ]
    return count([(each, [label(t, t.hypothesis) for t in each.turns]) for each in known])


def mended(first, second, sign="moved on"):
    made = session("me", first, second)
    labels = [label(turn, turn.hypothesis, sign) for turn in made.turns]
    return complete_labels(made, labels, learnt())[0]


def test_what_the_next_reading_adds_and_the_words_held_already_was_meant():
    found = mended(("thai food in the north", THAI), ("in the north", NORTH))
    assert (found.provenance, found.hypothesis) == ("completed", BOTH)


def test_what_the_words_did_not_hold_was_not_meant_yet():
    assert mended(("thai food", THAI), ("in the north", NORTH)).provenance == "moved on"


def test_a_change_of_mind_completes_nothing():
    assert mended(("thai food in the north", NORTH), ("in the south", SOUTH)).provenance == "moved on"


def test_only_signs_that_leave_it_open_are_looked_at_again():
    words = ("thai food in the north", THAI), ("in the north", NORTH)
    assert mended(*words, sign="refused").provenance == "completed"
    assert mended(*words, sign="confirmed").provenance == "confirmed"
