"""Name lookup: a thing that a request calls by a taught name."""

from collections.abc import Iterable

import msgspec

from sayagain.languages import Language
from sayagain.teaching.taught import Taught
from sayagain.text import normalise

__all__ = ["NameMatch", "replace_names"]


class NameMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A request in which taught names were replaced."""

    lesson: Taught
    """The lesson about the first name that was replaced."""
    text: str
    """The request, normalised, with the names that the assistant knows."""


def replace_names(request: str, lessons: Iterable[Taught], language: Language | None) -> NameMatch | None:
    """Replace the taught names in a request; None without one.

    A name counts where it stands alone: behind the beginning, an article, a verb or a preposition, and before the end
    or another small word. So "my light" is not the end of "the kitchen light". An article before the name goes where
    the known name brings its own.

    Args:
        request: the words as heard.
        lessons: the lessons that may apply, the most specific owner first; those that are no names are ignored.
        language: of the request; without its words nothing is replaced.

    >>> from sayagain.languages import language_pack
    >>> lamp = Taught(user_id="u", phrase="reading light", means="the desk lamp", at=0, is_name=True)
    >>> replace_names("Turn on my reading light", [lamp], language_pack("en")).text
    'turn on the desk lamp'
    >>> replace_names("turn on the tall reading light", [lamp], language_pack("en")) is None
    True
    """
    if language is None:
        return None
    names: dict[tuple[str, ...], Taught] = {}
    for lesson in lessons:
        if lesson.is_name:
            names.setdefault(tuple(lesson.key.split()), lesson)
    if not names:
        return None
    words, first = normalise(request).split(), None
    at = 0
    while at < len(words):
        name = max((n for n in names if tuple(words[at : at + len(n)]) == n), key=len, default=None)
        if name is None or not _stands_alone(words, at, at + len(name), language):
            at += 1
            continue
        lesson = names[name]
        first = first or lesson
        known = normalise(lesson.means).split()
        start = at
        if known[0] in language.articles and at and words[at - 1] in language.articles:
            start -= 1
        words[start : at + len(name)] = known
        at = start + len(known)
    return None if first is None else NameMatch(lesson=first, text=" ".join(words))


def _stands_alone(words: list[str], start: int, end: int, language: Language) -> bool:
    small = language.articles | language.common | language.prepositions | language.particles | language.end_particles
    before = small | language.commands | language.fillers
    after = small | language.trailing | {word for pair in language.opposites for word in pair.one | pair.other}
    is_after_small = start == 0 or words[start - 1] in before
    return is_after_small and (end == len(words) or words[end] in after or words[end][0].isdigit())
