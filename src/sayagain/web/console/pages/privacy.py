"""Privacy: what is kept of whom, all of it to download, and to forget."""

from collections import Counter

import msgspec

from sayagain.learner import ForgetReport
from sayagain.teaching import Taught
from sayagain.turns import Turn
from sayagain.web.console.page import LATEST, Action, Done, Page, Visit
from sayagain.web.problem import Refusal

__all__ = ["DOWNLOAD", "PRIVACY", "KeptData", "Privacy", "UserData"]


class UserData(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one user."""

    user: str
    """The user."""
    turns: int
    """Turns, at most `looked_back`."""
    first: int | None
    """Start of the first of these turns; None without any."""
    last: int | None
    """Start of the last turn."""
    judged: int
    """Those of these turns that learning has judged."""
    feedback: int
    """Reports that the user gave on them."""
    taught: int
    """Lessons."""


class Privacy(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    looked_back: int
    """Most turns that the page looks back on."""
    users: list[tuple[str, int]]
    """Users who spoke lately, with the number of these turns."""
    chosen: UserData | None
    """The user who was asked for; None without one."""


class KeptData(msgspec.Struct, frozen=True, kw_only=True):
    """All that the database keeps of one user."""

    user: str
    """The user."""
    turns: list[Turn]
    """The user's turns, with feedback."""
    taught: list[Taught]
    """What the user taught."""


def _load(visit: Visit) -> Privacy:
    counts = Counter(turn.user_id for turn in visit.latest_turns() if turn.user_id)
    token = visit.visitor.token
    known = [*token.users] if visit.visitor.users and token is not None else []
    users = {user: counts[user] for user in known} or dict(counts.most_common(200))
    user = visit.get("user")
    return Privacy(
        looked_back=LATEST,
        users=sorted(users.items(), key=lambda entry: (-entry[1], entry[0])),
        chosen=None if user is None else _user_data(visit, _own(visit, user)),
    )


def _own(visit: Visit, user: str) -> str:
    """Return a user whose data the visitor may see.

    Raises:
        Refusal: 403 where the visitor may not.
    """
    if visit.visitor.sees_all:
        return user
    token = visit.visitor.token
    if token is None or token.home is None:
        raise Refusal(403, "a token with the scope read, or one that speaks for this user, is required")
    return visit.speakers.user(token, user) or user


def _user_data(visit: Visit, user: str) -> UserData:
    store = visit.learner.store
    turns = [turn for turn in store.turns(user_id=user, latest=LATEST) if visit.visitor.owns(turn)]
    return UserData(
        user=user,
        turns=len(turns),
        first=turns[0].started if turns else None,
        last=turns[-1].started if turns else None,
        judged=sum(store.judgement(turn.turn_id) is not None for turn in turns),
        feedback=sum(len(turn.feedback) for turn in turns),
        taught=len(visit.learner.taught(user)),
    )


def _download(visit: Visit) -> KeptData:
    user = _own(visit, visit.need("user"))
    turns = [turn for turn in visit.learner.store.turns(user_id=user) if visit.visitor.owns(turn)]
    return KeptData(user=user, turns=turns, taught=visit.learner.taught(user))


def _forget(visit: Visit) -> Done:
    user = visit.need("user")
    if visit.get("confirm") != user:
        return Done(page="privacy", query={"user": user}, notice="not_confirmed")
    report: ForgetReport = visit.learner.forget(user)
    visit.learner.runtime.look()
    return Done(page="privacy", notice="user_remains" if report.remains else "user_forgotten")


_FORGET = Action(
    name="forget",
    scope="admin",
    run=_forget,
    # Nothing of the user may be shown any more.
    drops=("turns", "trend", "isolated", "explain", "rewrites", "rewrites of", "labels", "releases"),
)

PRIVACY = Page(name="privacy", scope=None, load=_load, actions=(_FORGET,))
"""The page."""

DOWNLOAD = Page(name="download", scope=None, load=_download, in_menu=False, has_html=False)
"""All that is kept of a user, as JSON."""
