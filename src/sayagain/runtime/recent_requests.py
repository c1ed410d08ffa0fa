"""Recent requests: what worked for one user after the log that the release in use was learnt from.

They are read from the store at each request and kept nowhere else. So what worked a minute ago counts now, whichever
worker logged it, what was forgotten is gone at once, and nobody else's requests are looked at.
"""

from collections.abc import Container, Sequence

from sayagain.feedback import state_failure
from sayagain.labels import infer_labels
from sayagain.rewriting.own import PersonalRequests, add_personal
from sayagain.teaching import replace_taught, without_teaching
from sayagain.turns import Turn, sessions

__all__ = ["LATEST", "recent_requests"]

LATEST = 50
"""The latest turns of a user, so many, are looked at."""


def recent_requests(turns: Sequence[Turn], *, gap: int, others: Container[str] = ()) -> PersonalRequests:
    """Return what one user's turns show to work, by what the user did next.

    Args:
        turns: of one user, in order of time.
        gap: silence that ends a session, in milliseconds.
        others: languages that are kept apart.
    """
    own = PersonalRequests(uses={})
    understood_turns = (state_failure(replace_taught(turn)) for turn in without_teaching(turns))
    for session in sessions(understood_turns, gap=gap):
        add_personal(own, session, infer_labels(session), others)
    return own
