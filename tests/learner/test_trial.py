"""The gate in a world where the release in use does harm."""

import contextlib

import msgspec

from sayagain import Learner
from sayagain.turns import Action, Response, Turn

NOW = 1_767_225_600_000
DAY = 86_400_000
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")


def misheard(day, user):
    """The user is misheard, says it again, and is understood."""
    at = NOW + day * DAY
    return [
        Turn(turn_id=f"{user}{day}a", started=at, user_id=user, request="turn of the lamp", response=LOST),
        Turn(
            turn_id=f"{user}{day}b",
            started=at + 5_000,
            user_id=user,
            request="turn off the lamp",
            response=DONE,
            actions=(Action(target="light.lamp"),),
        ),
    ]


def live(learner, days):
    """Log some days of eight users."""
    for day in days:
        learner.store.add_turns(turn for k in range(8) for turn in misheard(day, f"u{k}"))


@contextlib.contextmanager
def learner_with_release(folder):
    """A learner that uses what it has learnt from twenty days."""
    with Learner(folder / "home.db", holdout=0.0) as learner:
        live(learner, range(20))
        learner.promote(learner.learn())
        yield learner


def test_the_release_in_use_is_compared_on_turns_that_neither_learnt_from(tmp_path):
    with learner_with_release(tmp_path) as learner:
        live(learner, range(20, 25))
        # The release in use has learnt from all of the tail but its last days, and still there is a fair comparison.
        report = learner.evaluate(learner.learn())
        assert report.in_use_result is not None
        assert report.in_use_result.tally.turns == report.result.tally.turns > 0
        assert abs(report.in_use_result.tally.wins - report.result.tally.wins) < 1


def test_a_log_of_objections_to_the_release_in_use_lets_another_take_its_place(tmp_path):
    with learner_with_release(tmp_path) as learner:
        for day in range(20, 40):
            for k in range(8):
                turn = Turn(turn_id=f"l{k}{day}", started=NOW + day * DAY, user_id=f"u{k}", request="turn of the lamp")
                decision = learner.rewrite(turn)
                done = msgspec.structs.replace(turn, request=decision.text, response=DONE if decision.changed else LOST)
                learner.observe(done, decision)
                no = Turn(
                    turn_id=f"n{k}{day}",
                    started=turn.started + 5_000,
                    user_id=f"u{k}",
                    request="no, I meant the fan",
                )
                learner.observe(no)
        # Each of the eight objected once; after that nobody is served what was objected to.
        (withdrawal,) = learner.withdrawals()
        assert "went well" in withdrawal.reason
        newer = learner.learn()
        assert not [line for line in learner.rewrites(newer) if line.heard == "turn of the lamp"]
