import gzip
import json

import pytest

yaml = pytest.importorskip("yaml")

from sayagain.assistants.homeassistant.event_log import HomeAssistantLog  # noqa: E402
from sayagain.errors import InputError  # noqa: E402
from sayagain.formats import BadRecord, EventLog  # noqa: E402


def event(kind, second, **data):
    return {"type": kind, "data": data, "timestamp": f"2026-11-24T08:30:{second:02}.500000+00:00"}


RUN = [
    event("run-start", 1, pipeline="p", language="en"),
    event("stt-start", 2, engine="stt.x"),
    event("stt-end", 4, stt_output={"text": "turn of the lamp"}),
    event("intent-start", 5, intent_input="turn of the lamp", language="*", conversation_id="c", device_id="d"),
    event(
        "intent-end",
        6,
        processed_locally=True,
        intent_output={
            "conversation_id": "c",
            "response": {
                "response_type": "error",
                "data": {"code": "no_intent_match"},
                "speech": {"plain": {"speech": "Sorry?"}},
            },
        },
    ),
    event("run-end", 7),
]
DOWNLOAD = {"init_options": {"start_stage": "stt"}, "stage": "done", "run": {"language": "en"}, "events": RUN}
ANSWER = {"id": 3, "type": "result", "success": True, "result": {"events": RUN}}


def read(path):
    return list(EventLog(path, HomeAssistantLog()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(DOWNLOAD, indent=2), id="download"),
        pytest.param(json.dumps(ANSWER), id="answer of the socket"),
        pytest.param(json.dumps([ANSWER, {"kind": "agents", "at": 0, "ids": []}]), id="list"),
        pytest.param(json.dumps({"pipeline_runs": [DOWNLOAD]}), id="runs"),
        pytest.param("\n".join(map(json.dumps, RUN)), id="events as lines"),
        pytest.param(json.dumps(RUN[:-1]), id="events as a list, without the end"),
        pytest.param(yaml.safe_dump(DOWNLOAD), id="yaml"),
        pytest.param(yaml.safe_dump([DOWNLOAD]), id="yaml list"),
        pytest.param("---\n" + yaml.safe_dump(RUN), id="yaml events"),
    ],
)
def test_a_run_is_a_turn_however_it_was_saved(tmp_path, text):
    path = tmp_path / "run.txt"
    path.write_text(text, encoding="utf-8")
    (turn,) = read(path)
    assert (turn.request, turn.language, turn.device_id) == ("turn of the lamp", "en", "d")
    assert (turn.response.text, turn.response.error_code) == ("Sorry?", "no_intent_match")
    path.write_bytes(gzip.compress(text.encode()))
    assert read(path) == [turn]


def test_several_runs_are_several_turns(tmp_path):
    path = tmp_path / "runs.json"
    later = json.loads(json.dumps(RUN).replace("2026-11-24", "2026-11-25"))
    path.write_text(json.dumps([{"events": RUN}, {"events": later}]), encoding="utf-8")
    first, second = read(path)
    assert second.started - first.started == 86_400_000
    assert first.turn_id != second.turn_id


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"pipeline_runs": [{"pipeline_run_id": "r", "timestamp": "2026"}]}, "a list of runs without their events"),
        ({"events": [{"type": "run-start"}]}, "no event of the run has a timestamp"),
    ],
)
def test_what_lacks_the_events_says_what_to_feed(tmp_path, record, reason):
    path = tmp_path / "runs.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    (bad,) = read(path)
    assert isinstance(bad, BadRecord)
    assert reason in bad.reason
    assert "pipeline_debug/get" in bad.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{\n broken", "begins like a JSON object"),
        ("a: &x [1]\nb: *x\n", "repeats a part by an alias"),
        ("a: [\n", "begins like YAML, but cannot be read"),
        ("a: !!python/object:os.system x\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "run.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read(path)
