"""A request on trial: what would be decided for it, and everything that the decision weighs."""

import msgspec

from sayagain.learner.learner import Learner
from sayagain.releases.contents import open_contents
from sayagain.runtime import Decider, Decision
from sayagain.runtime.candidate_details import CandidateDetails
from sayagain.turns import Turn

__all__ = ["RequestTrial", "try_request"]


class RequestTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a request."""

    release: int | None
    """The release on trial; None for none."""
    decision: Decision
    """What would be decided; of the release in use with lessons and live evidence, of another by itself."""
    candidates: list[CandidateDetails]
    """The candidates, the likeliest first; none without a release."""


def try_request(learner: Learner, turn: Turn, release: int | None = None) -> RequestTrial:
    """Decide on a request without logging it, as the first of its session.

    Args:
        learner: with the releases.
        turn: the request.
        release: number of the release; None for the one in use.

    Raises:
        ReleaseError: there is no such release.
    """
    in_use = learner.runtime.decider
    if release is None or (in_use is not None and in_use.number == release):
        decider, decision = in_use, learner.rewrite(turn)
    else:
        contents = open_contents(learner.release(release), learner.store.user_key())
        decider = Decider(contents, withdrawn=learner.store.withdrawn())
        decision = msgspec.structs.replace(decider.decide(turn, []), release=release)
    candidates = [] if decider is None else decider.inspect(turn, [])
    return RequestTrial(
        release=None if decider is None else decider.number or release,
        decision=decision,
        candidates=sorted(candidates, key=lambda candidate: -candidate.probability),
    )
