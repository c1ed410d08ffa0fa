"""The source "taught" of the one decision: what was taught to whoever speaks is passed on, unless forbidden."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from sayagain.guardrails import refuse
from sayagain.languages import DEFAULT, language_pack
from sayagain.runtime.decision import Decision
from sayagain.teaching import (
    TAUGHT,
    TAUGHT_STEPS,
    LessonMatch,
    Taught,
    find_lesson,
    find_lesson_in_place,
    replace_names,
)
from sayagain.text import too_long
from sayagain.turns import Turn

__all__ = ["lesson_origin", "objection", "taught_decision"]


def taught_decision(
    turn: Turn,
    lookup: Callable[[str], Taught | None],
    *,
    names: Callable[[], Sequence[Taught]] = tuple,
    is_understood: Callable[[str], bool | None] | None = None,
    blocked: Collection[str] = (),
    withdrawn: Mapping[str, str] | None = None,
    release: int | None = None,
    language: str | None = None,
) -> Decision | None:
    """Decide for a request that was taught a meaning, or that calls a thing by a taught name; None for every other.

    The holdout keeps nothing of it back: whether a lesson is right is no question, its user said so. What is refused is
    left as it is, since whatever else was learnt about these words is not what their user means by them. What opens the
    house, buys or calls is asked about each time.

    Args:
        turn: what is known of it so far.
        lookup: from a phrase to the lesson for whoever speaks.
        names: returns the names that were taught to them; called if no phrase matches.
        is_understood: whether the assistant would act on words; where that is known, a place may follow a phrase.
        blocked: words, intents and ids that no rewrite may touch or produce.
        withdrawn: rewrites taken back, with the reason, by id.
        release: the one in use, for the log.
        language: of the request (ISO 639), for its small words (English if not known) and the guardrails.

    >>> study = Taught(user_id="u", phrase="study mode", means="set the desk lamp to 40 percent", at=0)
    >>> turn = Turn(turn_id="t", started=0, request="Study mode!", user_id="u")
    >>> taught_decision(turn, {study.key: study}.get).text
    'set the desk lamp to 40 percent'
    """
    # A request this long holds no lesson, and stripping its courtesies word by word would delay other requests.
    if too_long(turn.heard):
        return None
    pack = language_pack(language or DEFAULT)
    match = find_lesson(turn.heard, lookup, pack)
    if match is None:
        named = replace_names(turn.heard, names(), pack)
        match = None if named is None else LessonMatch(lesson=named.lesson, means=named.text)
    if match is None and pack is not None and is_understood is not None:
        match = find_lesson_in_place(turn.heard, lookup, pack, is_understood)
    if match is None:
        return None
    lesson = match.lesson
    reason = objection(lesson, match.means, blocked=blocked, withdrawn=withdrawn, language=language)
    if reason is not None:
        why = f"left as it is: “{match.means}” was taught and refused: {reason}"
        return Decision(heard=turn.heard, text=turn.heard, release=release, why=why)
    layer = TAUGHT_STEPS if match.steps else TAUGHT
    doubt = refuse(turn.heard, None, match.means, None, taught=True, language=language or lesson.language)
    if doubt is not None:
        return Decision(
            heard=turn.heard,
            text=turn.heard,
            rewrite_id=lesson.id,
            release=release,
            ask=match.means,
            ask_each_time=True,
            ask_layer=layer,
            steps=match.steps,
            why=f"asked first, since {doubt.removesuffix('; ask first')}; {lesson_origin(lesson)}",
        )
    return Decision(
        heard=turn.heard,
        text=match.means,
        layer=layer,
        probability=1.0,
        rewrite_id=lesson.id,
        release=release,
        steps=match.steps,
        why=lesson_origin(lesson),
    )


def lesson_origin(lesson: Taught) -> str:
    """Say where a lesson comes from."""
    if lesson.source:
        day = datetime.fromtimestamp(lesson.at / 1000, UTC)
        return f"because on {day.day} {day:%B %Y} you said: “{lesson.source[0]}”"
    if lesson.preference is not None:
        who = {"person": "this user", "household": "this household", "device": "whoever speaks to this device"}
        return f"{who[lesson.scope]} prefers “{lesson.means}” for {lesson.preference.domain}"
    who = {"person": "this user taught", "household": "this household taught", "device": "this device was taught"}
    return f"{who[lesson.scope]} that “{lesson.phrase}” means “{lesson.means}”"


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
