"""What the agent itself says: its question and its short answers, in the language of the turn."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from sayagain.languages import DEFAULT, language_of

__all__ = ["AgentPhrases", "agent_phrases"]


class AgentPhrases(msgspec.Struct, frozen=True, kw_only=True):
    """The phrases of one language."""

    question: str
    """Asks whether something was meant; the words to confirm stand in place of `{}`."""
    all_right: str
    """Answers a no."""
    nothing_done: str
    """Answers a request for which nothing is done."""
    unreachable: str
    """Home Assistant gives no answer."""
    sorry: str
    """Something else failed."""


def agent_phrases(language: str | None) -> AgentPhrases:
    """Return the phrases of a language (BCP 47); the English ones where it has none.

    >>> agent_phrases("de-AT").question.format("Licht aus")
    'Meintest du: Licht aus?'
    >>> agent_phrases("xx").all_right
    'All right.'
    """
    known = _phrases()
    return known.get(language_of(language) or DEFAULT, known[DEFAULT])


@cache
def _phrases() -> Mapping[str, AgentPhrases]:
    text = (resources.files("sayagain.assistants") / "agent_phrases.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, AgentPhrases])
