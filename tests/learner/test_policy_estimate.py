import random

import pytest

from sayagain.labels import Judgement
from sayagain.learner.policy_estimate import estimate_policy
from sayagain.runtime import Decision
from sayagain.turns import AppliedRewrite, Turn

HEARD, MEANT = "turn of the lamp", "turn off the lamp"


def log_of(turns, *, works=0.9, alone=0.4, share=0.3):
    """Return turns of a rewrite of which a share is kept back, and how each was judged."""
    rng = random.Random(5)
    log, judged = [], {}
    for number in range(turns):
        kept_back = rng.random() < share
        goes_well = rng.random() < (alone if kept_back else works)
        applied = AppliedRewrite(
            id="r1",
            source=HEARD,
            target=HEARD if kept_back else MEANT,
            layer="leave" if kept_back else "table",
            release=1,
            arm="holdout" if kept_back else None,
            propensity=share if kept_back else 1 - share,
        )
        turn = Turn(
            turn_id=f"t{number}",
            started=number * 10_000_000,
            request=applied.target,
            user_id=f"u{number % 60}",
            applied_rewrite=applied,
        )
        log.append(turn)
        p = 0.02 if goes_well else 0.98
        judged[turn.turn_id] = Judgement(turn_id=turn.turn_id, p_defect=p, defect=p > 0.5)
    return log, judged


def estimate(log, judged, text):
    def decide(turn, _):
        assert (turn.request, turn.applied_rewrite) == (HEARD, None)
        return Decision(heard=turn.heard, text=text, layer="leave" if text == HEARD else "table", why="")

    return estimate_policy(log, judged.get, decide, release=2, share=0.0)


def test_a_release_that_rewrites_more_of_what_works_is_better():
    found = estimate(*log_of(600), MEANT)
    assert found.verdict == "better"
    assert found.comparison.target.value == pytest.approx(0.9 * 0.98 + 0.1 * 0.02, abs=0.04)


def test_a_release_that_leaves_what_needs_a_rewrite_is_worse():
    assert estimate(*log_of(600), HEARD).verdict == "worse"


def test_a_small_log_cannot_tell_and_says_what_would_have_been_needed():
    found = estimate(*log_of(90, works=0.72, alone=0.5), MEANT)
    assert found.verdict == "cannot tell"
    assert found.comparison.needed is None or found.comparison.needed > 90
    assert "needed" in found.why or "no difference" in found.why


def test_what_the_log_never_tried_cannot_be_told():
    found = estimate(*log_of(600), "turn on the lamp")
    assert found.verdict == "cannot tell"
    assert found.untried > 0.5
    assert "never tried" in found.why


def test_without_propensities_there_is_no_estimate():
    found = estimate_policy([Turn(turn_id="t", started=0, request="on")], {}.get, None, release=1, share=0.0)
    assert found.comparison is None
    assert "propensity" in found.why
