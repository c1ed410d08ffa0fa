"""Options: what a reference may stand for, each a phrase of the session, with features that tell which one is meant."""

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.languages import Language
from sayagain.rewriting.completion.reference import KINDS, Reference
from sayagain.rewriting.completion.tables import Rates, Tables
from sayagain.rewriting.completion.utterance import Utterance

__all__ = ["NAMES", "Options", "Scene", "Span", "edge_words"]

SPAN, OPENED = 7, 12
"""Most words of a phrase of the session; and of the beginning of a request that "what about" repeats."""

FORMS = ("as said", "mine", "definite", "named again", "usual")
"""As said; the assistant's "your" as the user's "my"; "a" as "the"; with "the" before it; not said but usual."""

NAMES: tuple[str, ...] = (
    *("distance", "by_user", "n_words", "start", "words_behind", "starts_sentence", "ends_sentence", "n_utterance"),
    *("first", "last", "preceding", "following", "first_kind", "last_kind", "preceding_kind", "following_kind"),
    *("joined", "plural", "capitals", "last_capital", "capital_before", "capital_behind", "times"),
    *("same_before", "same_behind", "in_request", "common_within", "article", "parts", "part", "is_ordinal"),
    *("usual", "usual_before", "form", "owner"),
    # the reference itself
    *("completed", "completed_behind", "completed_before", "n_reference", "at", "left", "n_request", "n_context"),
    *(f"is_{kind}" for kind in KINDS),
    *("ordinal", "behind_article"),
)
"""The columns of `Options.rows`."""

_NOT_SAID = math.nan

Floats = npt.NDArray[np.float64]
Words = tuple[str, ...]


class Span(msgspec.Struct, frozen=True):
    """A phrase of the session."""

    utterance: int
    """Which utterance."""
    start: int
    """Its first word."""
    end: int
    """One past its last word."""


class Options(msgspec.Struct, frozen=True):
    """What a reference may stand for."""

    texts: list[str]
    """The phrases."""
    rows: Floats
    """Their features, shape (texts, `NAMES`)."""


