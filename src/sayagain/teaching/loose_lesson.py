"""Loose reading of a lesson: what holds a sign of teaching and a command, in whatever words between.

No template lists all the ways in which people teach. A clause such as "when the kids say …" and a command before or
behind it are enough for a proposal; it is a lesson only if the assistant understands the command, and it is kept only
after a yes.
"""

from collections.abc import Iterator, Sequence

from sayagain.languages import Language
from sayagain.teaching.template_match import Slots, Word

__all__ = ["loose_slots"]

_MOST_SUBJECT = 3
"""Most words between "when" and "say"."""

_MOST_CLOSED = 8
"""Most words of a phrase whose clause ends with its verb."""

_MOST_COMMANDS = 4
"""Most places at which the meaning may begin."""

_MOST_BETWEEN = 10
"""Most words between the phrase and the command."""


def loose_slots(words: Sequence[Word], language: Language) -> Iterator[Slots]:
    """Yield where the phrase and its meaning may stand in a request, the likeliest first.

    Args:
        words: of the request.
        language: that it is in.
    """
    for opening, start in _openings(words, language):
        end = _phrase_end(words, start, language)
        for phrase_end in dict.fromkeys((end, len(words))):
            if start < phrase_end:
                yield from _meanings(words, opening, (start, phrase_end), phrase_end, language)
    for opening, start, end, after in _closed_clauses(words, language):
        yield from _meanings(words, opening, (start, end), after, language)


def _openings(words: Sequence[Word], language: Language) -> Iterator[tuple[int, int]]:
    """Yield where a clause such as "when the kids say the words" begins, and where the phrase does."""
    loose = language.teaching.loose
    for opening in range(len(words)):
        for when in loose.when:
            after = opening + len(when)
            if _keys(words, opening, after) != when:
                continue
            for at in range(after, min(after + _MOST_SUBJECT + 1, len(words))):
                for say in loose.say:
                    if _keys(words, at, at + len(say)) == say:
                        start = at + len(say)
                        for mention in loose.mention:
                            if _keys(words, start, start + len(mention)) == mention:
                                start += len(mention)
                        yield opening, start


def _closed_clauses(words: Sequence[Word], language: Language) -> Iterator[tuple[int, int, int, int]]:
    """Yield where a clause with its verb at the end begins ("wenn ich … sage"), the ends of its phrase, and its end."""
    loose = language.teaching.loose
    for opening in range(len(words)):
        for when in loose.when:
            subject = opening + len(when)
            if subject >= len(words) or _keys(words, opening, subject) != when:
                continue
            start = subject + (2 if words[subject].key in language.articles else 1)
            for mention in loose.mention:
                if _keys(words, start, start + len(mention)) == mention:
                    start += len(mention)
            for end in range(start + 1, min(start + _MOST_CLOSED, len(words)) + 1):
                for said in loose.said:
                    if _keys(words, end, end + len(said)) == said:
                        yield opening, start, end, end + len(said)


def _phrase_end(words: Sequence[Word], start: int, language: Language) -> int:
    """Return where a phrase ends: at a punctuation mark, or before the next clause."""
    stops = language.subjects | language.statements | language.teaching.loose.then
    for at in range(start + 1, len(words)):
        if words[at].at_boundary or words[at].key in stops:
            return at
    return next((at for at in range(start + 1, len(words)) if words[at].key in language.commands), len(words))


def _meanings(
    words: Sequence[Word], opening: int, phrase: tuple[int, int], end: int, language: Language
) -> Iterator[Slots]:
    """Yield the phrase with each meaning that may follow its clause, which ends at `end`, or stand before it."""
    behind = [
        at
        for at in range(end, min(end + _MOST_BETWEEN, len(words)))
        if (words[at].key in language.commands or words[at].key in language.articles)
        and _is_soft(words[end:at], language)
    ]
    # A command may also do without a verb: "living room light on".
    first = [at for at in (end, end + 1) if at < len(words) and _is_soft(words[end:at], language)]
    for at in behind[:_MOST_COMMANDS] or first:
        yield {"phrase": phrase, "means": (at, len(words))}
    if end == len(words):
        before = [at for at in range(opening) if words[at].key in language.commands and _is_soft(words[:at], language)]
        for at in before[:_MOST_COMMANDS]:
            yield {"phrase": phrase, "means": (at, opening)}


def _is_soft(words: Sequence[Word], language: Language) -> bool:
    """Return whether words may be left out of a meaning: they only lead to it."""
    loose = language.teaching.loose
    soft = language.common | language.articles | language.subjects | language.statements | loose.then | loose.soft
    return all(word.key in soft for word in words)


def _keys(words: Sequence[Word], start: int, end: int) -> tuple[str, ...]:
    return tuple(word.key for word in words[start:end])
