import msgspec
import pytest

from sayagain.labels import UNKNOWN, Judgement, Label
from sayagain.turns import NOTHING, Hypothesis

ON = Hypothesis(intent="on")


def label(hypothesis=ON, probability=0.8, weight=1.0):
    return Label(turn_id="t", hypothesis=hypothesis, provenance="moved on", probability=probability, weight=weight)


@pytest.mark.parametrize(
    ("record", "verified"),
    [
        (label(), True),
        (label(probability=0.75), True),
        (label(probability=0.74), False),
        (label(weight=0.5), False),
        (label(hypothesis=NOTHING), False),
        (label(hypothesis=UNKNOWN), False),
    ],
)
def test_only_a_sure_reading_of_something_is_taken_as_fact(record, verified):
    assert record.verified is verified


@pytest.mark.parametrize(
    "record", [label(), Judgement(turn_id="t", p_defect=0.5, defect=True, label=label(UNKNOWN))], ids=["label", "turn"]
)
def test_what_was_learnt_can_be_written_and_read_back(record):
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=type(record)) == record


@pytest.mark.parametrize(("kind", "field"), [(Label, "probability"), (Label, "weight"), (Judgement, "p_defect")])
def test_no_probability_outside_0_and_1_is_read(kind, field):
    record = label() if kind is Label else Judgement(turn_id="t", p_defect=0.5, defect=True)
    encoded = msgspec.msgpack.encode({**msgspec.to_builtins(record), field: 1.5})
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.msgpack.decode(encoded, type=kind)


def test_a_label_is_stored_under_the_key_that_older_records_have():
    assert msgspec.to_builtins(label())["reading"]["intent"] == "on"
