"""How a completer learns: from requests with the words that they stand for written out."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.languages import Language
from sayagain.languages.reference_words import ReferenceWords
from sayagain.rewriting.completion.completer import TRIGGER_NAMES, CompleterFile, trigger_rows
from sayagain.rewriting.completion.options import NAMES, Options, Scene, edge_words
from sayagain.rewriting.completion.reference import LONGEST, Reference, find_references, kind_of
from sayagain.rewriting.completion.tables import Tables
from sayagain.rewriting.completion.utterance import Utterance

__all__ = ["Example", "learn_completer"]

USUAL = 3
"""Folds of examples in which a phrase is put in before it is usual."""

FOLDS = 8
"""Parts of the examples; the trigger learns from scores of models that did not see its part."""

PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.06,
    "num_leaves": 15,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
}
ORDER: dict[str, Any] = {**PARAMETERS, "objective": "lambdarank", "min_data_in_leaf": 20}
TRIGGER: dict[str, Any] = {**PARAMETERS, "objective": "binary", "min_data_in_leaf": 10}
ORDER_ROUNDS, TRIGGER_ROUNDS = 200, 120

Floats = npt.NDArray[np.float64]


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A request with the words that it stands for."""

    context: tuple[Utterance, ...]
    """What was said before it, oldest first."""
    request: Utterance
    """The request."""
    meant: Utterance
    """The same with nothing left to the context; equal where it is complete."""
    group: str
    """The dialogue that it is from."""

    @property
    def edits(self) -> dict[tuple[int, int], tuple[str, ...]]:
        """By first word and one past the last: what is said in their place."""
        matcher = SequenceMatcher(a=self.request.words, b=self.meant.words, autojunk=False)
        return {
            (start, end): self.meant.words[meant_start:meant_end]
            for tag, start, end, meant_start, meant_end in matcher.get_opcodes()
            if tag != "equal"
        }


class _Filled(msgspec.Struct, frozen=True):
    """A reference of an example, with its options and which of them are right."""

    reference: Reference
    options: Options
    right: npt.NDArray[np.bool_]
    completed: bool


def learn_completer(examples: Sequence[Example], language: Language, *, seed: int = 1) -> CompleterFile:
    """Learn to complete requests; the same examples and seed give the same model.

    Args:
        examples: of requests, complete ones as well.
        language: of all; it has `references`.
        seed: of the boosting.
    """
    assert language.references is not None
    # All examples of a fold see the same tables. Were each looked up without itself alone, the tables would tell
    # whether it was completed: what was has a share a little lower than what was not.
    names = sorted({example.group for example in examples})
    folds = {group: str(place % FOLDS) for place, group in enumerate(names)}
    examples = [msgspec.structs.replace(example, group=folds[example.group]) for example in examples]
    tables = _count_tables(examples, language, language.references)
    filled = [_fill(example, language, tables) for example in examples]
    rows, completed = [], []
    for fold in sorted(set(folds.values())):
        held = [example.group == fold for example in examples]
        order = _fit_order([part for part, out in zip(filled, held, strict=True) if not out], seed)
        for example, parts, out in zip(examples, filled, held, strict=True):
            if out and parts:
                scores = [np.asarray(order.predict(part.options.rows, num_threads=1)) for part in parts]
                pairs = [(part.reference, part.options) for part in parts]
                rows.append(trigger_rows(example.request, pairs, scores))
                completed += [part.completed for part in parts]
    trigger = lightgbm.train(
        {**TRIGGER, "seed": seed},
        lightgbm.Dataset(np.vstack(rows), np.array(completed, np.float64), feature_name=list(TRIGGER_NAMES)),
        TRIGGER_ROUNDS,
    )
    return CompleterFile(
        language=language.code,
        tables=_without_groups(tables),
        order=_fit_order(filled, seed).model_to_string(),
        trigger=trigger.model_to_string(),
    )


