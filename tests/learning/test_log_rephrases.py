"""Rephrases in other words teach a rewrite through the gate; what merely follows teaches nothing."""

import random

import pytest

from sayagain.feedback import Signal
from sayagain.labels.rephrase import Rephrase
from sayagain.learner import Learner
from sayagain.learning.log_languages import state_languages
from sayagain.learning.log_rephrases import add_signals, find_rephrases, join_goals
from sayagain.turns import NOTHING, Action, Goal, Nlu, Response, Session, Slot, Turn, sessions

DAY = 86_400_000
START = 1_767_225_600_000
LOST = Response(text="Sorry, I didn't understand that.", type="error", error_code="no_intent_match")
OFFLINE = Response(text="Sorry, something went wrong.", type="error", error_code="failed_to_handle")
DONE = Response(text="OK", type="action_done")

OTHERS = (
    ("what is the weather", "weather"),
    ("set a timer for 5 minutes", "timer"),
    ("play some jazz", "play"),
    ("turn on the lamp", "on"),
    ("tell me a joke", "joke"),
)


class Log:
    """Turns of some users; a request without an intent is not understood."""

    def __init__(self, hypotheses=True):
        self.turns, self.at, self.hypotheses = [], START, hypotheses
        self.dice = random.Random(1)

    def say(self, user, request, intent, gap, response=None, **fields):
        self.at += gap
        nlu = None
        if self.hypotheses:
            nlu = Nlu(intent=intent, confidence=0.9) if intent else Nlu(ranking=(NOTHING,))
        self.turns.append(
            Turn(
                turn_id=f"t{len(self.turns)}",
                started=self.at,
                request=request,
                user_id=user,
                language="en",
                nlu=nlu,
                response=response or (DONE if intent else LOST),
                **fields,
            )
        )

    def chat(self, user):
        for _ in range(self.dice.randrange(3)):
            self.say(user, *self.dice.choice(OTHERS), gap=60_000)

    def ask(self, count, first, second, users=20, first_response=None):
        for number in range(count):
            user = f"u{number % users}"
            self.at += DAY // 12
            self.chat(user)
            self.say(user, *first, gap=90_000, response=first_response)
            self.say(user, *second, gap=self.dice.randrange(5_000, 15_000))
            self.chat(user)
        return self.turns


def learnt(tmp_path, turns):
    """The rewrite of what was learnt: whether it passed the gate, and the rewrites that are listed."""
    with Learner(tmp_path / "log.db", holdout=0.0) as learner:
        learner.store.add_turns(turns)
        release = learner.learn()
        better = learner.evaluate(release).better
        return better, {line.heard: line for line in learner.rewrites(release.number, limit=50)}


@pytest.mark.parametrize(("hypotheses", "count"), [(True, 280), (False, 120)], ids=["hypotheses", "words"])
def test_a_rephrase_without_a_common_word_is_learnt_through_the_gate(tmp_path, hypotheses, count):
    turns = Log(hypotheses).ask(count, ("where is my package", None), ("track my order", "track_order"))
    better, rewrites = learnt(tmp_path, turns)
    assert better
    line = rewrites["where is my package"]
    assert line.text == "track my order"
    assert f"failed {count} of {count} times" in line.why
    assert "20 users meant this by it" in line.why
    assert set(rewrites) == {"where is my package"}


@pytest.mark.parametrize("hypotheses", [True, False], ids=["hypotheses", "words"])
def test_two_requests_that_both_work_teach_nothing_however_often_one_follows(tmp_path, hypotheses):
    turns = Log(hypotheses).ask(120, ("where is my package", "find_package"), ("track my order", "track_order"))
    _, rewrites = learnt(tmp_path, turns)
    assert not rewrites


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("lock the front door", "HassLock"), ("lock the back door", "HassLock")),
        (("where is my package", "find_package"), ("track my order", "track_order")),
    ],
)
def test_what_was_understood_and_not_done_is_not_said_again_by_what_follows(tmp_path, first, second):
    turns = Log().ask(80, first, second, first_response=OFFLINE)
    _, rewrites = learnt(tmp_path, turns)
    assert not rewrites


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("set a timer for five minutes", "wake me in ten minutes"),
        ("dont open the gate", "let the gate swing open"),
        ("shut the blinds", "open the curtains"),
    ],
)
def test_another_number_a_negation_and_a_direction_are_another_request(heard, said):
    turns = Log().ask(60, (heard, None), (said, "some_intent"))
    assert not find_rephrases(state_languages(sessions(turns)))


def test_another_name_of_the_home_is_another_request():
    log = Log()
    for number in range(60):
        log.at += DAY
        log.say(f"u{number % 9}", "switch the porch light on", None, 9_000)
        for name in ("hall light", "porch light"):
            slots = (Slot("name", name),)
            log.at += 9_000
            nlu = Nlu(intent="HassTurnOn", slots=slots, confidence=0.9)
            turn = Turn(turn_id=f"n{len(log.turns)}", started=log.at, request=f"turn on the {name}", language="en")
            fields = {name: getattr(turn, name) for name in ("turn_id", "started", "request", "language")}
            action = (Action(target=name, ok=True),)
            log.turns.append(Turn(**fields, user_id=f"u{number % 9}", nlu=nlu, response=DONE, actions=action))
    turns = {turn.turn_id: turn for turn in log.turns}
    targets = {turns[one.target_id].request for one in find_rephrases(state_languages(sessions(log.turns))).values()}
    assert "turn on the hall light" not in targets


def test_once_is_no_evidence_for_words_that_share_nothing():
    turns = Log().ask(1, ("where is my package", None), ("track my order", "track_order"))
    assert not find_rephrases(state_languages(sessions(turns)))


def turn(turn_id, started=0, request="x"):
    return Turn(turn_id=turn_id, started=started, request=request)


AGAIN = {"a": Rephrase(turn_id="a", target_id="c", probability=0.9, lift=2.0)}


def test_a_signal_is_added_where_feedback_saw_none():
    session = Session(session_id="s", turns=(turn("a"), turn("b", 4_000), turn("c", 9_000, "track my order")))
    (signal,) = add_signals(session, [], AGAIN)
    assert (signal.turn_id, signal.kind, signal.positive) == ("a", "rephrase", False)
    assert signal.evidence == 'said again in other words 9 s later: "track my order"'
    seen = Signal(turn_id="a", kind="rephrase", positive=False, strength=0.5, evidence="said again")
    assert add_signals(session, [seen], AGAIN) == [seen]


def test_a_request_and_its_rephrase_are_of_one_goal():
    goals = [Goal(session_id="s", turns=(turn(name),)) for name in "abcd"]
    joined = join_goals(goals, AGAIN)
    assert [[one.turn_id for one in goal.turns] for goal in joined] == [["a", "b", "c"], ["d"]]
    assert join_goals(goals, {}) == goals
