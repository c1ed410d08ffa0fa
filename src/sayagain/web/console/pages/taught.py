"""Taught: what people taught, by person, household and device; to add to, change and forget."""

from collections import Counter

import msgspec

from sayagain.teaching import Taught
from sayagain.web.console.page import Action, Done, Page, Paged, Visit, paged

__all__ = ["TAUGHT", "TaughtView"]


class TaughtView(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    users: list[str]
    """People to choose from: who spoke lately, or whom the visitor speaks for."""
    devices: list[str]
    """Devices to choose from."""
    user: str | None
    """The person whose lessons are shown; None for the household or a device."""
    device: str | None
    """The device whose lessons are shown; None for the household or a person."""
    lessons: Paged
    """What was taught for them."""


def _load(visit: Visit) -> TaughtView:
    owner = _owner(visit)
    turns = visit.latest_turns()
    token = visit.visitor.token
    users = Counter(turn.user_id for turn in turns if turn.user_id)
    devices = Counter(turn.device_id for turn in turns if turn.device_id)
    names = [*token.users] if token is not None and token.users else [name for name, _ in users.most_common(100)]
    return TaughtView(
        users=sorted(names),
        devices=sorted(name for name, _ in devices.most_common(100)),
        user=owner["user"],
        device=owner["device"],
        lessons=paged(visit.learner.taught(**owner), visit),
    )


def _owner(visit: Visit) -> dict[str, str | None]:
    """Return whose lessons are meant, as far as the visitor speaks for them."""
    token = visit.visitor.token
    user = visit.speakers.user(token, visit.get("user"))
    home = visit.speakers.home(token, None)
    return {"user": user, "home": home, "device": None if user is not None else visit.get("device")}


def _query(owner: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in owner.items() if value is not None and name != "home"}


def _teach(visit: Visit) -> Done:
    owner = _owner(visit)
    lesson = visit.learner.teach(
        visit.need("phrase"), means=visit.need("means"), language=visit.get("language"), **owner
    )
    undo = {"page": "taught", "action": "forget", "phrase": lesson.phrase, **_query(owner)}
    return Done(page="taught", query=_query(owner), notice="taught", undo=undo)


def _forget(visit: Visit) -> Done:
    owner, phrase = _owner(visit), visit.need("phrase")
    lesson = _lesson(visit.learner.taught(**owner), phrase)
    visit.learner.forget_taught(phrase, **owner)
    undo = None
    # A lesson of several steps is taught in conversation; taught as words, it would be another one.
    if lesson is not None and not lesson.steps and not lesson.is_name:
        undo = {"page": "taught", "action": "teach", "phrase": lesson.phrase, "means": lesson.means, **_query(owner)}
        if lesson.language is not None:
            undo["language"] = lesson.language
    return Done(page="taught", query=_query(owner), notice="forgotten", undo=undo)


def _lesson(lessons: list[Taught], phrase: str) -> Taught | None:
    return next((lesson for lesson in lessons if lesson.phrase == phrase), None)


TAUGHT = Page(
    name="taught",
    scope="teach",
    load=_load,
    actions=(Action(name="teach", scope="teach", run=_teach), Action(name="forget", scope="teach", run=_forget)),
)
"""The page."""
