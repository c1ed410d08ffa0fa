"""Parts that other packages add: found without an edit here, and harmless when they fail."""

import json
import logging
import subprocess
import sys

import pytest

from sayagain import Learner
from sayagain.errors import InputError
from sayagain.feedback import DETECTORS, Signal, detect
from sayagain.guardrails import GUARDRAILS, refuse
from sayagain.learning.count import count
from sayagain.plugins import Registry, announced_parts
from sayagain.rewriting.candidates import SOURCES, UNRANKED, Candidate, gather
from sayagain.turns import Action, FeedbackReport, Hypothesis, Nlu, Response, Session, Turn, said

SESSION = Session(
    session_id="s",
    turns=(
        Turn(turn_id="a", started=0, request="turn of the lamb", response=Response(error_code="no_intent_match")),
        Turn(turn_id="b", started=6_000, request="turn off the lamp", response=Response(type="action_done")),
    ),
)

PACKAGE = """
import sayagain.turns
from sayagain.feedback import Signal
from sayagain.rewriting import Candidate

def sigh(session):
    return [Signal(turn_id=session.turns[0].turn_id, kind="sigh", positive=False, strength=0.5, evidence="a sigh")]

def bedtime(case, rules, language):
    return "it is too late for the lamp" if "lamp" in case.candidate else None

def guess(turn, history, knowledge, position):
    return [Candidate(text="lamp on", reading=sayagain.turns.said("lamp on"), layer="guess")]

class Parrot:
    name = "parrot"
    def turns(self, events, source):
        return iter([sayagain.turns.Turn(turn_id="p", started=0, request=each["said"]) for each in events])
    def export(self, examples):
        return {}
"""
ENTRY_POINTS = """
[sayagain.detectors]
sigh = house_of_birds:sigh
gone = house_of_birds:gone
[sayagain.guardrails]
bedtime = house_of_birds:bedtime
[sayagain.candidates]
guess = house_of_birds:guess
[sayagain.assistants]
parrot = house_of_birds:Parrot
mute = house_of_birds:sigh
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Another package, installed where Python finds it."""
    (tmp_path / "house_of_birds.py").write_text(PACKAGE, encoding="utf-8")
    info = tmp_path / "house_of_birds-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-of-birds\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def run(code):
        code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{code}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def added():
    """Register a function for one test."""
    undo = []

    def add(registry, function):
        registry.register(function)
        undo.append(lambda: registry.unregister(function.__name__))

    yield add
    for each in undo:
        each()


def test_an_installed_package_adds_a_detector_and_one_that_is_broken_is_told_in_one_sentence(package):
    done = package(
        "from sayagain.feedback import detect; from sayagain.turns import Session, Turn\n"
        "session = Session(session_id='s', turns=(Turn(turn_id='t', started=0, request='lamp on'),))\n"
        "for _ in range(3): print(*(each.kind for each in detect(session)))"
    )
    assert done.stdout.splitlines() == ["sigh"] * 3
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("the plugin gone of sayagain.detectors failed (AttributeError: ")


def test_an_installed_package_adds_a_guardrail(package):
    done = package(
        "from sayagain.guardrails import refuse\n"
        "print(refuse('turn off the lamb', None, 'turn off the lamp', None))\n"
        "print(refuse('turn off the van', None, 'turn off the fan', None))"
    )
    assert done.stdout.splitlines() == ["it is too late for the lamp", "None"]


def test_an_installed_package_adds_an_assistant(package):
    done = package(
        "from sayagain.assistants import assistant_named\n"
        "print(*(turn.request for turn in assistant_named('parrot').turns([{'said': 'hello'}], 'log')))\n"
        "for name in ('mute', 'parot'):\n"
        "    try: assistant_named(name)\n"
        "    except Exception as error: print(type(error).__name__, error)"
    )
    heard, mute, close = done.stdout.splitlines()
    assert heard == "hello"
    assert mute.startswith("InputError the plugin mute of sayagain.assistants failed (TypeError: ")
    assert close.startswith("InputError there is no assistant parot; did you mean parrot? There are: homeassistant, ")


def test_an_installed_package_is_read_by_the_command_line(package, tmp_path):
    (tmp_path / "log.jsonl").write_text('{"said": "polly wants a lamp"}\n', encoding="utf-8")
    log, db = str(tmp_path / "log.jsonl"), str(tmp_path / "home.db")
    done = package(
        "from sayagain.cli import main\n"
        f"sys.argv = ['sayagain', 'ingest', {log!r}, '--assistant', 'parrot', '--db', {db!r}, '--json']\n"
        "main()"
    )
    assert json.loads(done.stdout)["new"] == 1


