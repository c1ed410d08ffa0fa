"""The standing of a live rewrite: serve it, ask first, or withdraw it, by its outcomes so far."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from sayagain.guardrails.live_evidence import RewriteOutcome, RewriteTotals
from sayagain.rewriting.evidence import probability_better

__all__ = ["CONFIRMATIONS", "SERVE", "Standing", "confirmed_turns", "standing_among_users", "standing_with_user"]

Action = Literal["serve", "ask", "withdraw"]

CONFIRMATIONS = 3
"""Rewritten turns without an objection after which a rewrite that is asked about is served again."""

HARM = 0.2
"""Below this P(rewritten turns go better than those left alone) a rewrite is withdrawn from everybody."""

MIN_HEARD = 3.0
"""Rewritten turns, or users, below which the comparison over many users says nothing."""


PAST = 5.0
"""Turns left alone that the words' own past counts as, at most: assistants and homes change."""


class Standing(msgspec.Struct, frozen=True):
    """What may be done with a rewrite."""

    action: Action
    """Serve it, ask the user first, or make it no more."""
    reason: str = ""
    """Why, as the end of a sentence; empty where it is served."""


SERVE = Standing("serve")


def standing_with_user(outcomes: Sequence[RewriteOutcome]) -> Standing:
    """Return how a rewrite stands with one user, or with one home whose people are one unit.

    The first objection makes it a question, a second one before it is confirmed three times ends it. One person's
    objection to what was done in their own home needs no statistics.

    Args:
        outcomes: of this rewrite with this user or home, in order of time.

    >>> no = RewriteOutcome(turn_id="t", rewrite_id="r", user_id=None, rewritten=True, failed=1.0, complaint="no", at=0)
    >>> standing_with_user([no]).action, standing_with_user([no, no]).action
    ('ask', 'withdraw')
    """
    standing, confirmations = SERVE, 0
    for outcome in outcomes:
        if not outcome.rewritten:
            continue
        if outcome.complaint is not None:
            action: Action = "ask" if standing.action == "serve" else "withdraw"
            standing, confirmations = Standing(action, f"the user objected to it ({outcome.complaint})"), 0
        elif standing.action != "serve":
            confirmations += 1
            if confirmations >= CONFIRMATIONS:
                standing = SERVE
    return standing


def confirmed_turns(outcomes: Sequence[RewriteOutcome]) -> int:
    """Count the rewritten turns since the last objection to a rewrite that went well, such as those with a yes.

    Args:
        outcomes: of this rewrite with this user or home, in order of time.
    """
    count = 0
    for outcome in outcomes:
        if outcome.rewritten:
            count = count + 1 if outcome.complaint is None and outcome.failed < 0.5 else 0
    return count


def standing_among_users(totals: RewriteTotals, past: tuple[float, float] = (0.0, 0.0)) -> Standing:
    """Return how a rewrite stands among many users: withdrawn where leaving the request alone is surely no worse.

    Success rates are Beta distributed after uniform priors; θ1 is that of rewritten turns, θ0 of those left alone.

    Args:
        totals: of its live outcomes; per user, unless there is one home whose people are one unit, so that nobody with
            many turns decides for everybody.
        past: turns with these words that went well and that failed before any rewrite of them. They count as at most
            `PAST` turns left alone, and only where the words mostly worked: that a request always failed is no reason
            to go on doing something else than was meant.

    Source: Ponnusamy et al. 2022 for P(θ1 > θ0) as the weight of a live rewrite (docs/references.md).

    >>> standing_among_users(RewriteTotals(good=2, bad=18, good_alone=9, bad_alone=1)).action
    'withdraw'
    >>> standing_among_users(RewriteTotals(good=18, bad=2, good_alone=1, bad_alone=9)).action
    'serve'
    >>> standing_among_users(RewriteTotals(good=4, bad=4), past=(30.0, 0.0)).action
    'withdraw'
    """
    live_total, holdout_total = totals.good + totals.bad, totals.good_alone + totals.bad_alone
    if live_total < MIN_HEARD:
        return SERVE
    good, bad = past
    share = min(1.0, PAST / (good + bad)) if good > bad else 0.0
    good, bad = 1 + totals.good_alone + share * good, 1 + totals.bad_alone + share * bad
    if probability_better(good, bad, 1 + totals.good, 1 + totals.bad) >= HARM:
        return SERVE
    holdout_note = f"; left alone, {totals.good_alone:.0f} of {holdout_total:.0f}" if holdout_total else ""
    return Standing("withdraw", f"rewritten, {totals.good:.0f} of {live_total:.0f} went well{holdout_note}")
