"""Sentences that teach, with their phrase and meaning, and sentences that do not; the training data of the tagger.

A wording comes from the development half of `benchmarks/teach_wordings.toml` or from the templates of English
(`languages/en/teaching.toml`). Its words are replaced by others of their kind, dropped and exchanged at random, so that
the tagger learns the form of a lesson rather than a list. Nothing comes from wordings that are held out.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sayagain.languages import language_pack
from sayagain.languages.sentence_template import Template

__all__ = ["LessonSentence", "lesson_sentences", "other_sentences", "read_words", "wordings"]

_PHRASE, _MEANS = "{phrase}", "{means}"
_SLOT = re.compile(r"\{[a-z]+\}")
_REPLACED, _SPARED = 0.4, 0.06
_LONGEST_PHRASE = 5
_NAMES = 0.2


class LessonSentence(NamedTuple):
    """A sentence, and where its phrase and its meaning stand in it; without them it teaches nothing."""

    text: str
    phrase: tuple[int, int] | None = None
    means: tuple[int, int] | None = None


def read_words() -> Mapping[str, Mapping[str, str]]:
    """Return the lists of `lesson_words.toml`."""
    return tomllib.loads((Path(__file__).parent / "lesson_words.toml").read_text(encoding="utf-8"))


def wordings(half: Mapping[str, Sequence[str]], rng: random.Random, templates: int) -> list[str]:
    """Return wordings with `{phrase}` and `{means}`: those of a half, and some drawn from the templates of English."""
    pack = language_pack("en")
    assert pack is not None
    teaching = pack.teaching
    of_language = [*teaching.lessons, *teaching.hints, *teaching.names]
    drawn = [_draw_template(rng.choice(of_language), rng) for _ in range(templates)]
    return [*half["lessons"], *half["names"], *drawn]


def _draw_template(template: Template, rng: random.Random) -> str:
    words: list[str] = []
    for part in template:
        if part.slot is not None:
            words.append(_PHRASE if part.slot == "phrase" else _MEANS)
        elif part.repeated:
            words += [" ".join(rng.choice(part.words)) for _ in range(rng.choice((0, 0, 1, 1, 2)))]
        elif not part.optional or rng.random() < 0.4:
            words.append(" ".join(rng.choice(part.words)))
    return " ".join(words)


def lesson_sentences(
    patterns: Sequence[str],
    phrases: Sequence[str],
    requests: Sequence[str],
    names: Sequence[str],
    count: int,
    rng: random.Random,
) -> Iterator[LessonSentence]:
    """Yield sentences that teach.

    Args:
        patterns: the wordings.
        phrases: what is taught.
        requests: what it may mean.
        names: of things, which it may mean, too.
        count: how many.
        rng: of all draws.
    """
    lists = read_words()
    classes = {name: entries.split("|") for name, entries in lists["classes"].items()}
    kinds = {word: name for name, entries in classes.items() for word in entries if " " not in word}
    kinds |= {"i": "who", "we": "who"}
    before, behind = (lists["around"][name].split("|") for name in ("before", "behind"))
    vocabulary = sorted({word for request in requests for word in request.split()})
    for _ in range(count):
        carrier = _vary(rng.choice(patterns), kinds, classes, vocabulary, rng)
        carrier = _surround(carrier, before, behind, rng)
        means = rng.choice(names)
        if rng.random() > _NAMES:
            means = " and ".join(rng.choices(requests, k=rng.choice((1, 1, 1, 2))))
        yield _fill(carrier, rng.choice(phrases), means)


def _vary(
    pattern: str,
    kinds: Mapping[str, str],
    classes: Mapping[str, Sequence[str]],
    vocabulary: Sequence[str],
    rng: random.Random,
) -> list[str]:
    """Return the words of a wording, some of them replaced."""
    words: list[str] = []
    replaces = rng.random() < 0.7
    disturbs = rng.random() < 0.4
    for word in pattern.split():
        bare = word.strip(",").lower()
        if _SLOT.search(word):
            words.append(word)
        elif replaces and bare in kinds and rng.random() < _REPLACED:
            words.append(rng.choice(classes[kinds[bare]]))
        elif disturbs and rng.random() < _SPARED:
            # A word that nobody expected, or none.
            words += rng.choice(([], [rng.choice(vocabulary)], [word, rng.choice(vocabulary)]))
        else:
            words.append(word)
    return words


def _surround(words: list[str], before: Sequence[str], behind: Sequence[str], rng: random.Random) -> list[str]:
    """Return the words with what people say before and behind, and with or without commas."""
    for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
        words = [rng.choice(before) + rng.choice(("", ",")), *words]
    if rng.random() < 0.25:
        words = [*words, rng.choice(behind)]
    if rng.random() < 0.5:
        words = [word.replace(",", "") for word in words]
    return words


def _fill(words: Sequence[str], phrase: str, means: str) -> LessonSentence:
    text, spans = "", {}
    for word in words:
        slot = _SLOT.search(word)
        if text:
            text += " "
        start = len(text)
        text += word if slot is None else word.replace(slot[0], phrase if slot[0] == _PHRASE else means)
        if slot is not None:
            start += slot.start()
            spans[slot[0]] = (start, start + len(phrase if slot[0] == _PHRASE else means))
    return LessonSentence(text, spans[_PHRASE], spans[_MEANS])


def other_sentences(
    phrases: Sequence[str], requests: Sequence[str], talk: Sequence[str], count: int, rng: random.Random
) -> Iterator[LessonSentence]:
    """Yield sentences that teach nothing.

    Args:
        phrases: a few words each.
        requests: to an assistant.
        talk: other sentences, as they are.
        count: how many.
        rng: of all draws.
    """
    lists = read_words()
    patterns = lists["other"]["sentences"].replace("\n", "|").strip("|").split("|")
    before, behind = (lists["around"][name].split("|") for name in ("before", "behind"))
    for _ in range(count):
        if rng.random() < 0.4:
            text = rng.choice(talk)
        else:
            pattern = rng.choice(patterns)
            text = pattern.replace("{m}", rng.choice(requests)).replace("{n}", rng.choice(requests))
            text = text.replace("{p}", rng.choice(phrases))
        words = text.split()
        if rng.random() < 0.3:
            words = _surround(words, before, behind, rng)
        yield LessonSentence(" ".join(words))


def phrases_of(sentences: Sequence[str], own: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """Return phrases that somebody may teach: some that are given, and words that stand together in sentences."""
    pack = language_pack("en")
    assert pack is not None
    dangling = pack.common | pack.articles | {"is", "the", "what", "on", "off", "up", "and", "to", "i"}
    phrases = list(own) * 3
    while len(phrases) < count:
        words = rng.choice(sentences).split()
        length = rng.choice((1, 1, 2, 2, 2, 3, 3, 4, _LONGEST_PHRASE))
        start = rng.randrange(max(1, len(words) - length + 1))
        part = words[start : start + length]
        # What people teach hardly ever ends in the middle of a clause.
        if rng.random() < 0.1 or not {part[0], part[-1]} & dangling:
            phrases.append(" ".join(part))
    return phrases
