"""The completer: which words of the session a request stands for, and how sure that is.

One boosted model orders the phrases of the session that a reference may stand for; another says whether the reference
is to be completed at all. Most requests are complete, and then nothing is proposed.
Sources: Tseng et al. 2021 and Regan et al. 2019 (the task); docs/references.md.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.languages import Language
from sayagain.models import read_manifest
from sayagain.rewriting.boosted import Boosted
from sayagain.rewriting.completion.options import NAMES, Options, Scene
from sayagain.rewriting.completion.reference import Reference, find_references
from sayagain.rewriting.completion.tables import Tables
from sayagain.rewriting.completion.utterance import Utterance, read_utterance

__all__ = [
    "MODEL",
    "SHIPPED",
    "Completer",
    "CompleterFile",
    "Completion",
    "Replacement",
    "join_words",
    "open_completer",
    "trigger_rows",
]

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the shipped model."""

MODEL = "completer.msgpack"

SURE = 0.4
"""P(a reference is to be completed) from which it is; chosen by the F1 of half of MuDoCo-QR's development dialogues."""

TRIGGER_NAMES: tuple[str, ...] = (
    *("best_score", "margin", "share", "n_before", "n_overlapping", "repeated", "before_score", "overlapping_score"),
    *("longer", "already_said"),
    *NAMES,
)
"""The columns of `trigger_rows`."""

Floats = npt.NDArray[np.float64]


class Replacement(msgspec.Struct, frozen=True):
    """What a part of a request stands for."""

    reference: Reference
    """The part."""
    said: str
    """Its words; empty where words are missing at the beginning."""
    text: str
    """The words of the session."""
    probability: float
    """Probability that the part is to be completed, less where other words are likelier, in [0, 1]."""


class Completion(msgspec.Struct, frozen=True):
    """A request, completed."""

    text: str
    """Its words, in lower case."""
    replacements: tuple[Replacement, ...]
    """What was put in, in order of the request."""

    def is_within(self, other: "Completion") -> bool:
        """Return whether another completion puts in the same words and more."""
        if self.text == other.text:
            return False
        words, more = (f" {' '.join(each.text for each in made.replacements)} " for made in (self, other))
        return words in more

    @property
    def explanation(self) -> str:
        """What stands for what, in plain words."""
        return ", ".join(
            f"“{replacement.said}” stands for “{join_words(replacement.text.split())}”"
            if replacement.said
            else f"“{join_words(replacement.text.split())}” is left out"
            for replacement in self.replacements
        )

    @property
    def probability(self) -> float:
        """Probability of the least sure replacement, in [0, 1]."""
        return min(replacement.probability for replacement in self.replacements)


class CompleterFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a completer learnt."""

    language: str
    """The language."""
    tables: Tables
    """Of words."""
    order: str
    """The model that orders options, as LightGBM's text."""
    trigger: str
    """The model of whether to complete, likewise."""


