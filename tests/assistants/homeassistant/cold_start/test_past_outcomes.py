import itertools

import msgspec
import pytest

from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.past_outcomes import PastOutcomes
from sayagain.turns import AppliedRewrite, FeedbackReport, Response, Turn

CLOCK = itertools.count(1)
DONE = Response(text="Done", type="action_done")
HEARD = "kill the kitchen lights"


def rewritten(number, device="d", layer="cold start"):
    applied = AppliedRewrite(id="f00", source="lamp of", target="turn off Lamp", layer=layer)
    return Turn(
        turn_id=f"t{number}",
        started=number,
        request="turn off Lamp",
        device_id=device,
        applied_rewrite=applied,
        response=DONE,
    )


def undone(number, device="d"):
    return Turn(turn_id=f"u{number}", started=number, request="undo that", device_id=device, response=DONE)


def test_an_objection_counts_where_it_was_made_and_once():
    outcomes = PastOutcomes()
    outcomes.take(rewritten(0))
    outcomes.take(undone(4_000, device="elsewhere"))
    assert outcomes.standing("f00").action == "serve"
    outcomes.take(undone(5_000))
    outcomes.take(msgspec.structs.replace(rewritten(0), user_id="u"))
    assert outcomes.standing("f00").action == "ask"
    assert outcomes.standing("another").action == outcomes.standing(None).action == "serve"


def test_what_was_rewritten_by_another_layer_is_its_own_business():
    outcomes = PastOutcomes()
    outcomes.take(rewritten(0, layer="table"))
    outcomes.take(undone(5_000))
    assert outcomes.standing("f00").action == "serve"


@pytest.fixture
def live(guarded_home, said):
    """Say something, have it done and object to it or not; returns the decision."""
    cold_start = ColdStart(guarded_home)

    def once(words, *, objects=False, declined=None):
        started = next(CLOCK) * 1_000_000
        if declined is not None:
            no = FeedbackReport(kind="helped", value=0.0, at=started - 1)
            applied = msgspec.structs.replace(declined.applied, target=words)
            asked = said(words, "kitchen", started=started - 2)
            cold_start.observe(msgspec.structs.replace(asked, applied_rewrite=applied, feedback=(no,)))
        turn = said(words, "kitchen", started=started)
        decision = cold_start.decide(turn)
        applied = decision.applied if decision.changed else None
        cold_start.observe(msgspec.structs.replace(turn, request=decision.text, applied_rewrite=applied, response=DONE))
        if objects:
            cold_start.observe(said("undo that", "kitchen", started=started + 4_000))
        return decision

    return once


def test_a_rewrite_that_is_objected_to_is_asked_about_and_then_made_no_more(live):
    first = live(HEARD, objects=True)
    assert first.changed
    second = live(HEARD)
    assert (second.changed, second.ask, second.rewrite_id) == (False, first.text, first.rewrite_id)
    third = live(HEARD, declined=second)
    assert (third.changed, third.ask) == (False, None)
    assert "objected" in third.why


def test_a_rewrite_that_nobody_objects_to_goes_on(live):
    assert [live(HEARD).changed for _ in range(5)] == [True] * 5
