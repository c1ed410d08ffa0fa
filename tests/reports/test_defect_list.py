"""The requests judged to have failed: each once, in a period, by place."""

import pytest

from sayagain.errors import InputError
from sayagain.labels import Judgement
from sayagain.reports.defect_list import list_defects
from sayagain.store import MemoryStore
from sayagain.turns import Turn

NOW, DAY = 1_767_225_600_000, 86_400_000


@pytest.fixture
def store():
    store, judgements = MemoryStore(), []
    for number, (day, words, room, p_defect) in enumerate(
        [
            (0, "Lamp on!", "attic", 0.7),
            (5, "lamp on", "attic", 0.9),
            (9, "lamp on", "kitchen", 0.8),
            (9, "radio on", "kitchen", 0.6),
            (9, "fan on", "kitchen", 0.2),
        ]
    ):
        turn = Turn(turn_id=f"t{number}", started=NOW + day * DAY, request=words, area=room, language="en")
        store.add_turns([turn])
        judgements.append(Judgement(turn_id=turn.turn_id, p_defect=p_defect, defect=p_defect > 0.5))
    store.set_judgements(judgements)
    return store


def listed(store, limit=9, **given):
    defects = list_defects(store, lambda _: (), limit=limit, **given)
    return [(defect.turn_id, defect.times, defect.group) for defect in defects]


def test_a_request_is_listed_once_where_it_is_surest(store):
    assert listed(store) == [("t1", 3, None), ("t3", 1, None)]
    assert listed(store, limit=1) == [("t1", 3, None)]


def test_a_period_ends_with_the_last_turn(store):
    assert listed(store, since="2d") == [("t2", 1, None), ("t3", 1, None)]


def test_the_group_with_most_defects_comes_first(store):
    assert listed(store, since="7d", by="room") == [("t2", 1, "kitchen"), ("t3", 1, "kitchen"), ("t1", 1, "attic")]
    with pytest.raises(InputError, match="grouped by device, room"):
        listed(store, by="stage")
    with pytest.raises(InputError):
        listed(store, since="soon")
