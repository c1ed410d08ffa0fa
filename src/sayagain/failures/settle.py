"""The failure point of a turn that the judge of its log has judged: the judge says whether, the isolator where."""

from sayagain.failures.failure_point import FAILURE_POINTS, FailurePoint, Isolation
from sayagain.labels import Judgement

__all__ = ["settle"]


def settle(isolation: Isolation, judgement: Judgement | None) -> Isolation:
    """Return a failure point in agreement with a judgement: P(defect) is the judge's, shared out by the isolator.

    The judge was compared with what the log shows; the isolator knows simulated homes alone. So the turns that
    `failures` counts are the turns that `defects` lists.

    Args:
        isolation: the isolator's opinion.
        judgement: what learning made of the turn; None leaves the opinion as it is.

    >>> opinion = Isolation(turn_id="t", stage="correct", probabilities={"correct": 0.6, "asr": 0.3, "nlu": 0.1})
    >>> settled = settle(opinion, Judgement(turn_id="t", p_defect=0.8, defect=True))
    >>> settled.stage, round(settled.probabilities["asr"], 2)
    ('asr', 0.6)
    """
    if judgement is None:
        return isolation
    failing: dict[FailurePoint, float] = {
        name: isolation.probabilities.get(name, 0.0) for name in FAILURE_POINTS if name != "correct"
    }
    total = sum(failing.values())
    shares = {name: p / total if total > 0 else 1 / len(failing) for name, p in failing.items()}
    return Isolation(
        turn_id=isolation.turn_id,
        stage=max(shares, key=lambda name: shares[name]) if judgement.defect else "correct",
        probabilities={
            "correct": 1 - judgement.p_defect,
            **{name: judgement.p_defect * share for name, share in shares.items()},
        },
    )
