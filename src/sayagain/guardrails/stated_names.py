"""Stated names: a thing, room or person that was named stays the one that was named, unless it was misheard."""

from collections.abc import Collection, Container, Iterable, Iterator
from itertools import pairwise

from sayagain.languages import Language, spoken_words
from sayagain.text import letter_similarity, sound_similarity
from sayagain.turns import Hypothesis

__all__ = ["NAME_SLOTS", "changed_name", "known_words", "misheard", "names_of"]

Words = tuple[str, ...]

MISHEARD = 0.6
"""Similarity by sound or by letters from which one name may be the other, misheard."""

PARTLY = 0.5
"""The same where the rest of the name was heard: "maj and dragons" for "imagine dragons"."""

SAME_SOUND = 0.9
"""Similarity by sound from which two wordings are the same words, heard twice."""

SHORT = 3
"""Letters up to which a word has no ending to lose."""

LONGEST = 6
"""How many words a name may have."""

_NO_NAMES = frozenset(
    {"act", "action", "command", "device_class", "direction", "domain", "service", "state", "unit", "words"}
)

NAME_SLOTS = frozenset(
    {"album", "area", "artist", "city", "contact", "device", "entity", "floor", "item", "location", "name", "person"}
    | {"place", "playlist", "recipient", "room", "song", "station", "title"}
)
"""Slots whose values are names."""


