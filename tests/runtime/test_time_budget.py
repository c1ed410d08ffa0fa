import msgspec

from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.rewriting.retrieve import RetrievedRequest
from sayagain.runtime.decider import Decider
from sayagain.runtime.time_budget import TimeBudget
from sayagain.turns import Turn

HEARD = "turn on the radium please"


def opened(tmp_path, worlds, search_until, **settings):
    """A decider whose search is another one; it says nothing, and how often it was asked."""
    learnt = learn(worlds.misheard(users=8), LearnSettings(holdout=0.0))
    contents = open_contents(write_release(tmp_path, learnt.manifest, learnt.files))
    return Decider(msgspec.structs.replace(contents, search_until=search_until), **settings)


def test_what_is_not_ready_in_time_is_left_out_and_the_decision_says_so(tmp_path, worlds):
    ends = []

    def too_slow(_, until):
        ends.append(until)

    decider = opened(tmp_path, worlds, too_slow, deadline=20)
    for expected in (1, 2):
        decision = decider.decide(Turn(turn_id="x", started=0, request=HEARD), [])
        assert decision.left_out == ("global",)
        assert decision.text == HEARD
        assert decision.why.endswith("; not ready in time: global")
        # It is asked again the next time: what was late is not remembered.
        assert len(ends) == expected
    assert all(until < float("inf") for until in ends)


def test_what_is_ready_is_weighed_and_remembered(tmp_path, worlds):
    asked = []

    def quick(heard, _):
        asked.append(heard)
        return [RetrievedRequest("turn on the radio", 0.9)]

    decider = opened(tmp_path, worlds, quick, deadline=20)
    for _ in range(2):
        decision = decider.decide(Turn(turn_id="x", started=0, request=HEARD), [])
        assert decision.left_out == ()
        assert "not ready" not in decision.why
    assert asked == [HEARD]


def test_without_a_deadline_there_is_no_end():
    assert TimeBudget(None).until == float("inf")
