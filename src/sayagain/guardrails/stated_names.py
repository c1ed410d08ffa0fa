"""Stated names: a rewrite keeps the thing, room or person that was named, unless the name was misheard."""

from collections.abc import Collection, Container, Iterable, Iterator
from itertools import pairwise

from sayagain.languages import Language, spoken_words
from sayagain.text import letter_similarity, sound_similarity
from sayagain.turns import Hypothesis

__all__ = ["NAME_SLOTS", "changed_name", "known_words", "misheard", "names_of"]

Words = tuple[str, ...]

SPELT_ALIKE = 0.7
"""How like a word of a name, by letters, words are that may be a mishearing of it rather than a name of their own; by
sound alone "big" would be "bike"."""

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
    names = {
        " ".join(spelt)
        for slot, value in items
        if slot in NAME_SLOTS and isinstance(value, str)
        for spelt in _spellings(value)
    }
    return frozenset(names - {""})


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of requests that work, and their pairs with a space between.

    >>> sorted(known_words(["lamp on"]))
    ['lamp', 'lamp on', 'on']
    """
    entries: set[str] = set()
    for words in (spelt for text in texts for spelt in _spellings(text)):
        entries.update(words)
        entries.update(f"{a} {b}" for a, b in pairwise(words))
    return frozenset(entries)


def changed_name(
    request: Words,
    candidate: Words,
    before: Hypothesis | None,
    after: Hypothesis | None,
    *,
    names: frozenset[str],
    worked: Container[str],
    language: Language,
    renaming: bool = False,
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
        renaming: whether words that name nothing here ("mood light") may mean another name, unless they sound like a
            third one.
    """
    lost_name = _lost_name(request, candidate, names, language)
    if lost_name is not None:
        return f'it would lose "{lost_name}" and act on more than was asked for'
    hypothesis_names = (
        {" ".join(_plain_words(str(slot.value))) for slot in after.slots if _is_name_slot(slot.name)}
        if after
        else set()
    )
    for name in _longest_names(
        {*_names_within(candidate, names), *(n for n in hypothesis_names if n and _says(candidate, n))}
    ):
        replaced_words = _replaced_words(tuple(name.split()), request, candidate, names, worked, language)
        if replaced_words is not None and not (
            renaming and not _resemble_another(replaced_words, name, names, language)
        ):
            return f'it would put "{name}" in the place of "{replaced_words}"'
    return _changed_slot(request, before, after, names, worked)


def _longest_names(names: Collection[str]) -> list[str]:
    """Return the names that are no part of another, sorted: a "floor lamp" is not a "lamp" besides."""
    return sorted(
        name
        for name in names
        if not any(_says(tuple(other_name.split()), name) for other_name in names if other_name != name)
    )


def _lost_name(request: Words, candidate: Words, names: frozenset[str], language: Language) -> str | None:
    glued = "".join(candidate)
    candidate_stems = {_stem(word, language) for word in candidate}
    # Said alone, a kind of thing is the same under another of its names.
    kinds = {language.kinds.get(word) for word in candidate} - {None}
    lost_names = [
        name
        for name in _names_within(request, names)
        if not all(_stem(word, language) in candidate_stems for word in name.split() if word not in language.common)
        and language.kinds.get(name) not in kinds
        and not (len(name) > 3 and name.replace(" ", "") in glued)
    ]
    return max(lost_names, key=lambda name: (len(name), name), default=None)


def _replaced_words(
    name: Words, request: Words, candidate: Words, names: frozenset[str], worked: Container[str], language: Language
) -> str | None:
    """Return the words that a name would replace although they are no mishearing of it."""
    kinds = {_kind(word, language) for word in request}
    missing_words = [word for word in name if _kind(word, language) not in kinds and word not in language.common]
    if not missing_words or "".join(name) in "".join(request):
        return None
    candidate_kinds = {_kind(word, language) for word in candidate}
    unmatched_words = [word if _kind(word, language) not in candidate_kinds else None for word in request]
    content = [word for word in unmatched_words if word is not None and not _says_nothing(word, language)]
    heard_rest = any(word not in missing_words and word not in language.kinds for word in name)
    min_similarity = PARTLY if heard_rest else MISHEARD
    if not content or misheard(" ".join(missing_words), unmatched_words, names, worked, least=min_similarity):
        return None
    return " ".join(content)


def _resemble_another(words: str, name: str, names: frozenset[str], language: Language) -> bool:
    """Whether words sound like a name other than the one that would take their place: that one may be meant."""
    others = {word for other_name in names if other_name != name for word in other_name.split()} - set(name.split())
    return any(
        letter_similarity(word, other) >= SPELT_ALIKE
        for word in words.split()
        for other in others
        if other not in language.kinds and other not in language.common
    )


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
    previous_values = {slot.name: str(slot.value) for slot in before.slots if slot.value not in {None, ""}}
    for slot in after.slots:
        old_value, new_value = (
            " ".join(_plain_words(str(value))) for value in (previous_values.get(slot.name, ""), slot.value)
        )
        if (
            old_value in {"", new_value}
            or slot.name in _NO_NAMES
            or not _says(request, old_value)
            or _says(request, new_value)
        ):
            continue
        if new_value.startswith(old_value) or old_value.startswith(new_value):
            continue
        if any(c.isdigit() for c in old_value) or not misheard(new_value, tuple(old_value.split()), names, worked):
            return f'it would turn the {slot.name} "{old_value}" into "{new_value}"'
    return None


def _is_name_slot(slot: str) -> bool:
    return slot in NAME_SLOTS


def _names_within(words: Words, names: frozenset[str]) -> list[str]:
    if not names:
        return []
    return [name for window in _windows(words, LONGEST) if (name := " ".join(window)) in names]


def _windows(words: tuple[str | None, ...], longest: int = 4) -> Iterator[Words]:
    for at in range(len(words)):
        window: list[str] = []
        for word in words[at : at + longest]:
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


def _says(words: Words, phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(words)} "


def _spellings(text: str) -> tuple[Words, ...]:
    """Return the words of a text in whatever language: an elided word may be one of its own ("l'entrée")."""
    separated = text.replace("’", "'").replace("'", " ")
    return (_plain_words(text), _plain_words(separated)) if separated != text else (_plain_words(text),)


def _plain_words(text: str) -> Words:
    return spoken_words(text.replace("_", " "), None)


def _kind(word: str, language: Language) -> str:
    return language.kinds.get(word, _stem(word, language))


def _stem(word: str, language: Language) -> str:
    # A plural for its singular, a genitive for its noun: enough for names.
    if len(word) <= SHORT:
        return word
    return next((word.removesuffix(ending) for ending in language.endings if word.endswith(ending)), word)
