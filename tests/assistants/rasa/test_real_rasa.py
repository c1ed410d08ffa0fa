"""A real Rasa with the channel before it, its own event broker and its own reader; `make test-rasa` runs these."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sayagain.assistants.rasa.rasa import Rasa
from sayagain.labels import Example
from sayagain.turns import Hypothesis, Slot

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[3]
RASA = os.environ.get("SAYAGAIN_RASA", str(ROOT / ".venv-rasa/bin/python"))

READER = """
import json, sys
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
read = RasaYAMLReader().read(sys.argv[1])
found = [[each.get("text"), each.get("intent"), each.get("entities") or []] for each in read.training_examples]
print(json.dumps({"examples": found, "synonyms": read.entity_synonyms}))
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """What a conversation with a real Rasa left."""
    out = tmp_path_factory.mktemp("rasa")
    script = ROOT / "scripts/real_rasa.py"
    done = subprocess.run([sys.executable, script, RASA, out], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def events(out):
    return [json.loads(line) for line in (out / "rasa.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_real_rasa_gives_the_turns_that_were_recorded_of_one(recorded):
    out, _ = recorded
    recorded_log = ROOT / "tests/contracts/assistants/rasa.jsonl"
    before = [json.loads(line) for line in recorded_log.read_text(encoding="utf-8").splitlines()]

    def turn_records(log):
        return [
            (turn.request, turn.heard, turn.failed, turn.understood.key, turn.response, turn.actions, turn.resolution)
            for turn in Rasa().turns(log, "log")
        ]

    assert turn_records(events(out)) == turn_records(before)


def test_the_channel_answers_at_the_address_of_the_channel_behind_it_and_without_the_service(recorded):
    out, said = recorded
    assert "bob: kill the kitchen illumination -> ['The kitchen light is off.']" in said
    assert "bob, with the service gone: hello -> ['Hello.']" in said
    last = [event for event in events(out) if event["event"] == "user"][-1]
    assert last["metadata"]["sayagain"]["why"].startswith("left as it is: sayagain failed (")


def test_the_dump_of_a_tracker_gives_turns_of_the_log(recorded):
    out, _ = recorded
    dump = json.loads((out / "rasa_tracker.json").read_text(encoding="utf-8"))
    dumped = list(Rasa().turns([dump], "tracker"))
    assert dumped
    assert set(map(repr, dumped)) <= set(map(repr, Rasa().turns(events(out), "log")))


def test_rasas_own_reader_reads_what_is_written_for_it(tmp_path):
    hypothesis = Hypothesis(
        intent="turn_off", slots=(Slot("area", "kitchen"), Slot("city:to", "Oslo"), Slot("x", "gone"))
    )
    texts = ["Kill the Kitchen light to Oslo", "- it: is # \"dark\" & 'cold' *", "café 😀"]
    files = Rasa().export([Example(text=text, hypothesis=hypothesis, probability=0.9) for text in texts])
    (tmp_path / "nlu.yml").write_bytes(files["nlu.yml"])
    done = subprocess.run(
        [RASA, "-W", "ignore", "-c", READER, tmp_path / "nlu.yml"], capture_output=True, text=True, check=True
    )
    training_data = json.loads(done.stdout)
    assert [(text, intent) for text, intent, _ in training_data["examples"]] == [(text, "turn_off") for text in texts]
    entities = [
        {key: entity.get(key) for key in ("entity", "role", "value", "start", "end")}
        for entity in training_data["examples"][0][2]
    ]
    assert entities == [
        {"entity": "area", "role": None, "value": "Kitchen", "start": 9, "end": 16},
        {"entity": "city", "role": "to", "value": "Oslo", "start": 26, "end": 30},
    ]
    assert training_data["synonyms"]["Kitchen"] == "kitchen"
    assert [example[2] for example in training_data["examples"][1:]] == [[], []]
    assert done.stderr == ""
