"""Judgements as OpenTelemetry events, read back with OpenTelemetry's own schema."""

import base64
import json

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from sayagain.assistants.otel.evaluations import documents, evaluation
from sayagain.labels import UNKNOWN, Judgement, Label
from sayagain.turns import Response, Turn, said

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def turn(**fields):
    return Turn(**{"turn_id": "t", "started": 1_795_517_387_907, "request": "lamp of", **fields})


def judged(p_defect=0.9, **fields):
    return Judgement(turn_id="t", p_defect=p_defect, defect=p_defect > 0.5, **fields)


def label(hypothesis, words=None):
    return Label(turn_id="t", hypothesis=hypothesis, words=words, provenance="rephrased", probability=0.8, weight=1.0)


def parsed(records):
    """As whoever receives OTLP reads it; JSON writes ids in hexadecimal there, protobuf's own JSON in base 64."""
    requests = []
    for line in documents(records):
        document = json.loads(line)
        for record in document["resourceLogs"][0]["scopeLogs"][0]["logRecords"]:
            for key in {"traceId", "spanId"} & record.keys():
                record[key] = base64.b64encode(bytes.fromhex(record[key])).decode()
        requests.append(json_format.ParseDict(document, ExportLogsServiceRequest()))
    return requests


def attributes(record):
    return {
        attribute.key: getattr(attribute.value, attribute.value.WhichOneof("value")) for attribute in record.attributes
    }


def told(made, judgement):
    (document,) = parsed([evaluation(made, judgement)])
    (record,) = document.resource_logs[0].scope_logs[0].log_records
    return record


def test_a_defect_is_told_beside_the_span_that_answered():
    made = turn(conversation_id="c", raw={"trace_id": TRACE, "span_id": SPAN, "response_id": "chatcmpl-1"})
    record = told(made, judged(label=label(said("turn off the lamp"), "turn off the lamp")))
    assert (record.trace_id.hex(), record.span_id.hex()) == (TRACE, SPAN)
    assert (record.event_name, record.time_unix_nano) == ("gen_ai.evaluation.result", 1_795_517_387_907_000_000)
    assert attributes(record) == {
        "gen_ai.evaluation.name": "sayagain.defect",
        "gen_ai.evaluation.score.value": 0.9,
        "gen_ai.evaluation.score.label": "fail",
        "gen_ai.evaluation.explanation": "90% sure that it failed; what was meant is “turn off the lamp” "
        "(rephrased, 80% sure)",
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.conversation.id": "c",
        "sayagain.turn_id": "t",
    }


def test_without_a_span_the_response_links_it():
    record = told(turn(raw={"response_id": "chatcmpl-1"}), judged(0))
    assert (record.trace_id, record.span_id) == (b"", b"")
    record_attributes = attributes(record)
    assert (record_attributes["gen_ai.response.id"], record_attributes["gen_ai.evaluation.score.label"]) == (
        "chatcmpl-1",
        "pass",
    )
    assert record_attributes["gen_ai.evaluation.score.value"] == 0.0


@pytest.mark.parametrize(
    "raw",
    [
        None,
        5,
        [],
        {},
        {"trace_id": TRACE},
        {"trace_id": "0" * 32, "span_id": SPAN},
        {"trace_id": TRACE.upper(), "span_id": SPAN},
        {"trace_id": f"{TRACE}\n", "span_id": SPAN},
        {"response_id": ""},
        {"response_id": 5},
    ],
)
def test_what_can_be_linked_to_nothing_is_left_out(raw):
    assert evaluation(turn(raw=raw), judged()) is None


@pytest.mark.parametrize(
    ("made", "given", "sentence"),
    [
        ({}, None, "no later turn shows what was meant"),
        ({}, label(UNKNOWN), "what was meant is unknown (rephrased)"),
        ({}, label(said("lamp of")), "what followed supports it (rephrased, 80% sure)"),
        ({"response": Response(error_code="refusal")}, None, "the answer was an error (refusal); no later turn"),
    ],
)
def test_the_explanation_says_what_speaks_for_it(made, given, sentence):
    record = told(turn(raw={"response_id": "r"}, **made), judged(label=given))
    assert sentence in attributes(record)["gen_ai.evaluation.explanation"]


def test_many_are_written_in_several_documents():
    record = evaluation(turn(raw={"response_id": "r"}), judged())
    sizes = [len(document.resource_logs[0].scope_logs[0].log_records) for document in parsed([record] * 2001)]
    assert sizes == [1000, 1000, 1]
    assert list(documents([])) == []
