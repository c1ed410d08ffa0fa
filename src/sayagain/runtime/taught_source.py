"""The source "taught" of the one decision: what the user who speaks taught is passed on, always, unless forbidden."""

from collections.abc import Callable, Collection, Mapping

from sayagain.guardrails import refuse
from sayagain.runtime.decision import Decision
from sayagain.teaching import Taught, find_lesson
from sayagain.text import too_long
from sayagain.turns import Turn

__all__ = ["TAUGHT", "objection", "taught_decision"]

TAUGHT = "taught"
"""The layer of what a user taught."""


def taught_decision(
    turn: Turn,
    lookup: Callable[[str], Taught | None],
    *,
    blocked: Collection[str] = (),
    withdrawn: Mapping[str, str] | None = None,
    release: int | None = None,
    language: str | None = None,
) -> Decision | None:
    """Decide for a request that its user taught; None for every other.

    The holdout keeps nothing of it back: whether a lesson is right is no question, its user said so. What is refused is
    left as it is, since whatever else was learnt about these words is not what their user means by them.

    Args:
        turn: what is known of it so far.
        lookup: from a phrase to the lesson of the user who speaks.
        blocked: words, intents and ids that no rewrite may touch or produce.
        withdrawn: rewrites taken back, with the reason, by id.
        release: the one in use, for the log.
        language: of the request, for the guardrails.

    >>> study = Taught(user_id="u", phrase="study mode", means="set the desk lamp to 40 percent", at=0)
    >>> turn = Turn(turn_id="t", started=0, request="Study mode!", user_id="u")
    >>> taught_decision(turn, {study.key: study}.get).text
    'set the desk lamp to 40 percent'
    """
    # A request this long holds no lesson, and stripping its courtesies word by word would delay other requests.
    match = None if too_long(turn.heard) else find_lesson(turn.heard, lookup)
    if match is None:
        return None
    lesson = match.lesson
    reason = objection(lesson, match.means, blocked=blocked, withdrawn=withdrawn, language=language)
    if reason is not None:
        why = f"left as it is: “{match.means}” was taught and refused: {reason}"
        return Decision(heard=turn.heard, text=turn.heard, release=release, why=why)
    return Decision(
        heard=turn.heard,
        text=match.means,
        layer=TAUGHT,
        probability=1.0,
        rewrite_id=lesson.id,
        release=release,
        why=f"this user taught that “{lesson.phrase}” means “{lesson.means}”",
    )


def objection(
    lesson: Taught,
    means: str,
    *,
    blocked: Collection[str] = (),
    withdrawn: Mapping[str, str] | None = None,
    language: str | None = None,
) -> str | None:
    """Say why what was taught must not be passed on, or None.

    Args:
        lesson: what was taught.
        means: the words that would be passed on; the lesson's own unless they were taught a meaning too.
        blocked: words, intents and ids that no rewrite may touch or produce.
        withdrawn: rewrites taken back, with the reason, by id.
        language: of the request; the lesson's own where that is not known.
    """
    if withdrawn is not None and lesson.id in withdrawn:
        return f"it was withdrawn: {withdrawn[lesson.id]}"
    return refuse(
        lesson.phrase,
        None,
        means,
        None,
        blocked,
        rewrite_id=lesson.id,
        confirmed=True,
        taught=True,
        language=language or lesson.language,
    )
