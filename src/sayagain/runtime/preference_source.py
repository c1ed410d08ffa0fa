"""The source of preferences: what somebody prefers fills a request that leaves it open, and never one that says it."""

from collections.abc import Callable, Collection, Mapping, Sequence

from sayagain.guardrails import refuse
from sayagain.languages import DEFAULT, language_pack
from sayagain.runtime.decision import Decision
from sayagain.runtime.taught_source import lesson_origin
from sayagain.teaching import TAUGHT, LessonOwner, Taught, open_request, preferred
from sayagain.turns import Turn

__all__ = ["preference_decision"]


def preference_decision(
    turn: Turn,
    lessons: Callable[[], Sequence[Taught]],
    owners: Sequence[LessonOwner],
    *,
    is_understood: Callable[[str], bool | None] | None = None,
    blocked: Collection[str] = (),
    withdrawn: Mapping[str, str] | None = None,
    release: int | None = None,
    language: str | None = None,
) -> Decision | None:
    """Decide for a request that leaves open what its speaker prefers; None for every other.

    Args:
        turn: what is known of it so far.
        lessons: returns all that was taught to its owners; called if the request leaves something open.
        owners: whose preferences count, the most specific first.
        is_understood: whether the assistant would act on words; with what it would not, nothing is filled in.
        blocked: words, intents and ids that no rewrite may touch or produce.
        withdrawn: rewrites taken back, with the reason, by id.
        release: the one in use, for the log.
        language: of the request (ISO 639); English if not known.

    >>> from sayagain.teaching import Preference
    >>> jazz = Preference(domain="music", slot="genre", value="jazz")
    >>> likes = Taught(user_id="ann", phrase="music", means="jazz", at=0, preference=jazz)
    >>> turn = Turn(turn_id="t", started=0, request="play some music", user_id="ann")
    >>> preference_decision(turn, lambda: [likes], [likes.owner]).text
    'play jazz'
    """
    pack = language_pack(language or DEFAULT)
    request = None if pack is None else open_request(turn.heard, pack)
    if request is None:
        return None
    known = lessons()
    by_owner = ([lesson for lesson in known if lesson.owner == owner] for owner in owners)
    lesson = next((lesson for own in by_owner if (lesson := preferred(own, request.domain, language))), None)
    if lesson is None or (withdrawn is not None and lesson.id in withdrawn):
        return None
    text = request.template.format(value=lesson.means)
    is_refused = refuse(
        turn.heard, None, text, None, blocked, rewrite_id=lesson.id, confirmed=True, taught=True, language=language
    )
    if is_refused or (is_understood is not None and is_understood(text) is False):
        return None
    return Decision(
        heard=turn.heard,
        text=text,
        layer=TAUGHT,
        probability=1.0,
        rewrite_id=lesson.id,
        release=release,
        why=lesson_origin(lesson),
    )
