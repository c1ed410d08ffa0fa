import threading

import msgspec
import pytest

from sayagain import Decision, Learner, Turn
from sayagain.assistants import FailOpen, Front
from sayagain.assistants.remote import Remote
from sayagain.errors import RequestRefused, TurnError
from sayagain.runtime import Proposal

TURN = Turn(turn_id="t1", started=1, request="lamb on")
MADE = Decision(heard="lamb on", text="lamp on", layer="table", rewrite_id="r1", release=1, why="x")


class RecordingFront:
    """A front that does what it is told."""

    def __init__(self, fault=None):
        self.fault = fault
        self.seen = []
        self.tried = threading.Event()

    def rewrite(self, request, /):  # noqa: ARG002  (called like the others)
        if self.fault is not None:
            raise self.fault
        return MADE

    def observe(self, turn, decision=None, /):
        self.tried.set()
        if self.fault is not None:
            raise self.fault
        self.seen.append((turn, decision))


def test_a_learner_and_a_service_are_fronts():
    assert isinstance(Remote("http://127.0.0.1:1"), Front)
    with Learner(":memory:") as learner:
        assert isinstance(learner, Front)
        with FailOpen(learner) as front:
            assert front.rewrite(TURN).text == "lamb on"
            front.observe(TURN)
        assert learner.store.turn("t1") == TURN


def test_what_works_is_passed_through():
    inner = RecordingFront()
    with FailOpen(inner) as front:
        assert front.rewrite(TURN) is MADE
        front.observe(TURN, MADE)
    assert inner.seen == [(TURN, MADE)]


def test_a_front_that_fails_leaves_the_request_as_it_is():
    with FailOpen(RecordingFront(RuntimeError("broken"))) as front:
        decision = front.rewrite(TURN)
    assert not decision.changed
    assert decision.text == "lamb on"
    assert "RuntimeError: broken" in decision.why


def test_a_front_that_hangs_is_not_waited_for_and_does_not_hold_up_the_others():
    class Hangs(RecordingFront):
        def __init__(self):
            super().__init__()
            self.go = threading.Event()

        def rewrite(self, request, /):
            if request.turn_id == "t1":
                self.go.wait()
            return MADE

    hangs = Hangs()
    with FailOpen(hangs, deadline=50) as front:
        assert "longer than 50 ms" in front.rewrite(TURN).why
        assert front.rewrite(Turn(turn_id="t2", started=1, request="x")) is MADE
        hangs.go.set()


def test_a_front_that_never_answers_is_given_so_many_threads_and_no_more():
    go = threading.Event()

    class Hangs(RecordingFront):
        def rewrite(self, request, /):  # noqa: ARG002  (called like the others)
            go.wait()
            return MADE

    with FailOpen(Hangs(), deadline=0) as front:
        before = threading.active_count()
        reasons = [front.rewrite(TURN).why for _ in range(70)]
        assert "answers none of them" in reasons[-1]
        assert threading.active_count() - before <= 64
        go.set()


def test_turns_are_kept_while_the_front_takes_none_and_handed_on_in_order():
    inner = RecordingFront(OSError("down"))
    front = FailOpen(inner, patience=20)
    turns = [Turn(turn_id=str(n), started=n, request="x") for n in range(5)]
    for turn in turns:
        front.observe(turn)
    assert inner.tried.wait(60)
    assert inner.seen == []
    inner.fault = None
    assert front.close()
    assert [turn for turn, _ in inner.seen] == turns
    assert front.lost == 0


def test_closing_tells_when_turns_could_not_be_handed_on():
    front = FailOpen(RecordingFront(OSError("down")), patience=20)
    front.observe(TURN)
    assert front.close(timeout=50) is False


@pytest.mark.parametrize("url", ["", "127.0.0.1:8787", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(Exception, match="expected a URL such as http"):
        Remote(url)


REFUSALS = [TurnError("turn 't0': it is broken"), RequestRefused("the service refuses (413): too long")]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_turn_that_is_refused_for_good_is_set_aside_and_the_next_ones_are_logged(refusal):
    class Refusing(RecordingFront):
        def observe(self, turn, decision=None, /):
            if turn.turn_id == "t0":
                raise refusal
            super().observe(turn, decision)

    inner = Refusing()
    broken = msgspec.structs.replace(TURN, turn_id="t0")
    with FailOpen(inner) as front:
        front.observe(broken)
        front.observe(TURN)
    assert inner.seen == [(TURN, None)]
    assert (front.refused, front.lost, front.waiting) == (1, 0, 0)
    assert list(front.set_aside) == [(broken, str(refusal))]
    assert front.trouble == f"1 turn was refused and set aside; the last: {refusal}"


def test_half_a_surrogate_pair_does_not_stop_the_log_of_a_learner():
    broken = msgspec.structs.replace(TURN, turn_id="t0", request="lamp \ud83d")
    with Learner(":memory:") as learner:
        with FailOpen(learner) as front:
            front.observe(broken)
            front.observe(TURN)
        assert [turn.turn_id for turn in learner.store.turns()] == ["t1"]
    assert "half a surrogate pair" in front.trouble


def test_what_is_set_aside_is_bounded():
    inner = RecordingFront(TurnError("broken"))
    with FailOpen(inner) as front:
        for number in range(150):
            front.observe(msgspec.structs.replace(TURN, turn_id=f"t{number}"))
    assert (front.refused, len(front.set_aside), front.set_aside[-1].turn.turn_id) == (150, 100, "t149")
    assert front.trouble == "150 turns were refused and set aside; the last: broken"


def test_a_front_that_takes_no_part_in_teaching_only_decides():
    class Plain:
        def rewrite(self, request):
            return Decision(heard=request.heard, text="lamp on", layer="table", why="learnt")

        def observe(self, turn, decision=None): ...

    with FailOpen(Plain()) as front:
        assert front.converse(TURN, takes_steps=True).text == "lamp on"


def test_a_front_that_judges_no_proposals_makes_none_and_does_no_harm():
    class Plain:
        def rewrite(self, request):
            return Decision(heard=request.heard, text=request.heard, why="nothing is known")

        def observe(self, turn, decision=None): ...

    with FailOpen(Plain()) as front:
        for otherwise, text in ((None, TURN.request), ("never mind", "never mind")):
            proposal = Proposal(text="lamp off", otherwise=otherwise, why="they sound alike")
            assert front.converse(TURN, proposal=proposal).text == text


def test_a_front_that_fails_in_a_teaching_exchange_leaves_the_request_as_it_is():
    class Broken:
        def rewrite(self, request): ...

        def converse(self, request, *, takes_steps=False, proposal=None):
            raise OSError(f"no route to host for {request.heard}, {takes_steps}, {proposal}")

        def observe(self, turn, decision=None): ...

    with FailOpen(Broken()) as front:
        assert front.converse(TURN).text == TURN.request
