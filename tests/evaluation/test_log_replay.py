"""Small worlds in which it is known what each decision is worth."""

import msgspec
import pytest

from sayagain.evaluation import gate, replay, result, tally
from sayagain.labels import UNKNOWN, Judgement, Label
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.rewriting.table import TableRow
from sayagain.runtime import Decider, Decision
from sayagain.turns import NOTHING, AppliedRewrite, Hypothesis, Nlu, Session, Turn, sessions

ON, OFF, DIM = (Hypothesis(intent=intent) for intent in ("on", "off", "dim"))


class Says:
    """A decider that says one thing instead of whatever is asked; None leaves it."""

    def __init__(self, text, hypothesis=None, rows=None):
        self.text, self.hypothesis = text, hypothesis
        self.rows = rows or {}
        self.seen = []

    def known(self, turn):
        return self.rows.get(turn.heard)

    def decide(self, turn, history):
        self.seen.append((turn.turn_id, [each.turn_id for each in history]))
        if self.text is None:
            return Decision(heard=turn.heard, text=turn.heard, why="left")
        return Decision(heard=turn.heard, text=self.text, hypothesis=self.hypothesis, layer="table", why="x")


def turn(turn_id="t", hypothesis=NOTHING, request="turn of", user="u", **fields):
    nlu = Nlu(ranking=(hypothesis,))
    return Turn(turn_id=turn_id, started=0, request=request, user_id=user, nlu=nlu, **fields)


def session(*turns):
    return Session(session_id="s", turns=turns)


def judgement(p_defect, hypothesis=None, words=None, probability=0.8):
    label = None
    if hypothesis is not None:
        label = Label(
            turn_id="t", hypothesis=hypothesis, words=words, provenance="x", probability=probability, weight=1.0
        )
    return {"t": Judgement(turn_id="t", p_defect=p_defect, defect=p_defect > 0.5, label=label)}


def one(decider, what, judged):
    (found,) = replay(decider, [session(what)], judged)
    return found.trigger, pytest.approx(found.win), pytest.approx(found.loss), pytest.approx(found.defect)


@pytest.mark.parametrize(
    ("what", "judged", "win", "loss"),
    [
        # It failed, and what is said instead has the reading that was meant, or its words.
        (turn(), judgement(0.9, OFF), 0.8, 0.0),
        (turn(), judgement(0.9, DIM, "Turn off!"), 0.8, 0.0),
        # It failed, and something else is said instead: a loss as far as it had not failed.
        (turn(), judgement(0.9, DIM), 0.0, 0.1),
        # It was read rightly: the same reading in other words changes nothing, another spoils it.
        (turn(hypothesis=OFF), judgement(0.1, OFF), 0.0, 0.0),
        (turn(hypothesis=ON), judgement(0.1, ON), 0.0, 0.8),
        # Nothing tells what was meant.
        (turn(), judgement(0.9), 0.0, 0.1),
        (turn(hypothesis=ON), judgement(0.2), 0.0, 0.8),
        (turn(), judgement(0.9, UNKNOWN), 0.0, 0.1),
    ],
)
def test_wins_and_losses_are_what_the_log_makes_of_them(what, judged, win, loss):
    assert one(Says("turn off", OFF), what, judged) == (True, win, loss, judged["t"].p_defect)
    assert one(Says(None), what, judged) == (False, 0.0, 0.0, judged["t"].p_defect)


APPLIED = AppliedRewrite(id="r", source="turn of", target="turn off", layer="table")
REWRITTEN = turn(hypothesis=OFF, request="turn off", applied_rewrite=APPLIED)


def test_a_live_rewrite_is_not_credited_with_its_own_outcome():
    rows = {"turn of": TableRow(heard=10, failed=8, users=3)}
    assert one(Says("turn off", OFF, rows), REWRITTEN, judgement(0.1, OFF)) == (True, 0.0, 0.02, 0.8)
    # Another rewrite than the one that was tried: nothing is known of it.
    assert one(Says("dim", DIM, rows), REWRITTEN, judgement(0.1, OFF)) == (True, 0.0, 0.0, 0.8)
    assert one(Says(None, rows=rows), REWRITTEN, judgement(0.1, OFF)) == (False, 0.0, 0.0, 0.8)
    # Never heard without the rewrite.
    assert one(Says("turn off", OFF), REWRITTEN, judgement(0.1, OFF)) == (True, 0.0, 0.0, 0.1)


def test_a_rewrite_that_was_taken_back_is_a_loss_for_who_would_make_it_again():
    rows = {"turn of": TableRow(heard=10, failed=10, users=3)}
    back = msgspec.structs.replace(turn("t2", ON, request="no, that's not what I meant"), started=5_000)

    def loss(decider):
        (found,) = replay(decider, [session(REWRITTEN, back)], judgement(0.1, OFF))
        return found.loss

    assert (loss(Says("turn off", OFF, rows)), loss(Says("dim", DIM, rows)), loss(Says(None, rows=rows))) == (1, 0, 0)


def test_the_holdout_is_judged_like_any_other_turn():
    kept = AppliedRewrite(id="r", source="turn of", target="turn of", layer="leave", arm="holdout")
    assert one(Says("turn off", OFF), turn(applied_rewrite=kept), judgement(0.9, OFF)) == (True, 0.8, 0.0, 0.9)


def test_each_turn_is_decided_with_what_came_before_it_and_those_without_a_judgement_are_passed_over():
    decider = Says("turn off", OFF)
    judged = {name: judgement(0.9, OFF)["t"] for name in "ac"}
    found = replay(decider, [session(turn("a"), turn("b"), turn("c")), session(turn("d"))], judged)
    assert decider.seen == [("a", []), ("c", ["a", "b"])]
    assert len(found) == 2


def test_turns_are_counted_by_user_and_by_session_where_nobody_is_known():
    judged = {name: judgement(0.9, OFF)["t"] for name in "abcd"}
    sessions = [
        Session(session_id="s", turns=(turn("a"), turn("b", user="v"))),
        Session(session_id="r", turns=(turn("c", user=None), turn("d", user=None))),
    ]
    users = [each.user for each in replay(Says("turn off", OFF), sessions, judged)]
    assert users[0] == "u"
    assert users[2] == users[3] not in {"u", "v", None}
    assert tally(replay(Says("turn off", OFF), sessions, judged)).wins == pytest.approx(3.2)


def test_a_release_that_helps_passes_the_gate_and_one_that_knows_nothing_does_not(tmp_path, worlds):
    later = [
        msgspec.structs.replace(each, turn_id=f"new {each.turn_id}", user_id=f"new {each.user_id}")
        for each in worlds.misheard(users=20, seed=9)
    ]
    judgements = {each.turn_id: each for each in learn(later).judgements}
    lost = sum(each.request == "turn of the lamp" for each in later)

    def replayed(log):
        learnt = learn(log, LearnSettings(holdout=0.0))
        decider = Decider(open_contents(write_release(tmp_path, learnt.manifest, learnt.files)))
        return result(replay(decider, sessions(later), judgements))

    helps, knows_nothing = replayed(worlds.misheard(users=40)), replayed([])
    assert (helps.tally.turns, helps.tally.triggers) == (len(later), lost)
    # Each win counts as much as the label behind it is believed.
    assert helps.tally.wins == pytest.approx(0.8 * lost)
    assert helps.tally.losses == 0
    assert gate(helps, None)[0]
    assert gate(helps, knows_nothing)[0]
    assert (knows_nothing.tally.triggers, knows_nothing.gain) == (0, (0.0, 0.0))
    assert not gate(knows_nothing, None)[0]
    assert not gate(knows_nothing, helps)[0]
