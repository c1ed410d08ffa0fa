"""The estimate of a release as a policy: what its decisions would have been worth, from the log's own propensities.

Of each logged decision with a rewrite at hand (made, or kept back by the holdout) the log knows how likely it was.
Where the release would do what the log never tried, nothing is known, and it is said how often that is.
"""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from sayagain.evaluation.off_policy import Comparison, LoggedChoice, compare
from sayagain.evaluation.reward_model import SeenReward, fit_reward_models, model_half
from sayagain.labels import Judgement
from sayagain.runtime import Decision
from sayagain.text import normalise
from sayagain.turns import Turn, fitting_unit, sessions

__all__ = ["PolicyEstimate", "estimate_policy"]

MOST_UNTRIED = 0.1
"""Largest share of decisions that the log never tried, for the estimate to tell anything."""


class PolicyEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a release would have been worth as the policy of the logged decisions."""

    release: int
    """The release."""
    comparison: Comparison | None
    """Beside the log, by the doubly robust estimator; None where no decision was logged with its propensity."""
    untried: float
    """Share of the decisions that would be others than the log ever tried."""
    verdict: Literal["better", "worse", "cannot tell"]
    """What the estimate says."""
    why: str
    """In plain words, with what would have been needed where it cannot tell."""


def estimate_policy(
    turns: Iterable[Turn],
    judgement: Callable[[str], Judgement | None],
    decide: Callable[[Turn, list[Turn]], Decision],
    *,
    release: int,
    share: float,
) -> PolicyEstimate:
    """Estimate a release as a policy.

    Args:
        turns: the log.
        judgement: what learning made of a turn, by its id.
        decide: decides with the release on a turn, after the turns of its session so far.
        release: its number.
        share: of rewrites that the release keeps back.
    """
    seen, rows, untried = [], [], 0
    for session in sessions(turns):
        unit = fitting_unit(session)
        for place, turn in enumerate(session.turns):
            applied, judged = turn.applied_rewrite, judgement(turn.turn_id)
            if applied is None or applied.propensity is None or applied.id == "none" or judged is None:
                continue
            heard, done = normalise(applied.source), normalise(applied.target)
            decision = decide(_as_heard(turn), list(session.turns[:place]))
            wanted = normalise(decision.text)
            probabilities = {heard: 1.0} if wanted == heard else {wanted: 1 - share, heard: share}
            # The other choice of a decision is to leave the request, or the rewrite that was kept back.
            if wanted not in {heard, done} and applied.arm != "holdout":
                untried += 1
            reward = 1 - judged.p_defect
            seen.append(SeenReward(unit=unit, situation=heard, action=done, reward=reward))
            rows.append((unit, heard, done, probabilities, applied.propensity, reward))
    if not rows:
        return PolicyEstimate(
            release=release,
            comparison=None,
            untried=0.0,
            verdict="cannot tell",
            why="no judged decision was logged with its propensity; serve a release with a holdout, and learn again",
        )
    models = fit_reward_models(seen)
    choices = []
    for unit, heard, done, probabilities, propensity, reward in rows:
        model = models[model_half(unit)]
        expected = sum(p * model.expected(heard, action) for action, p in probabilities.items())
        choices.append(
            LoggedChoice(
                unit=unit,
                reward=reward,
                propensity=propensity,
                target=probabilities.get(done, 0.0),
                predicted=model.expected(heard, done),
                expected=expected,
            )
        )
    return _judge(compare(choices), release=release, untried=untried / len(rows))


def _judge(comparison: Comparison, *, release: int, untried: float) -> PolicyEstimate:
    target = comparison.target
    figures = (
        f"{target.value:.1%} would have gone well, {comparison.difference:+.1%} beside the log "
        f"[{comparison.low:+.1%}, {comparison.high:+.1%}], of {target.turns} decisions worth {target.effective:.0f}"
    )
    verdict = comparison.verdict
    if untried > MOST_UNTRIED:
        verdict, why = "cannot tell", f"{figures}; {untried:.0%} would be decided as the log never tried"
    elif verdict != "cannot tell":
        why = figures
    elif not target.tells:
        why = f"{figures}; too few were decided as this release would"
    elif comparison.needed is None:
        why = f"{figures}; there is no difference to tell"
    else:
        why = f"{figures}; about {comparison.needed} decisions would have been needed to tell such a difference"
    return PolicyEstimate(release=release, comparison=comparison, untried=untried, verdict=verdict, why=why)


def _as_heard(turn: Turn) -> Turn:
    """Return a turn as it was before it was decided on; the hypotheses of other words are not those of the request."""
    rewritten = turn.request != turn.heard
    return msgspec.structs.replace(
        turn,
        request=turn.heard,
        applied_rewrite=None,
        response=None,
        actions=(),
        speech=None,
        interrupted=None,
        feedback=(),
        nlu=None if rewritten else turn.nlu,
    )
