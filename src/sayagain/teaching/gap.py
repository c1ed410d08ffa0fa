"""The gap of a request: the words that an assistant does not know, in a request that it would understand without them.

Nobody lists what an assistant knows. It is asked instead: if a request is understood once some of its words give way to
the name of a kind of thing ("turn on the light" for "turn on the sunshine"), these words name something unknown.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sayagain.languages import Language
from sayagain.teaching.template_match import Word, split_words

__all__ = ["Gap", "find_gap"]

_MOST_WORDS = 4
"""Words of the longest gap."""

_LONGEST = 14
"""Words of the longest request that is looked at."""


_NAMES = 4
"""Names of each kind of thing that are tried in place of a gap."""


class Gap(NamedTuple):
    """Words that are not known."""

    phrase: str
    """As they were said."""
    is_name: bool
    """Whether they name something in a request; otherwise they are the request."""


def find_gap(text: str, language: Language, understands: Callable[[str], bool | None]) -> Gap | None:
    """Return the gap of a request; None for one that is understood, or where nobody can tell.

    Args:
        text: the request.
        language: that it is in.
        understands: tells whether the assistant would act on words.

    >>> from sayagain.languages import language_pack
    >>> known = {"turn on the light", "turn on the lights"}
    >>> find_gap("Turn on the sunshine", language_pack("en"), lambda words: words.casefold() in known)
    Gap(phrase='sunshine', is_name=True)
    """
    words = split_words(text)
    if not 0 < len(words) <= _LONGEST or understands(text) is not False:
        return None
    probes = _probes(language)
    for start, end in _unknown_runs(words, language):
        first, last = words[start].start, words[end - 1].end
        # Not each assistant takes each article: "our".
        begins = dict.fromkeys((first, words[start - 1].start if _has_article(words, start, language) else first))
        if any(understands(f"{text[:begin]}{probe}{text[last:]}") for begin in begins for probe in probes):
            return Gap(text[first:last], is_name=True)
    asks = any(tuple(word.key for word in words[: len(opening)]) == opening for opening in language.questions)
    if len(words) > _MOST_WORDS or asks or not any(True for _ in _unknown_runs(words, language)):
        return None
    return Gap(text[words[0].start : words[-1].end], is_name=False)


def _has_article(words: Sequence[Word], start: int, language: Language) -> bool:
    return start > 0 and words[start - 1].key in language.articles


def _probes(language: Language) -> list[str]:
    """Return some names of each kind of thing: an assistant need not know all."""
    by_kind: dict[str, list[str]] = {}
    for name, kind in language.kinds.items():
        by_kind.setdefault(kind, []).append(name)
    return [name for names in by_kind.values() for name in names[:_NAMES]]


def _unknown_runs(words: Sequence[Word], language: Language) -> Iterator[tuple[int, int]]:
    """Yield the runs of words that are neither commands nor words without a value, the longest first."""
    directions = frozenset().union(*(pair.one | pair.other for pair in language.opposites))
    known = language.common | language.articles | language.commands | language.prepositions | directions
    known = known | language.here | language.end_particles | frozenset(language.numbers)
    runs, start = [], 0
    for at in range(len(words) + 1):
        if at == len(words) or words[at].key in known:
            if start < at <= start + _MOST_WORDS:
                runs.append((start, at))
            start = at + 1
    yield from sorted(runs, key=lambda run: run[0] - run[1])
