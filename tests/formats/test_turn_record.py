"""Decoded records to turns, and the sentence for each that is none."""

import json
from types import MappingProxyType

import msgspec
import pytest
from msgspec import inspect

from sayagain.errors import TurnError
from sayagain.formats import encode_turn, turn_from_record
from sayagain.formats.turn_record import TIME_FIELDS
from sayagain.turns import Speech, Turn

TURN = {"turn_id": "a", "started": 1_769_846_400_000, "request": "lamp on"}


def with_(**changes):
    return {**TURN, **changes}


def without(name):
    return {key: value for key, value in TURN.items() if key != name}


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (without("started"), '"started" is missing; each turn needs a time such as 2026-01-31T08:00:00Z'),
        (without("turn_id"), '"turn_id" is missing; each turn needs an id of its own'),
        (without("request"), '"request" is missing; each turn needs the words of the user'),
        (with_(request=None), '"request" is missing; each turn needs the words of the user'),
        (with_(request=5), '"request" is a number; expected text'),
        (with_(request=5.5), '"request" is a number; expected text'),
        (with_(request=["lamp"]), '"request" is a list; expected text'),
        (with_(request=True), '"request" is true or false; expected text'),
        (with_(request=b"x"), '"request" is binary data; expected text'),
        (with_(turn_id=" "), '"turn_id" is empty; each turn needs an id of its own'),
        (with_(nlu="HassTurnOn"), '"nlu" is text; expected an object'),
        (with_(nlu={"ranking": {}}), '"nlu.ranking" is an object; expected a list'),
        (with_(nlu={"ranking": [{"intent": "a", "confidence": "high"}]}),
         '"nlu.ranking[0].confidence" is text; expected a number'),
        (with_(nlu={"ranking": [{"intent": "a"}, {}]}),
         '"nlu.ranking[1].intent" is missing; "nlu.ranking[1]" needs it'),
        (with_(nlu={"slots": [{"name": "a", "value": [1]}]}),
         '"nlu.slots[0].value" is a list; expected text or a number or true or false'),
        (with_(nlu={"slots": [None]}), '"nlu.slots[0]" is null; expected an object'),
        (with_(wake={}), '"wake.name" is missing; "wake" needs it'),
        (with_(wake={"name": "a", "probability": 1.5}),
         '"wake.probability" is 1.5; expected a number of at most 1'),
        (with_(wake={"name": "a", "probability": -1}),
         '"wake.probability" is -1; expected a number of at least 0'),
        (with_(asr={"text": "lamp on", "misheard": 1.5}), '"asr.misheard" is 1.5; expected a number of at most 1'),
        (with_(speech={"duration": 2.5}), '"speech.duration" is a number with a fraction; expected a whole number'),
        (with_(speech={"duration": -2}), '"speech.duration" is -2; expected a whole number of at least 0'),
        (with_(interrupted={"yes": 1}), '"interrupted.yes" is a number; expected true or false'),
        (with_(interrupted={"yes": True, "by": "dog"}),
         '"interrupted.by" is "dog"; expected one of "assistant", "other", "user"'),
        (with_(feedback=[{"kind": "smile"}]),
         '"feedback[0].kind" is "smile"; expected one of "correction", "helped", "rating", "thumbs"'),
        (with_(context={"device_states": {"lamp": 5}}),
         'a value of "context.device_states" is a number; expected text'),
        (with_(context={"sensors": {5: 1}}), 'a key of "context.sensors" is not text; expected text'),
        (with_(applied_rewrite={"id": "r", "to": "x", "layer": "chain"}),
         '"applied_rewrite.from" is missing; "applied_rewrite" needs it'),
        ([], "the record is a list; expected an object"),
        (5, "the record is a number; expected an object"),
        (None, "the record is null; expected an object"),
        ({5: 1}, "a key is not text; expected text"),
        (with_(started="noon"), '"started" is "noon"; expected a time such as 2026-01-31T08:00:00Z'),
        (with_(started=1_769_846_400),
         '"started" is 1769846400, which looks like seconds; expected milliseconds since 1970'),
        (with_(started={}),
         '"started" is an object; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970'),
        (with_(speech={"ended": "noon"}), '"speech.ended" is "noon"; expected a time such as 2026-01-31T08:00:00Z'),
        (with_(feedback=[{"kind": "thumbs"}, {"kind": "thumbs", "at": -5}]),
         '"feedback[1].at" is -5; expected milliseconds since 1970, up to the year 2200'),
        (with_(ended=1_769_846_399_999),
         '"ended" is 1769846399999, before "started" at 1769846400000; expected it not before'),
        (with_(nlu={"confidence": float("nan")}),
         '"nlu.confidence" is NaN or infinite; expected a finite number, or no value'),
        (with_(context={"sensors": {"heat": float("inf")}}),
         '"context.sensors.heat" is NaN or infinite; expected a finite number, or no value'),
        (with_(raw=[1, {"x": float("-inf")}]),
         '"raw[1].x" is NaN or infinite; expected a finite number, or no value'),
        (with_(request="\ud800"), "a text holds half a surrogate pair; expected valid Unicode"),
    ],
)  # fmt: skip
def test_what_is_no_turn_gets_one_clear_sentence(record, sentence):
    with pytest.raises(TurnError) as caught:
        turn_from_record(record)
    assert str(caught.value) == sentence