@pytest.mark.usefixtures("package")
def test_what_is_announced_is_not_imported():
    assert list(announced_parts("sayagain.assistants")) == ["mute", "parrot"]
    assert "house_of_birds" not in sys.modules


def test_a_detector_that_raises_or_returns_something_else_leaves_the_others_alone(added, caplog):
    before = detect(SESSION)

    def raising(_):
        raise OSError("no microphone")

    def nothing(_):
        return None

    added(DETECTORS, raising)
    added(DETECTORS, nothing)
    with caplog.at_level(logging.WARNING):
        assert detect(SESSION) == detect(SESSION) == before
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "the plugin raising of sayagain.detectors failed (OSError: no microphone)",
        "the plugin nothing of sayagain.detectors failed (ValidationError: Expected `array`, got `null`)",
    ]


def test_a_signal_about_a_turn_of_another_session_is_dropped(added):
    def astray(_):
        return [Signal(turn_id="elsewhere", kind="sigh", positive=False, strength=1.0, evidence="a sigh")]

    before = detect(SESSION)
    added(DETECTORS, astray)
    assert detect(SESSION) == before


def test_a_guardrail_that_fails_refuses(added):
    assert refuse("turn off the lamb", None, "turn off the lamp", None) is None

    def clock(_case, _rules, _language):
        raise RuntimeError("no clock")

    added(GUARDRAILS, clock)
    assert refuse("turn off the lamb", None, "turn off the lamp", None) == (
        "the plugin clock of sayagain.guardrails failed (RuntimeError: no clock), "
        "and what a guardrail could not judge is not done"
    )
    # Leaving a request as it is, and what a user taught on purpose, is no guess that could be wrong.
    assert refuse("lamp on", None, "lamp on", None) is None
    assert refuse("study mode", None, "lamp on", None, taught=True) is None


def test_an_added_guardrail_cannot_allow_what_another_refuses(added):
    def allow(_case, _rules, _language):
        return None

    refused = refuse("don't turn on the lamp", None, "turn on the lamp", None)
    added(GUARDRAILS, allow)
    assert refuse("don't turn on the lamp", None, "turn on the lamp", None) == refused is not None


@pytest.fixture(scope="module")
def knowledge():
    return count([], min_users=1, units={}).view("u")


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_an_added_source_gives_candidates_and_sees_nothing_of_the_answer(added, knowledge, position):
    seen = []

    def guess(turn, _history, _knowledge, _position):
        seen.append(turn)
        return [
            Candidate(text=text, hypothesis=said(text), layer=layer, rank=0, confidence=1.0)
            for text, layer in [("a", "guess"), ("b", "leave"), ("a", "guess"), ("c", "guess"), ("d", "guess")]
        ]

    turn = Turn(
        turn_id="t",
        started=0,
        request="lamp of",
        area="attic",
        nlu=Nlu(ranking=(Hypothesis(intent="Off"),)),
        response=Response(text="Done"),
        actions=(Action(target="lamp"),),
        feedback=(FeedbackReport(kind="thumbs", value=1.0),),
    )
    before = gather(turn, (), knowledge, position)
    added(SOURCES, guess)
    found = gather(turn, (), knowledge, position)
    assert found[: len(before)] == before
    # Its first three, each reading once, none under a name of ours, and none as if the assistant had listed it.
    assert [(each.text, each.layer, each.rank) for each in found[len(before) :]] == [("a", "guess", UNRANKED)]
    (given,) = seen
    assert (given.area, given.response, given.actions, given.feedback) == ("attic", None, (), ())
    assert (given.nlu is None) == (position == "heard")


def test_what_an_added_source_gives_is_ranked_and_guarded_like_any_other(added, tmp_path):
    def guess(turn, _history, _knowledge, _position):
        other = "turn on the lamp" if turn.request.startswith("do not") else "lamp off"
        return [Candidate(text=other, hypothesis=said(other), layer="guess")]

    added(SOURCES, guess)
    with Learner(str(tmp_path / "home.db")) as learner:
        for at in range(40):
            learner.observe(Turn(turn_id=f"t{at}", started=at * 100_000, request="lamp off", user_id=f"u{at % 4}"))
        learner.promote(learner.learn(), force=True)
        decision = learner.rewrite("do not turn on the lamp", user="u1")
    assert decision.text == "do not turn on the lamp"


def test_what_the_package_itself_gets_wrong_is_not_hidden():
    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(Registry("sayagain.example", [broken], returns=int).results())


def test_an_assistant_of_the_package_is_not_replaced():
    from sayagain.assistants import register_assistant  # noqa: PLC0415  (the only test that needs it)

    with pytest.raises(InputError, match="the assistant rasa comes with the package"):
        register_assistant("rasa")
