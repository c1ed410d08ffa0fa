"""Outcomes of rewrites: kept by turn, summed over turns or users."""

import msgspec
import pytest

from sayagain.guardrails import RewriteOutcome, total_outcomes


def outcome(turn_id, user, at=1, *, failed=0.1, rewritten=True, complaint=None):
    return RewriteOutcome(
        turn_id=turn_id,
        rewrite_id="r",
        user_id=user,
        rewritten=rewritten,
        failed=failed,
        complaint=complaint,
        at=at,
    )


def test_outcomes_of_a_user_of_unknown_speakers_and_of_all(store):
    kept = [outcome("a", "ann", 3), outcome("b", None, 1), outcome("c", "bob", 2), outcome("d", None, 4)]
    store.add_outcomes(kept)
    store.add_outcomes([outcome("a", "ann", 3, failed=0.95, complaint="no")])

    def ids(**whose):
        return [one.turn_id for one in store.outcomes("r", **whose)]

    assert (ids(), ids(user_id="ann"), ids(unknown=True)) == (["b", "c", "a", "d"], ["a"], ["b", "d"])
    assert (ids(limit=2), ids(unknown=True, limit=1), store.outcomes("other")) == (["a", "d"], ["d"], [])
    assert store.outcomes("r", user_id="ann")[0].complaint == "no"


@pytest.mark.parametrize("per_user", [False, True])
def test_outcomes_are_summed_by_turns_or_with_each_user_once(per_user, store):
    kept = [outcome(f"a{number}", "ann", failed=0.95, complaint="no") for number in range(9)]
    # A home counts once, whatever users it names.
    kept += [msgspec.structs.replace(outcome(f"h{user}", user, failed=0.9), home="flat") for user in ("x", "y", "ann")]
    kept += [outcome("b", "bob"), outcome("c", None, failed=0.2), outcome("d", None, failed=0.4)]
    kept += [outcome("e", "bob", rewritten=False, failed=0.5), outcome("f", "bob", rewritten=False, failed=0.7)]
    store.add_outcomes(kept)
    totals = store.outcome_totals("r", per_user=per_user)["r"]
    bad, alone = (0.95 + 0.9 + 0.1 + 0.3, 0.6) if per_user else (9 * 0.95 + 2.7 + 0.1 + 0.6, 1.2)
    assert (totals.bad, totals.bad_alone, totals.complaints) == (pytest.approx(bad), pytest.approx(alone), 9)
    assert totals.good + totals.bad == pytest.approx(4 if per_user else 15)
    expected = total_outcomes(kept, per_user=per_user)
    assert msgspec.to_builtins(totals) == pytest.approx(msgspec.to_builtins(expected))
    assert (list(store.outcome_totals()), store.outcome_totals("other")) == (["r"], {})