def names_of(items: Iterable[tuple[str, object]]) -> frozenset[str]:
    """Return the names among slots and their values, normalised.

    >>> sorted(names_of([("name", "Desk Lamp"), ("brightness", 40), ("", "HassTurnOn")]))
    ['desk lamp']
    """
    found = {
        " ".join(spelt)
        for slot, value in items
        if slot in NAME_SLOTS and isinstance(value, str)
        for spelt in _spellings(value)
    }
    return frozenset(found - {""})


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of requests that work, and their pairs with a space between.

    >>> sorted(known_words(["lamp on"]))
    ['lamp', 'lamp on', 'on']
    """
    found: set[str] = set()
    for said in (spelt for text in texts for spelt in _spellings(text)):
        found.update(said)
        found.update(f"{a} {b}" for a, b in pairwise(said))
    return frozenset(found)


def changed_name(
    request: Words,
    candidate: Words,
    before: Hypothesis | None,
    after: Hypothesis | None,
    *,
    names: frozenset[str],
    worked: Container[str],
    language: Language,
) -> str | None:
    """Say which name is lost or replaced by another, or None.

    Args:
        request: the words as heard.
        candidate: the words to be said instead.
        before: how the request is read, where known.
        after: how the candidate is read, where known.
        names: of the home, normalised.
        worked: words, and pairs of words with a space between, of requests that work.
        language: its words.
    """
    lost = _lost(request, candidate, names, language)
    if lost is not None:
        return f'it would lose "{lost}" and act on more than was asked for'
    stated = {" ".join(_plain(str(slot.value))) for slot in after.slots if _named(slot.name)} if after else set()
    for name in _longest({*_within(candidate, names), *(n for n in stated if n and _says(candidate, n))}):
        heard = _replaced(tuple(name.split()), request, candidate, names, worked, language)
        if heard is not None:
            return f'it would put "{name}" in the place of "{heard}"'
    return _changed_slot(request, before, after, names, worked)


def _longest(names: Collection[str]) -> list[str]:
    """Return the names that are no part of another, sorted: a "floor lamp" is not a "lamp" besides."""
    return sorted(
        name for name in names if not any(_says(tuple(other.split()), name) for other in names if other != name)
    )


def _lost(request: Words, candidate: Words, names: frozenset[str], language: Language) -> str | None:
    glued = "".join(candidate)
    there = {_stem(word, language) for word in candidate}
    # Said alone, a kind of thing is the same under another of its names.
    kinds = {language.kinds.get(word) for word in candidate} - {None}
    found = [
        name
        for name in _within(request, names)
        if not all(_stem(word, language) in there for word in name.split() if word not in language.common)
        and language.kinds.get(name) not in kinds
        and not (len(name) > 3 and name.replace(" ", "") in glued)
    ]
    return max(found, key=lambda name: (len(name), name), default=None)


def _replaced(
    name: Words, request: Words, candidate: Words, names: frozenset[str], worked: Container[str], language: Language
) -> str | None:
    """Return the words in whose place a name would be put though they were no mishearing of it."""
    kinds = {_kind(word, language) for word in request}
    missing = [word for word in name if _kind(word, language) not in kinds and word not in language.common]
    if not missing or "".join(name) in "".join(request):
        return None
    there = {_kind(word, language) for word in candidate}
    left = [word if _kind(word, language) not in there else None for word in request]
    content = [word for word in left if word is not None and not _says_nothing(word, language)]
    heard_rest = any(word not in missing and word not in language.kinds for word in name)
    least = PARTLY if heard_rest else MISHEARD
    if not content or misheard(" ".join(missing), left, names, worked, least=least):
        return None
    return " ".join(content)


def misheard(
    name: str, left: Iterable[str | None], names: Container[str], worked: Container[str], *, least: float = MISHEARD
) -> bool:
    """Whether some of the words left over are a mishearing of a name: close to it, and nothing that is known.

    Args:
        name: what would be put in their place.
        left: the words of the request; None for each that the candidate has too.
        names: of the home.
        worked: words and pairs of words of requests that work.
        least: how like the name they must be, by sound or by letters.

    >>> misheard("lamp", ("turn", None, "lamb"), (), ())
    True
    >>> misheard("lamp", ("turn", None, "lamb"), {"lamb"}, ())
    False
    """
    for window in _windows(tuple(left)):
        text = " ".join(window)
        sound = sound_similarity(text, name)
        if sound >= SAME_SOUND and text not in names:
            return True
        if max(sound, letter_similarity(text, name)) < least or text in names:
            continue
        pairs = [" ".join(window[at : at + 2]) for at in range(max(1, len(window) - 1))]
        if not all(pair in worked for pair in pairs):
            return True
    return False


def _changed_slot(
    request: Words, before: Hypothesis | None, after: Hypothesis | None, names: frozenset[str], worked: Container[str]
) -> str | None:
    if before is None or after is None:
        return None
    had = {slot.name: str(slot.value) for slot in before.slots if slot.value not in {None, ""}}
    for slot in after.slots:
        one, other = (" ".join(_plain(str(value))) for value in (had.get(slot.name, ""), slot.value))
        if one in {"", other} or slot.name in _NO_NAMES or not _says(request, one) or _says(request, other):
            continue
        if other.startswith(one) or one.startswith(other):
            continue
        if any(c.isdigit() for c in one) or not misheard(other, tuple(one.split()), names, worked):
            return f'it would turn the {slot.name} "{one}" into "{other}"'
    return None


def _named(slot: str) -> bool:
    return slot in NAME_SLOTS


def _within(said: Words, names: frozenset[str]) -> list[str]:
    if not names:
        return []
    return [name for window in _windows(said, LONGEST) if (name := " ".join(window)) in names]


def _windows(said: tuple[str | None, ...], longest: int = 4) -> Iterator[Words]:
    for at in range(len(said)):
        window: list[str] = []
        for word in said[at : at + longest]:
            if word is None:
                break
            window.append(word)
            yield tuple(window)


def _says_nothing(word: str, language: Language) -> bool:
    if word in language.common or word in language.commands or word in language.fillers or word in language.wide:
        return True
    if word in language.units or word in language.numbers or word in language.kinds or word in language.social:
        return True
    return any(word in pair.one or word in pair.other for pair in language.opposites)


def _says(said: Words, phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(said)} "


def _spellings(text: str) -> tuple[Words, ...]:
    """Return the words of a text in whatever language: an elided word may be one of its own ("l'entrée")."""
    apart = text.replace("’", "'").replace("'", " ")
    return (_plain(text), _plain(apart)) if apart != text else (_plain(text),)


def _plain(text: str) -> Words:
    return spoken_words(text.replace("_", " "), None)


def _kind(word: str, language: Language) -> str:
    return language.kinds.get(word, _stem(word, language))


def _stem(word: str, language: Language) -> str:
    # A plural for its singular, a genitive for its noun: enough for names.
    if len(word) <= SHORT:
        return word
    return next((word.removesuffix(ending) for ending in language.endings if word.endswith(ending)), word)
