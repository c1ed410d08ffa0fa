"""What a recogniser wrote and nobody said: sign-offs, sounds in brackets, speaker tags; taken off a transcript."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from sayagain.languages import DEFAULT
from sayagain.text import words

__all__ = ["without_noise"]

_BRACKETED = r"[\[(*♪♫]\s*([^\[\]()*♪♫]{1,40}?)\s*[\])*♪♫]+"
_REPEATS = 6
"""So many pieces of noise are taken off one transcript at most."""

_YEAR = re.compile(r"[\s,]+(?:19|20)\d\d\W*$")
"""The year of a credit."""

_SPOKEN_ON = re.compile(
    r"\b(?:say|announce|broadcast|tell|message|text|send|write|add|note|remember|remind|play|search|read)\b",
    re.IGNORECASE,
)
"""After one of these what follows may be dictated, so that only a sentence of its own is noise."""


def without_noise(heard: str, language: str = DEFAULT) -> str:
    """Return a transcript without known noise at its beginning and its end; all else stays as it is.

    Args:
        heard: the transcript.
        language: of the speech (ISO 639).

    >>> without_noise("Turn on the kitchen lights. Thanks for watching!")
    'Turn on the kitchen lights.'
    >>> without_noise("<Guest1 />Turn it off. [BLANK_AUDIO]"), without_noise("(music)")
    ('Turn it off.', '')
    >>> without_noise("close the (left) blinds"), without_noise("thank you")
    ('close the (left) blinds', 'thank you')
    >>> without_noise("Mach das Licht an. Untertitelung des ZDF, 2020", "de")
    'Mach das Licht an.'
    """
    text = heard.strip()
    for _ in range(_REPEATS):
        shorter = _without_sign_off(_without_marks(text), language)
        if shorter == text:
            break
        text = shorter
    return text


def _without_marks(text: str) -> str:
    marks, speaker = _marks()
    for place in (r"^\s*{}\s*", r"\s*{}[\s.!?,]*$"):
        mark = re.search(place.format(_BRACKETED), text)
        if mark and " ".join(words(mark[1].replace("_", " "))) in marks:
            text = f"{text[: mark.start()]}{text[mark.end() :]}"
    text = speaker.sub("", text)
    return text.strip(" ♪♫\t\n")


def _without_sign_off(text: str, language: str) -> str:
    sign_offs = _sign_offs(language)
    undated = _YEAR.sub("", text)
    if undated != text and (shorter := _without_sign_off(undated, language)) != undated:
        return shorter
    # A sentence of its own, behind what was said or before it.
    sentences = re.split(r"(?<=[.!?,;…)\]])\s+", text)
    if len(sentences) > 1 or _plain(text) in sign_offs:
        if _plain(sentences[-1]) in sign_offs:
            return " ".join(sentences[:-1]).rstrip(",; ")
        if _plain(sentences[0]) in sign_offs:
            return " ".join(sentences[1:])
    # What may be dictated is known in English alone.
    if language != DEFAULT or re.search(r"[.!?]\s", text) or _SPOKEN_ON.search(text):
        return text
    # Recognisers that write no punctuation.
    bare = re.sub(r"[.!?]+$", "", text)
    for phrase in sign_offs:
        if bare.casefold().endswith(f" {phrase}"):
            return bare[: -len(phrase)].strip()
    return text


def _plain(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", re.sub(r"['’]", "", sentence.casefold())))


@cache
def _marks() -> tuple[frozenset[str], re.Pattern[str]]:
    """Return the marks and the pattern of speaker tags."""
    names = "|".join(_data()["speakers"])
    tag = rf"</?\s*(?:{names})[\s_-]*\d*\s*/?>|\[(?:{names})[\s_-]*\d*\]:?"
    speaker = re.compile(rf"^(?:\s*(?:{tag}|(?:{names})[\s_-]*\d+:))+\s*|\s*(?:{tag})\s*$", re.IGNORECASE)
    return frozenset(_data()["marks"]), speaker


@cache
def _sign_offs(language: str) -> tuple[str, ...]:
    """Return the sign-offs of a language and those in English, the longest first."""
    known = _data()["sign_offs"]
    sign_offs = {_plain(phrase) for code in (language, DEFAULT) for phrase in known.get(code, ())}
    return tuple(sorted(sign_offs, key=lambda phrase: (-len(phrase), phrase)))


@cache
def _data() -> Mapping[str, Any]:
    folder = resources.files("sayagain.assistants.homeassistant.cold_start")
    return tomllib.loads((folder / "transcript_noise.toml").read_text(encoding="utf-8"))
