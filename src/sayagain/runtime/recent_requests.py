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


def recent_requests(
    turn: Turn, latest: Sequence[Turn], *, since: int, gap: int, others: Container[str] = ()
) -> PersonalRequests | None:
    """Return what worked for the user of a turn, by what that user did next; None for a user who is not known.

    Args:
        turn: under way.
        latest: the latest turns before it, as made by `latest_turns`.
        since: time of the last turn that the release was learnt from, in milliseconds.
        gap: silence that ends a session, in milliseconds.
        others: languages that are kept apart.
    """
    later = [earlier for earlier in latest if earlier.started > since]
    if turn.user_id is None or not later:
        return None
    own = PersonalRequests(uses={})
    understood_turns = (state_failure(replace_taught(earlier)) for earlier in without_teaching(later))
    for session in sessions(understood_turns, gap=gap):
        add_personal(own, session, infer_labels(session), others)
    return own