def _count_tables(examples: Sequence[Example], language: Language, references: ReferenceWords) -> Tables:
    tables = Tables()
    phrases: set[str] = set()
    usual: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for (start, end), new in example.edits.items():
            phrase = example.request.words[start:end]
            if phrase and len(phrase) <= LONGEST and _refers(phrase, references):
                phrases.add(" ".join(phrase))
                names_kind = new and len(new) <= 3 and not references.is_reference(new[-1])
                if names_kind and kind_of(phrase, references) != "person":
                    usual[" ".join(new)].add(example.group)
    tables.phrases = sorted(phrases)
    tables.usual_phrases = {text: sorted(groups) for text, groups in sorted(usual.items()) if len(groups) >= USUAL}
    for example in examples:
        _count_example(tables, example, language, references)
    return tables


def _count_example(tables: Tables, example: Example, language: Language, references: ReferenceWords) -> None:
    words, edits, group = example.request.words, example.edits, example.group
    scene = Scene(example.context, example.request, language, tables)
    known = frozenset(tables.phrases)
    for reference in find_references(example.request, references, known) if example.context else ():
        start, end = reference.start, reference.end
        phrase, completed = " ".join(words[start:end]), (start, end) in edits
        before, behind = words[start - 1] if start else "^", words[end] if end < len(words) else "$"
        tables.references.add(phrase, right=completed, group=group)
        tables.before.add(f"{before} {phrase}", right=completed, group=group)
        tables.after.add(f"{phrase} {behind}", right=completed, group=group)
        new = edits.get((start, end), ())
        new = new[:-1] if new[-1:] == ("'s",) else new
        if not new:
            continue
        for span in scene.spans():
            utterance = example.context[span.utterance]
            span_words = utterance.words[span.start : span.end]
            preceding = "^" if utterance.starts_sentence(span.start) else utterance.words[span.start - 1]
            following = "$" if utterance.ends_sentence(span.end) else utterance.words[span.end]
            rates = (tables.first, tables.last, tables.preceding, tables.following)
            for rate, word in zip(rates, edge_words(span_words, preceding, following), strict=True):
                rate.add(word, right=span_words == new, group=group)
                rate.add(f"{reference.kind} {word}", right=span_words == new, group=group)
        for text in tables.usual_phrases:
            for key in (reference.kind, f"^{before}"):
                tables.usual.add(f"{key} {text}", right=text == " ".join(new), group=group)


def _refers(phrase: tuple[str, ...], references: ReferenceWords) -> bool:
    if phrase in references.openers:
        return False
    allowed = references.articles | references.ordinals.keys()
    referring = [references.is_reference(word) for word in phrase]
    return (len(phrase) == 2 and referring[0]) or all(
        refers or word in allowed for refers, word in zip(referring, phrase, strict=True)
    )


def _fill(example: Example, language: Language, tables: Tables) -> list[_Filled]:
    if not example.context or language.references is None:
        return []
    edits = example.edits
    scene = Scene(example.context, example.request, language, tables, without=example.group)
    filled = []
    for reference in find_references(example.request, language.references, frozenset(tables.phrases)):
        options = scene.options(reference)
        new = edits.get((reference.start, reference.end))
        if options.texts:
            right = np.array([new is not None and text == " ".join(new) for text in options.texts])
            filled.append(_Filled(reference, options, right, new is not None))
    return filled


def _fit_order(filled: Sequence[Sequence[_Filled]], seed: int) -> lightgbm.Booster:
    parts = [part for each in filled for part in each if part.right.any()]
    data = lightgbm.Dataset(
        np.vstack([part.options.rows for part in parts]),
        np.concatenate([part.right for part in parts]).astype(np.float64),
        group=[len(part.right) for part in parts],
        feature_name=list(NAMES),
    )
    return lightgbm.train({**ORDER, "seed": seed}, data, ORDER_ROUNDS)


def _without_groups(tables: Tables) -> Tables:
    """Return the tables without which example each count is from."""
    rates = {name: msgspec.structs.replace(getattr(tables, name), by_group={}) for name in _RATES}
    return msgspec.structs.replace(tables, **rates, usual_phrases={text: [] for text in tables.usual_phrases})


_RATES = ("references", "before", "after", "first", "last", "preceding", "following", "usual")