class Completer:
    """Completes requests in one language.

    Args:
        learnt: tables and models.
    """

    def __init__(self, learnt: CompleterFile) -> None:
        self.language = learnt.language
        self._tables = learnt.tables
        self._known = frozenset(learnt.tables.phrases)
        self._order, self._trigger = Boosted(learnt.order), Boosted(learnt.trigger)

    def may_complete(self, request: str, language: Language) -> bool:
        """Return whether a request has anything that may stand for something said before: a quick look at its words."""
        if language.references is None:
            return False
        words = read_utterance(request, language.references, by_user=True)
        return bool(find_references(words, language.references, self._known))

    def complete(
        self,
        context: Sequence[Utterance],
        request: Utterance,
        language: Language,
        *,
        limit: int = 1,
        sure: float = SURE,
        whole: bool = False,
    ) -> list[Completion]:
        """Return the request with what it stands for put in, the likeliest first; none where it is complete.

        Args:
            context: what was said before it, oldest first.
            request: the request.
            language: words of its language.
            limit: most completions; they differ in what the surest reference stands for.
            sure: P(a reference is to be completed) from which it is.
            whole: whether a part of a longer name may not be put in.
        """
        if language.references is None or not context:
            return []
        references = find_references(request, language.references, self._known)
        scene = Scene(context, request, language, self._tables, whole=whole)
        options = [scene.options(reference) for reference in references]
        filled = [(r, o) for r, o in zip(references, options, strict=True) if o.texts]
        if not filled:
            return []
        # A model that orders gives scores of any size.
        scores = [self._order.probabilities(option.rows) for _, option in filled]
        triggers = self._trigger.probabilities(trigger_rows(request, filled, scores))
        chosen: list[int] = []
        for place in np.argsort(-triggers, kind="stable"):
            reference = filled[place][0]
            # One guess at a time: what else is put in has to be sure.
            if triggers[place] >= (SURE if chosen else sure) and not any(
                _overlap(reference, filled[other][0]) for other in chosen
            ):
                chosen.append(int(place))
        if not chosen:
            return []
        orders = [np.argsort(-scores[place], kind="stable") for place in chosen]
        completions = []
        for option in orders[0][:limit]:
            replacements = []
            for place, best in zip(chosen, [option, *(order[0] for order in orders[1:])], strict=True):
                reference, texts = filled[place][0], filled[place][1].texts
                said = " ".join(request.words[reference.start : reference.end])
                likelier = float(np.exp(scores[place][best] - scores[place].max()))
                replacements.append(Replacement(reference, said, texts[best], float(triggers[place]) * likelier))
            completions.append(_completed(request, replacements))
        return completions


def _completed(request: Utterance, replacements: Sequence[Replacement]) -> Completion:
    ordered = sorted(replacements, key=lambda replacement: replacement.reference.start)
    words = list(request.words)
    for replacement in reversed(ordered):
        words[replacement.reference.start : replacement.reference.end] = replacement.text.split()
    return Completion(join_words(words), tuple(ordered))


def trigger_rows(request: Utterance, filled: Sequence[tuple[Reference, Options]], scores: Sequence[Floats]) -> Floats:
    """Return the features of whether each reference is to be completed, shape (references, `TRIGGER_NAMES`).

    Args:
        request: the request.
        filled: its references, each with at least one option.
        scores: of the options of each.
    """
    words, rows = request.words, []
    for place, (reference, option) in enumerate(filled):
        ordered = np.sort(scores[place])[::-1]
        best = int(np.argmax(scores[place]))
        weights = np.exp(scores[place] - ordered[0])
        before = [k for k, (other, _) in enumerate(filled) if other.end <= reference.start and k != place]
        overlapping = [k for k, (other, _) in enumerate(filled) if k != place and _overlap(reference, other)]
        phrase = words[reference.start : reference.end]
        rows.append(
            [
                ordered[0],
                ordered[0] - ordered[1] if len(ordered) > 1 else 5.0,
                1 / weights.sum(),
                len(before),
                len(overlapping),
                any(words[filled[k][0].start : filled[k][0].end] == phrase for k in before),
                max((float(scores[k].max()) for k in before), default=np.nan),
                max((float(scores[k].max()) for k in overlapping), default=np.nan),
                any(filled[k][0].end - filled[k][0].start > len(phrase) for k in overlapping),
                f" {option.texts[best]} " in f" {' '.join(words)} ",
                *option.rows[best],
            ]
        )
    return np.array(rows, np.float64)


def join_words(words: Sequence[str]) -> str:
    """Join words, those that begin with an apostrophe to the one before.

    >>> join_words(["add", "ann", "'s", "album"])
    "add ann's album"
    """
    return " ".join(words).replace(" '", "'")


@cache
def open_completer(folder: Path = SHIPPED) -> Completer:
    """Open the shipped completer.

    Raises:
        ModelError: there is none.
        CorruptModel: a file has another checksum.
    """
    read_manifest(folder, MODEL)
    return Completer(msgspec.msgpack.decode((folder / MODEL).read_bytes(), type=CompleterFile))


def _overlap(one: Reference, other: Reference) -> bool:
    return one.start < other.end and other.start < one.end