class Scene:
    """A request with what was said before it.

    Args:
        context: the utterances before it, oldest first.
        request: the request.
        language: of both; it has `references`.
        tables: what was learnt of words.
        without: a group of examples that is left out of them.
        whole: whether a part of a longer name may not be put in.
    """

    def __init__(
        self,
        context: Sequence[Utterance],
        request: Utterance,
        language: Language,
        tables: Tables,
        without: str | None = None,
        *,
        whole: bool = False,
    ) -> None:
        assert language.references is not None
        self.context, self.request = context, request
        self.language, self.references, self.tables = language, language.references, tables
        self.without, self.whole = without, whole
        self._texts = [f" {' '.join(utterance.words)} " for utterance in context]
        # "On" and "locked" are said of a thing, and are no part of its name.
        self._directions = {word for pair in language.opposites for word in (*pair.one, *pair.other)}
        self._has_capitals = any(any(utterance.capitals[1:]) for utterance in context)

    def spans(self, *, opened: bool = False) -> Iterator[Span]:
        """Yield the phrases of the session that may be put in.

        Args:
            opened: only beginnings of the user's requests.
        """
        for place, utterance in enumerate(self.context):
            words = utterance.words
            if opened:
                ends = range(2, min(len(words), OPENED) + 1) if utterance.by_user else ()
                yield from (Span(place, 0, end) for end in ends)
                continue
            for start in (start for start, word in enumerate(words) if not self._begins_nothing(word)):
                for end in range(start + 1, min(len(words), start + SPAN) + 1):
                    last = words[end - 1]
                    if utterance.sentences[end - 1] != utterance.sentences[start] or last in self.references.choices:
                        break
                    # A comma within a phrase joins names, "Ann, Ben and Joe".
                    joined = not self.references.joiners.isdisjoint(words[start : start + SPAN])
                    if end - 1 > start and utterance.after_comma[end - 1] and not joined:
                        break
                    ends_name = not self._begins_nothing(last) and last not in self.references.articles
                    if ends_name and (not self.whole or self._is_whole(utterance, start, end)):
                        yield Span(place, start, end)

    def options(self, reference: Reference) -> Options:
        """Return what a reference may stand for."""
        phrase = self.request.words[reference.start : reference.end]
        rows: dict[str, list[float]] = {}
        ordinal_texts: dict[str, float] = {}
        for span in self.spans(opened=reference.kind == "opener"):
            if reference.kind == "fragment" and self._following(span) != self.request.words[0]:
                continue
            row = self._row(span, reference)
            for form, text in self._forms(span, reference):
                known = rows.get(text)
                if known is None or row[0] < known[0]:
                    rows[text] = [*row, float(form), 0.0]
            if row[_IS_ORDINAL]:
                text = " ".join(self._words(span))
                ordinal_texts[text] = min(row[0], ordinal_texts.get(text, row[0]))
        if ordinal_texts:
            # "The second one" means one part of the latest list.
            nearest = min(ordinal_texts.values())
            rows = {text: rows[text] for text, distance in ordinal_texts.items() if distance == nearest}
        else:
            self._add_usual(rows, reference)
        rows.pop(" ".join(phrase), None)
        owns = bool(phrase) and phrase[-1] in self.references.owners and reference.end < len(self.request.words)
        if owns:
            rows |= {f"{text} 's": [*row[:-1], 1.0] for text, row in rows.items() if row[_FORM] != FORMS.index("usual")}
        shared = self._reference_row(reference)
        table = np.array([[*row, *shared] for row in rows.values()], np.float64).reshape(len(rows), len(NAMES))
        return Options(list(rows), table)

    def _is_whole(self, utterance: Utterance, start: int, end: int) -> bool:
        """Return whether a phrase is no part of a longer name: "the kitchen" of "the kitchen light" means more."""
        words = utterance.words
        if not utterance.ends_sentence(end) and not utterance.after_comma[end]:
            behind = words[end]
            in_name = not self._begins_nothing(behind) and behind not in self.references.articles
            if in_name and behind not in self.language.times and behind not in self.references.joiners:
                return False
        if start < 2 or utterance.starts_sentence(start) or utterance.starts_sentence(start - 1):
            # A request begins with what is done.
            return True
        before = words[start - 1]
        return self._begins_nothing(before) or before in self.references.articles or utterance.after_comma[start]

    def _begins_nothing(self, word: str) -> bool:
        if word in self.references.articles:
            return False
        language = self.language
        if word in language.kinds:
            # "Light" is a verb, too.
            return False
        lists = (language.common, language.commands, language.fillers, language.social, language.auxiliaries)
        common = word in language.subjects or any(word in words for words in lists) or word in self._directions
        return common or self.references.is_reference(word) or word.startswith("'")

    def _words(self, span: Span) -> Words:
        return self.context[span.utterance].words[span.start : span.end]

    def _following(self, span: Span) -> str:
        utterance = self.context[span.utterance]
        return "$" if utterance.ends_sentence(span.end) else utterance.words[span.end]

    def _preceding(self, span: Span) -> str:
        utterance = self.context[span.utterance]
        return "^" if utterance.starts_sentence(span.start) else utterance.words[span.start - 1]

    def _rate(self, rates: Rates, key: str) -> float:
        return rates.log_ratio(key, self.without)

    def _row(self, span: Span, reference: Reference) -> list[float]:
        utterance, words = self.context[span.utterance], self._words(span)
        request, tables = self.request.words, self.tables
        before, behind = self._preceding(span), self._following(span)
        request_before = request[reference.start - 1] if reference.start else "^"
        request_behind = request[reference.end] if reference.end < len(request) else "$"
        times = self.language.times
        capitals = utterance.capitals[span.start : span.end] if self._has_capitals else None
        edges = edge_words(words, before, behind)
        rates = (tables.first, tables.last, tables.preceding, tables.following)
        parts, part = utterance.parts(span.start), utterance.places[span.start]
        return [
            len(self.context) - 1 - span.utterance,
            utterance.by_user,
            len(words),
            span.start,
            len(utterance.words) - span.end,
            before == "^",
            behind == "$",
            len(utterance.words),
            *(self._rate(rate, word) for rate, word in zip(rates, edges, strict=True)),
            *(self._rate(rate, f"{reference.kind} {word}") for rate, word in zip(rates, edges, strict=True)),
            not self.references.joiners.isdisjoint(words),
            any(words[-1].endswith(ending) for ending in self.language.endings),
            sum(capitals) / len(capitals) if capitals else math.nan,
            capitals[-1] if capitals else math.nan,
            math.nan if capitals is None else before != "^" and span.start > 1 and utterance.capitals[span.start - 1],
            math.nan if capitals is None else behind != "$" and utterance.capitals[span.end],
            math.log1p(sum(text.count(f" {' '.join(words)} ") for text in self._texts)),
            before == request_before,
            behind == request_behind or (reference.kind == "opener" and behind in times and request_behind in times),
            sum(word in request for word in words) / len(words),
            any(self._begins_nothing(word) and word not in self.references.joiners for word in words[1:]),
            words[0] in self.references.articles,
            parts,
            part,
            parts > 1 and reference.ordinal in (part, part - parts - 1),
            _NOT_SAID,
            _NOT_SAID,
        ]

    def _forms(self, span: Span, reference: Reference) -> Iterator[tuple[int, str]]:
        words = self._words(span)
        yield 0, " ".join(words)
        if reference.kind in ("opener", "fragment"):
            return
        references, definite = self.references, min(self.references.definite)
        if words[0] in references.yours:
            yield 1, " ".join([min(references.mine), *words[1:]])
        is_number = words[0].isdigit() or words[0] in self.language.numbers
        if (words[0] in references.indefinite or is_number) and len(words) > 1:
            yield 2, " ".join([definite, *words[1:]])
        plain = words[0] not in references.articles and self._preceding(span) not in references.articles
        common = len(words) <= 3 and not self.context[span.utterance].capitals[span.start]
        if plain and common and reference.kind != "person":
            yield 3, " ".join([definite, *words])

    def _add_usual(self, rows: dict[str, list[float]], reference: Reference) -> None:
        """Add phrases that are usual for such a reference, such as "the call", whether they were said or not."""
        if reference.kind in ("person", "opener", "fragment", "other") or not self.context:
            return
        before = self.request.words[reference.start - 1] if reference.start else "^"
        usual, count = NAMES.index("usual"), NAMES.index("form")
        for text, groups in self.tables.usual_phrases.items():
            if groups == [self.without]:
                continue
            rates = [self._rate(self.tables.usual, f"{key} {text}") for key in (reference.kind, f"^{before}")]
            if text in rows:
                rows[text][usual : usual + 2] = rates
                continue
            words = text.split()
            stem = words[-1].rstrip("s")
            said = [
                len(self.context) - 1 - place
                for place, utterance in enumerate(self.context)
                for word in utterance.words
                if word.startswith(stem)
            ]
            row = [math.nan] * count
            row[0] = min(said, default=20)
            row[NAMES.index("n_words")] = len(words)
            row[NAMES.index("plural")] = float(words[-1] != stem)
            row[NAMES.index("times")] = math.log1p(len(said))
            row[NAMES.index("in_request")] = sum(word in self.request.words for word in words)
            row[usual : usual + 2] = rates
            rows[text] = [*row, float(FORMS.index("usual")), 0.0]

    def _reference_row(self, reference: Reference) -> list[float]:
        words = self.request.words
        phrase = " ".join(words[reference.start : reference.end])
        before = words[reference.start - 1] if reference.start else "^"
        behind = words[reference.end] if reference.end < len(words) else "$"
        return [
            self._rate(self.tables.references, phrase),
            self._rate(self.tables.after, f"{phrase} {behind}"),
            self._rate(self.tables.before, f"{before} {phrase}"),
            reference.end - reference.start,
            reference.start,
            len(words) - reference.end,
            len(words),
            len(self.context),
            *(reference.kind == kind for kind in KINDS),
            reference.ordinal,
            before in self.references.articles,
        ]


def edge_words(words: Words, before: str, behind: str) -> tuple[str, str, str, str]:
    """Return the words that tell whether a phrase is whole: its first, its last, the one before and the one behind."""
    return words[0], words[-1], before, behind


_IS_ORDINAL, _FORM = NAMES.index("is_ordinal"), NAMES.index("form")
