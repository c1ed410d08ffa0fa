"""How people of one language say what they prefer, and what the assistant asks and says about it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from sayagain.languages.sentence_template import Phrases, Template, TemplatePart, read_phrases, read_template

__all__ = ["DomainWords", "PreferenceReplies", "PreferenceWords", "read_preference_words"]


class PreferenceReplies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said about preferences; `{preference}`, `{old}` and `{preferences}` stand for `like` or `dislike`."""

    confirm: str
    """Asks before anything is kept."""
    stored: str
    """It is kept."""
    replaced: str
    """It is kept in place of another."""
    forgotten: str
    """It is forgotten."""
    listed: str
    """Lists what is known."""
    nothing: str
    """Nothing is known yet."""
    done: str
    """Nothing is left to ask."""


class DomainWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one domain of preferences, such as music."""

    topics: frozenset[str]
    """Nouns of the domain, which may stand beside a value."""
    values: Mapping[tuple[str, ...], str] = {}
    """From each spelling of a known value to the one that is kept; other values need a statement about the domain."""
    states: tuple[Template, ...] = ()
    """Statements that can be about this domain alone, of any value."""
    open: tuple[Template, ...] = ()
    """Whole requests that leave the value open."""
    open_words: frozenset[str] = frozenset()
    """Last words of these, one of which each of them holds; the loader fills it in."""
    instead: Phrases = ()
    """Words within a request in whose place the value is put."""
    fill: str
    """What is said instead, with `{value}`."""
    ask: str
    """Asks for the value."""
    like: str
    """States the preference, as a clause."""
    dislike: str
    """States that it is disliked."""


class PreferenceWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wordings of preferences in one language."""

    likes: tuple[Template, ...]
    """States that a value is liked."""
    favourites: tuple[Template, ...]
    """States that it is liked best."""
    dislikes: tuple[Template, ...]
    """States that it is not liked."""
    meanings: tuple[Template, ...]
    """States what is meant by a topic."""
    forget: tuple[Template, ...]
    """Takes a preference back."""
    list: tuple[Template, ...]
    """Asks what is known."""
    interview: tuple[Template, ...]
    """Wants to be asked."""
    skips: Phrases
    """Answers of somebody who has no preference."""
    places: frozenset[str]
    """Words that begin a place behind an open request."""
    domains: Mapping[str, DomainWords]
    """The domains, in the order in which they are asked about."""
    says: PreferenceReplies
    """What the assistant says."""


_TEMPLATES = ("likes", "favourites", "dislikes", "meanings", "forget", "list", "interview")


def read_preference_words(raw: Mapping[str, Any], plain: Callable[[str], str]) -> dict[str, Any]:
    """Turn the section `preferences` of a language file into the fields of `PreferenceWords`.

    Values stand in one text. `hip_hop` are two words, `français,française` two spellings of which the first is kept,
    and `italien/ne,s` are a stem and its endings; `italien/` takes the `endings` of the section.

    Args:
        raw: the section; its tables but `says` are domains.
        plain: writes words as requests are compared.
    """
    endings = raw.get("endings", "").split(" ")
    domains = {name: table for name, table in raw.items() if isinstance(table, dict) and name != "says"}
    return {
        **{name: [read_template(line, plain) for line in raw[name]] for name in _TEMPLATES},
        "skips": read_phrases(raw["skips"], plain),
        "places": [plain(word) for word in raw["places"]],
        "domains": {name: _domain(table, endings, plain) for name, table in domains.items()},
        "says": raw["says"],
    }


def _domain(table: Mapping[str, Any], endings: list[str], plain: Callable[[str], str]) -> dict[str, Any]:
    values: dict[tuple[str, ...], str] = {}
    for entry in table.get("values", "").split():
        first, *others = _spellings(entry.replace("_", " "), endings)
        for spelling in (first, *others):
            values.setdefault(tuple(plain(spelling).split()), first)
    requests = [read_template(line, plain) for line in table.get("open", ())]
    return {
        **table,
        "open": requests,
        "open_words": {phrase[0] for parts in requests for phrase in _key_part(parts).words},
        "topics": [plain(word) for word in table["topics"].split("|")],
        "values": values,
        "instead": read_phrases(table.get("instead", ()), plain),
        "states": [read_template(line, plain) for line in table.get("states", ())],
    }


def _key_part(parts: list[TemplatePart]) -> TemplatePart:
    """Return the last part of a template that must be there."""
    return [part for part in parts if part.words and not part.optional and not part.repeated][-1]


def _spellings(entry: str, endings: list[str]) -> list[str]:
    stem, slash, own = entry.partition("/")
    if not slash:
        return entry.split(",")
    return [stem + ending for ending in (own.split(",") if own else endings)]
