"""How people of one language teach an assistant, and what it says to them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from sayagain.languages.sentence_template import Phrases, Template, expand_parts, read_phrases, read_template

__all__ = ["TeachingReplies", "TeachingWords", "read_teaching_words"]


class TeachingReplies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said to somebody who teaches; `{phrase}`, `{means}`, `{old}` and `{lessons}` stand for the words."""

    confirm: str
    """Asks before anything is kept."""
    ask_name: str
    """Asks what a name stands for that was not understood."""
    ask_meaning: str
    """Asks what a request means that was not understood."""
    stored: str
    """It is kept."""
    replaced: str
    """It is kept in place of what was taught before."""
    declined: str
    """Nothing is kept."""
    unknown: str
    """The assistant cannot do what the phrase would mean."""
    circular: str
    """The meaning leads back to the phrase."""
    refused: str
    """It cannot be kept for another reason."""
    forgotten: str
    """It is forgotten."""
    nothing: str
    """Nothing was taught yet."""
    taught: str
    """Lists what was taught."""
    lesson: str
    """One lesson of the list."""


class LooseWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signs of teaching, whatever stands between them; none where a language has not listed them."""

    when: Phrases = ()
    """Beginnings of the clause that names the phrase."""
    say: Phrases = ()
    """Verbs of that clause, behind its subject."""
    said: Phrases = ()
    """Verbs that end that clause behind the phrase, in languages where they do."""
    mention: Phrases = ()
    """What may stand between the verb and the phrase."""
    then: frozenset[str] = frozenset()
    """Words that end the phrase, besides subjects."""
    soft: frozenset[str] = frozenset()
    """Words that lead to the meaning and are no part of it, besides those without a value."""


class TeachingWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wordings of teaching in one language."""

    lessons: tuple[Template, ...]
    """Gives a phrase a meaning."""
    hints: tuple[Template, ...] = ()
    """The same, where the assistant understands the meaning; otherwise these words are anything: "… means …"."""
    names: tuple[Template, ...] = ()
    """Gives a thing another name."""
    forget: tuple[Template, ...]
    """Takes back what was taught about a phrase."""
    list: tuple[Template, ...]
    """Asks what was taught."""
    loose: LooseWords = LooseWords()
    """Signs of teaching, for what fits no template; the assistant must understand the meaning then, too."""
    before: Phrases = ()
    """What may stand before any of them."""
    after: Phrases = ()
    """What may stand behind any of them."""
    calls: Phrases = ()
    """What may stand before a phrase that is used: "start"."""
    joiners: Phrases
    """What stands between two requests of one meaning."""
    says: TeachingReplies
    """What the assistant says."""


def read_teaching_words(raw: Mapping[str, Any], plain: Callable[[str], str]) -> dict[str, Any]:
    """Turn the section `teaching` of a language file into the fields of `TeachingWords`.

    Args:
        raw: the section.
        plain: writes words as requests are compared.
    """
    parts: Mapping[str, str] = raw.get("parts", {})
    return {
        **{
            name: [read_template(expand_parts(line, parts), plain) for line in raw.get(name, ())] for name in _TEMPLATES
        },
        **{name: read_phrases(raw.get(name, ()), plain) for name in ("before", "after", "calls", "joiners")},
        "loose": {
            **{name: [plain(word) for word in raw.get("loose", {}).get(name, ())] for name in ("then", "soft")},
            **{
                name: read_phrases(raw.get("loose", {}).get(name, ()), plain)
                for name in ("when", "say", "said", "mention")
            },
        },
        "says": raw["says"],
    }


_TEMPLATES = ("lessons", "hints", "names", "forget", "list")
