"""Run a real Rasa with the channel before it, talk to it, and record what its event broker and its tracker tell.

Run: .venv/bin/python scripts/real_rasa.py RASA_PYTHON OUT, where RASA_PYTHON has rasa 3.6 (Python 3.8 to 3.10) and OUT
is a folder: it gets `rasa.jsonl`, the events of the file broker with two conversations interleaved, and
`rasa_tracker.json`, what `GET /conversations/<id>/tracker` answers.

A stand-in for the service rewrites one wording, so that a rewrite shows in the record; for the last message it is gone.
"""

import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

RASA = 5905
SERVICE = 5987
CHANNEL = Path(__file__).parents[1] / "src/sayagain/assistants/rasa/channel.py"

CONFIG = """\
recipe: default.v1
language: en
assistant_id: lamps
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 2
  max_ngram: 4
- name: LogisticRegressionClassifier
  max_iter: 300
  random_state: 1
- name: RegexEntityExtractor
  use_lookup_tables: true
- name: EntitySynonymMapper
- name: FallbackClassifier
  threshold: 0.45
  ambiguity_threshold: 0.05
policies:
- name: RulePolicy
  core_fallback_threshold: 0.4
  core_fallback_action_name: action_default_fallback
  enable_fallback_prediction: true
"""

DOMAIN = """\
version: "3.1"
intents: [greet, turn_on, turn_off, thanks, deny]
entities: [area]
slots:
  area:
    type: text
    influence_conversation: false
    mappings:
    - type: from_entity
      entity: area
responses:
  utter_greet: [{text: "Hello."}]
  utter_on: [{text: "The {area} light is on."}]
  utter_off: [{text: "The {area} light is off."}]
  utter_thanks: [{text: "Any time."}]
  utter_please_rephrase: [{text: "Sorry, I did not get that."}]
  utter_default: [{text: "I cannot do that."}]
actions: [action_light_on, action_light_off]
session_config:
  session_expiration_time: 60
  carry_over_slots_to_new_session: true
"""

NLU = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - hi there
    - good morning
    - hey
- intent: turn_on
  examples: |
    - turn on the light in the [kitchen](area)
    - switch the [bedroom](area) light on
    - lights on in the [attic](area)
    - turn the [hall](area) light on please
    - turn on the light
- intent: turn_off
  examples: |
    - turn off the light in the [kitchen](area)
    - switch the [bedroom](area) light off
    - lights off in the [attic](area)
    - turn the [hall](area) light off please
    - turn off the light
- intent: thanks
  examples: |
    - thanks
    - thank you
    - cheers
- intent: deny
  examples: |
    - no
    - no not that
    - wrong
- synonym: attic
  examples: |
    - loft
- lookup: area
  examples: |
    - kitchen
    - bedroom
    - attic
    - hall
    - loft
"""

RULES = """\
version: "3.1"
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: on, steps: [{intent: turn_on}, {action: action_light_on}, {action: utter_on}]}
- {rule: off, steps: [{intent: turn_off}, {action: action_light_off}, {action: utter_off}]}
- {rule: thanks, steps: [{intent: thanks}, {action: utter_thanks}]}
- {rule: fallback, steps: [{intent: nlu_fallback}, {action: utter_please_rephrase}]}
"""

CREDENTIALS = f"""\
sayagain_channel.SayagainChannel:
  url: http://127.0.0.1:{SERVICE}
  channel: rest
  deadline: 2000
"""

ENDPOINTS = """\
event_broker:
  type: file
  path: events.jsonl
action_endpoint:
  url: http://127.0.0.1:5906/webhook
"""

ACTIONS = '''\
"""Two actions that do nothing, and one service that rewrites one wording."""
import http.server, json
class Act(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"events": [], "responses": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", 5906), Act).serve_forever()
'''

# (who, what): the two interleave; a slash names an intent, as a button does.
TALK = [
    ("ann", "hello"),
    ("bob", "turn on the light in the kitchen"),
    ("ann", "illuminate my loft would you"),
    ("ann", "turn on the light in the loft"),
    ("bob", "kill the kitchen illumination"),
    ("bob", "turn off the light"),
    ("ann", "thanks"),
    ("bob", "no not that"),
    ("bob", "/thanks"),
    ("ann", "/restart"),
    ("ann", "hey"),
]

REWRITES = {"kill the kitchen illumination": "turn off the light in the kitchen"}


class Service(http.server.BaseHTTPRequestHandler):
    """Stands in for `sayagain serve`."""

    def do_POST(self) -> None:
        """Rewrite what stands in `REWRITES`, and leave everything else."""
        turn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        heard = turn["request"]
        decision: dict[str, Any] = {"heard": heard, "text": heard, "layer": "leave", "propensity": 1.0, "why": "-"}
        if heard in REWRITES:
            decision |= {"text": REWRITES[heard], "layer": "table", "rewrite_id": "0123456789ab", "release": 1}
        body = json.dumps(decision | {"turn_id": turn["turn_id"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def ask(path: str, body: object = None) -> Any:  # noqa: ANN401  (what Rasa answers)
    """GET or POST JSON of Rasa."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{RASA}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  (of this machine)
        return json.loads(answer.read())


def wait_for_rasa(rasa: subprocess.Popen[bytes]) -> None:
    """Return when it answers.

    Raises:
        SystemExit: it ended, or did not come up.
    """
    for _ in range(240):
        if rasa.poll() is not None:
            raise SystemExit("rasa ended before it answered")
        try:
            ask("/status")
        except (OSError, urllib.error.URLError):
            time.sleep(1)
        else:
            return
    raise SystemExit("rasa did not come up within four minutes")


def main(python: str, out: Path) -> None:
    """Train, run, talk, record."""
    service = http.server.ThreadingHTTPServer(("127.0.0.1", SERVICE), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, text in {
            "config.yml": CONFIG,
            "domain.yml": DOMAIN,
            "data/nlu.yml": NLU,
            "data/rules.yml": RULES,
            "credentials.yml": CREDENTIALS,
            "endpoints.yml": ENDPOINTS,
            "actions_server.py": ACTIONS,
        }.items():
            (home / name).parent.mkdir(exist_ok=True)
            (home / name).write_text(text, encoding="utf-8")
        shutil.copy(CHANNEL, home / "sayagain_channel.py")
        env = {
            **os.environ,
            "PYTHONPATH": folder,
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        }
        subprocess.run([python, "-m", "rasa", "train", "--quiet"], cwd=home, env=env, check=True)
        actions = subprocess.Popen([python, "actions_server.py"], cwd=home, stderr=subprocess.DEVNULL)
        rasa = subprocess.Popen(
            [python, "-m", "rasa", "run", "--enable-api", "-p", str(RASA), "-i", "127.0.0.1"], cwd=home, env=env
        )
        try:
            wait_for_rasa(rasa)
            for sender, words in TALK:
                said = ask("/webhooks/rest/webhook", {"sender": sender, "message": words, "metadata": {"site": "test"}})
                print(f"{sender}: {words} -> {[each.get('text') for each in said]}")
            service.shutdown()
            service.server_close()
            said = ask("/webhooks/rest/webhook", {"sender": "bob", "message": "hello"})
            print(f"bob, with the service gone: hello -> {[each.get('text') for each in said]}")
            tracker = ask("/conversations/ann/tracker?include_events=ALL")
        finally:
            rasa.terminate()
            actions.terminate()
            rasa.wait(30)
        shutil.copy(home / "events.jsonl", out / "rasa.jsonl")
        (out / "rasa_tracker.json").write_text(json.dumps(tracker, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
