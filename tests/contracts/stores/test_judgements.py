"""Judgements: replaced as a whole by each learning."""

from sayagain.labels import Judgement, Label
from sayagain.turns import Hypothesis


def ids(turns):
    return [each.turn_id for each in turns]


def judged(turn_id, p, defect, label=None):
    return Judgement(turn_id=turn_id, p_defect=p, defect=defect, label=label)


def test_judgements_are_replaced_as_a_whole(store):
    assert store.judgement("a") is None
    assert list(store.judgements()) == []
    label = Label(turn_id="b", hypothesis=Hypothesis(intent="on"), provenance="moved on", probability=0.8, weight=1.0)
    first = [judged("a", 0.2, False), judged("b", 0.9, True, label), judged("c", 0.9, True)]
    store.set_judgements(first)
    assert store.judgement("b") == first[1]
    assert list(store.judgements()) == [first[1], first[2], first[0]]
    assert ids(store.judgements(defects=True)) == ["b", "c"]
    assert ids(store.judgements(limit=1)) == ["b"]
    store.set_judgements([judged("d", 0.5, False)])
    assert ids(store.judgements()) == ["d"]
    assert store.judgement("b") is None
