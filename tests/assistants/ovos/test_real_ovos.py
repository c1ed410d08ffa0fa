"""A real ovos-core and ovos-messagebus, with the plugin inside and the observer beside; `make test-ovos` runs these."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from real_ovos import RealOvos, types
from stand_in_service import StandIn

from sayagain import Learner
from sayagain.assistants.ovos import Ovos
from sayagain.labels import Example
from sayagain.turns import Hypothesis

pytestmark = [pytest.mark.ovos, pytest.mark.timeout(900)]

PROGRAMS = Path(os.environ.get("SAYAGAIN_OVOS", Path(__file__).parents[3] / ".venv-ovos" / "bin"))
HELLO = "ovos-skill-hello-world.openvoiceos"
GREETINGS = f"{HELLO}/locale/en-us/Greetings.intent"
NOWHERE = "http://127.0.0.1:9"


def left_in(messages):
    """What the plugin left in the context of each message after the utterance."""
    return [message["context"].get("sayagain") for message in messages[1:]]


def attached(ovos, db):
    return subprocess.Popen(
        [sys.executable, "-m", "sayagain.cli", "attach", "ovos", "--port", str(ovos.port), "--db", str(db)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """What was said to an OVOS with plugin and observer, and what became of it."""
    folder = tmp_path_factory.mktemp("ovos")
    db = folder / "home.db"
    said = {}
    with (
        StandIn({"halo there": "hello there"}) as service,
        RealOvos(PROGRAMS, folder / "a", plugin={"url": service.url, "deadline": 20_000}) as ovos,
        attached(ovos, db) as observer,
    ):
        assert observer.stderr.readline().startswith("listening to ")
        for words in ("hello there", "purple monkey fridge", "halo there"):
            said[words] = ovos.say(words, session="kitchen-1")
        observer.send_signal(signal.SIGTERM)
        out, _ = observer.communicate(timeout=60)
    with Learner(db) as learner:
        turns = {turn.heard: turn for turn in learner.store.turns()}
    return said, turns, service, out


def test_what_is_understood_is_answered_and_logged(day):
    said, turns, _, out = day
    assert f"{HELLO}:Greetings.intent" in types(said["hello there"])
    turn = turns["hello there"]
    assert (turn.nlu.domain, turn.nlu.intent, turn.failed, turn.area) == (HELLO, "Greetings.intent", False, "kitchen")
    assert out == "3 turns logged\n"


def test_what_is_not_understood_is_logged_as_failed(day):
    said, turns, _, _ = day
    assert "complete_intent_failure" not in types(said["purple monkey fridge"])
    assert turns["purple monkey fridge"].response.error_code == "no_intent_match"
    assert turns["purple monkey fridge"].response.text


def test_a_rewritten_request_is_understood_and_logged_as_heard(day):
    said, turns, service, _ = day
    assert f"{HELLO}:Greetings.intent" in types(said["halo there"])
    turn = turns["halo there"]
    assert (turn.request, turn.failed) == ("hello there", False)
    applied = turn.applied_rewrite
    assert (applied.layer, applied.release, applied.propensity) == ("chain", 3, 0.95)
    asked = {rewrite_request["request"]: rewrite_request["turn_id"] for rewrite_request in service.asked}
    assert turn.turn_id == asked["halo there"]


def test_turn_and_rewrite_ride_on_every_later_message(day):
    said, turns, _, _ = day
    for words, messages in said.items():
        assert {left and left["turn_id"] for left in left_in(messages)} == {turns[words].turn_id}


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """An OVOS without fallback-unknown, its sayagain down, and the words of an exported file beside the skill's own."""
    example = Example(text="hey you", hypothesis=Hypothesis(intent="Greetings.intent", domain=HELLO), probability=0.9)
    exported = Ovos().export([example])
    (own,) = PROGRAMS.parent.rglob("ovos_skill_hello_world/locale/en-us/intents/Greetings.intent")
    both = own.read_bytes().rstrip(b"\n") + b"\n" + exported[GREETINGS]
    with RealOvos(
        PROGRAMS,
        tmp_path_factory.mktemp("ovos") / "b",
        plugin={"url": NOWHERE},
        fallback=False,
        locale={f"resources/{GREETINGS}": both},
    ) as ovos:
        return {
            words: ovos.say(words, session="attic-3") for words in ("purple monkey fridge", "hey you", "hello there")
        }


def test_without_a_fallback_the_failure_is_complete_and_sayagain_down_changes_nothing(taught):
    messages = taught["purple monkey fridge"]
    assert types(messages)[-2:] == ["complete_intent_failure", "ovos.utterance.handled"]
    assert all("cannot be reached" in left["why"] for left in left_in(messages))
    (turn,) = Ovos().turns(messages, "bus")
    assert (turn.failed, turn.applied_rewrite.layer) == (True, "leave")


@pytest.mark.parametrize("words", ["hey you", "hello there"])
def test_words_of_an_exported_file_are_understood_beside_those_of_the_skill(taught, words):
    assert f"{HELLO}:Greetings.intent" in types(taught[words])


def test_a_sayagain_that_hangs_is_not_waited_for(tmp_path, hanging):
    with (
        hanging({"halo there": "purple monkey fridge"}) as service,
        RealOvos(PROGRAMS, tmp_path / "c", plugin={"url": service.url, "deadline": 200}) as ovos,
    ):
        messages = ovos.say("hello there", session="kitchen-1")
    assert "speak" in types(messages)
    assert {left["why"] for left in left_in(messages)} == {"left as it is: sayagain took longer than 200 ms"}


def test_the_plugin_brings_nothing_of_learning_into_ovos():
    code = (
        "import sys, ovos_plugin_manager.templates.transformers\n"
        "before = set(sys.modules)\n"
        "import sayagain.assistants.ovos.transformer\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([PROGRAMS / "python", "-c", code], capture_output=True, text=True, check=True)
    brought = set(done.stdout.split())
    assert "msgspec" in brought
    assert brought.isdisjoint({"numpy", "scipy", "pyarrow", "lightgbm", "rapidfuzz", "jellyfish", "sqlite3"})
