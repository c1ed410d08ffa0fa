import numpy as np
import pytest

from sayagain.feedback import Signal
from sayagain.feedback.signal import Kind
from sayagain.labels import AFTER, BEST_OF_OTHERS, SIGNALS, next_turn_features, signal_strengths
from sayagain.turns import NOTHING, Hypothesis, Interruption, Nlu, Response, Session, Slot, Turn

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
FRENCH = Hypothesis(intent="inform", slots=(Slot("food", "french"),))
BYE = Hypothesis(intent="bye")


def turn(number, hypothesis, request, **fields):
    nlu = Nlu(ranking=(hypothesis,), act_roles={"bye": "social"}) if hypothesis is not None else None
    return Turn(turn_id=f"t{number}", started=number * 5_000, request=request, nlu=nlu, **fields)


def features(session, index, *hypotheses):
    rows = next_turn_features(session, index, hypotheses)
    assert rows.shape == (len(hypotheses), len(AFTER))
    return [dict(zip(AFTER, row, strict=True)) for row in rows]


SESSION = Session(
    session_id="s",
    turns=(
        turn(0, FRENCH, "french food", interrupted=Interruption(yes=True)),
        turn(1, THAI, "no thai food", response=Response(acts=(Hypothesis(intent="offer", slots=THAI.slots),))),
        turn(2, BYE, "goodbye"),
    ),
)


def test_each_reading_is_compared_with_what_came_next():
    acted_on, other, nothing = features(SESSION, 0, FRENCH, THAI, NOTHING)
    assert (acted_on["is_read"], other["is_read"]) == (1, 0)
    assert (acted_on["next_same"], other["next_same"]) == (0, 1)
    assert (acted_on["next_conflicts"], other["next_conflicts"]) == (1, 0)
    assert (acted_on["echoed_next"], other["echoed_next"]) == (0, 1)
    assert (acted_on["in_next"], other["in_next"]) == (0.5, 1)
    assert (nothing["is_nothing"], nothing["n_items"]) == (1, 0)
    assert acted_on["interrupted"] == other["interrupted"] == 1
    assert acted_on["gap"] == 5
    assert acted_on["n_later"] == 2


def test_after_the_last_turn_nothing_is_known():
    (row,) = features(SESSION, 2, BYE)
    assert (row["is_last"], row["n_later"], row["gap"], row["next_alike"], row["is_social"]) == (1, 0, -1, -1, 1)


def test_what_the_response_said_back_is_seen():
    (row,) = features(SESSION, 1, THAI)
    # A reading that names nothing cannot be answered.
    assert (row["echoed"], row["answered"], row["n_acts"]) == (1, -1, 1)
    assert row["next_social"] == 1


def test_the_columns_of_the_other_readings_are_named():
    assert [AFTER[column] for column in BEST_OF_OTHERS] == [
        "next_same",
        "next_holds",
        "in_next",
        "answered_next",
        "union_held",
    ]


def test_every_kind_of_signal_has_its_column():
    assert sorted(SIGNALS) == sorted(Kind.__args__)


def signal(turn_id, kind, strength, *, positive=False):
    return Signal(turn_id=turn_id, kind=kind, positive=positive, strength=strength, evidence="")


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_strongest_signal_of_a_kind_speaks_and_the_sign_tells_for_whom(is_reversed):
    signals = [
        signal("t1", "rating", 0.3),
        signal("t1", "rating", 0.9, positive=True),
        signal("t1", "repeat", 0.4),
        signal("t0", "thanks", 0.2, positive=True),
    ]
    table = signal_strengths(SESSION, signals[::-1] if is_reversed else signals)
    expected = np.zeros((3, len(SIGNALS)))
    expected[1, SIGNALS.index("rating")] = 0.9
    expected[1, SIGNALS.index("repeat")] = -0.4
    expected[0, SIGNALS.index("thanks")] = 0.2
    assert (table == expected).all()