def test_times_may_be_text_in_every_place():
    text, milliseconds = "2026-01-31T08:00:00Z", 1_769_846_400_000
    turn = turn_from_record(
        with_(
            started=text,
            ended=text,
            speech={"started": text, "ended": text},
            interrupted={"yes": True, "at": text},
            feedback=[{"kind": "thumbs", "at": text}],
        )
    )
    times = [turn.started, turn.ended, turn.speech.started, turn.speech.ended, turn.interrupted.at, turn.feedback[0].at]
    assert times == [milliseconds] * 6


def test_every_time_of_a_turn_is_known():
    def times(kind, path):
        match kind:
            case inspect.Metadata(extra_json_schema={"type": ["integer", "string"]}):
                yield path
            case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner):
                yield from times(inner, path)
            case inspect.UnionType(types=types):
                for each in types:
                    yield from times(each, path)
            case inspect.StructType(fields=fields):
                for part in fields:
                    yield from times(part.type, (*path, part.encode_name))

    assert set(times(inspect.type_info(Turn), ())) == set(TIME_FIELDS)


def test_null_means_missing_but_raw_is_kept_as_it_came():
    turn = turn_from_record(
        with_(
            ended=None,
            resolution=None,
            asr={"text": None, "nbest": None},
            context={"sensors": {"heat": None}},
            raw={"a": None, "b": [None]},
        )
    )
    assert (turn.ended, turn.resolution, turn.asr.text, turn.asr.nbest) == (None, (), "", ())
    assert turn.context.sensors == {}
    assert turn.raw == {"a": None, "b": [None]}


def test_fields_that_a_turn_does_not_have_are_dropped():
    assert turn_from_record(with_(weather="fine")) == turn_from_record(TURN)


def test_the_record_is_left_as_it_was():
    record = with_(started="2026-01-31T08:00:00Z", speech={"started": "2026-01-31T08:00:00Z", "ended": None})
    before = json.dumps(record)
    turn_from_record(record)
    assert json.dumps(record) == before


def test_any_mapping_is_a_record():
    assert turn_from_record(MappingProxyType(TURN)) == turn_from_record(TURN)


def test_raw_that_is_nested_too_deep_is_refused():
    deep = None
    for _ in range(100):
        deep = [deep]
    assert turn_from_record(with_(raw=deep)).raw == deep
    with pytest.raises(TurnError, match='"raw" is nested more than 100 levels deep'):
        turn_from_record(with_(raw={"a": deep}))
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(TurnError, match="nested more than 100 levels deep"):
        turn_from_record(with_(raw=deep))


def test_a_number_too_long_to_print_is_refused():
    with pytest.raises(
        TurnError, match=r'"speech\.duration" is a very long number; expected a whole number of at least 0'
    ):
        turn_from_record(with_(speech={"duration": -(10**5000)}))


def test_what_is_shown_of_a_long_text_is_short():
    with pytest.raises(TurnError, match=r'"interrupted.by" is "x{40}\.\.\."; expected one of'):
        turn_from_record(with_(interrupted={"yes": True, "by": "x" * 10_000}))


def test_null_in_a_text_is_no_reason_to_refuse():
    turn = Turn(turn_id="null", started=0, request="null and NaN")
    assert msgspec.json.decode(encode_turn(turn), type=Turn) == turn


def test_a_turn_made_in_python_with_times_in_seconds_is_not_written():
    with pytest.raises(TurnError, match=r"turn 'a': \"speech.started\" is 1769846400, which looks like seconds"):
        encode_turn(Turn(turn_id="a", started=0, request="x", speech=Speech(started=1_769_846_400)))
