"""Context completion: requests that only the dialogue makes whole, against what people wrote out for them.

Taught on `--train`, printed on `--test`; where these are one folder, taught on half of the dialogues and printed on the
other. SAYAGAIN_REWRITE_CONTEXT=dev tells the first half alone, each part by what the others teach: for choosing.
"""

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.context_requests import ContextRequest, letters_of, read_cqr, read_mudoco
from sayagain.languages import DEFAULT, Language, language_pack
from sayagain.languages.reference_words import ReferenceWords
from sayagain.rewriting.completion.completer import Completer
from sayagain.rewriting.completion.learn_completer import learn_completer

__all__ = ["run"]

FOLDS = 5

READERS: dict[str, Callable[[Path, ReferenceWords], list[ContextRequest]]] = {
    "mudoco_qr": read_mudoco,
    "cqr": read_cqr,
}


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark, print its figures and return them."""
    language = language_pack(DEFAULT)
    assert language is not None
    assert language.references is not None
    figures: dict[str, Any] = {}
    completer = None
    for name, read in READERS.items():
        taught, asked = read(train, language.references), read(test, language.references)
        if not taught or not asked:
            print(f"rewrite_context: {name} left out, there is none")
            continue
        if train.resolve() == test.resolve():
            taught, asked = ([r for r in taught if r.half == half] for half in (0, 1))
        if os.environ.get("SAYAGAIN_REWRITE_CONTEXT") == "dev":
            figures[name] = _score(taught, _written_across(taught, language))
            break
        # CQR merges requests into one, which teaches no reference: what MuDoCo-QR taught is tried on it.
        completer = completer or _learn(taught, language)
        figures[name] = _score(asked, _written(completer, asked, language))
    for name, scores in figures.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.3g}" for key, value in scores.items()))
    return {"rewrite_context": figures}


def _learn(requests: Sequence[ContextRequest], language: Language) -> Completer:
    return Completer(learn_completer([request.example for request in requests], language))


def _written(completer: Completer, requests: Sequence[ContextRequest], language: Language) -> list[str]:
    written = []
    for request in requests:
        completions = completer.complete(request.example.context, request.example.request, language)
        written.append(completions[0].text if completions else request.request)
    return written


def _written_across(requests: Sequence[ContextRequest], language: Language) -> list[str]:
    """Write each request out by what the dialogues of the other folds teach."""
    groups = sorted({request.example.group for request in requests})
    fold_of = {group: place % FOLDS for place, group in enumerate(groups)}
    written: dict[int, str] = {}
    for fold in range(FOLDS):
        held = [place for place, request in enumerate(requests) if fold_of[request.example.group] == fold]
        completer = _learn([r for r in requests if fold_of[r.example.group] != fold], language)
        written |= zip(held, _written(completer, [requests[place] for place in held], language), strict=True)
    return [written[place] for place in range(len(requests))]


def _score(requests: Sequence[ContextRequest], written: Sequence[str]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "requests": len(requests),
        "needed": sum(request.is_needed for request in requests),
        **_figures(requests, written),
        "bleu": _bleu([request.meant for request in requests], written),
    }
    peers = [request.peer for request in requests if request.peer is not None]
    if len(peers) == len(requests):
        figures |= {f"peer_{name}": value for name, value in _figures(requests, peers).items()}
    return figures


def _figures(requests: Sequence[ContextRequest], written: Sequence[str]) -> dict[str, float]:
    right = [letters_of(text) == letters_of(r.meant) for r, text in zip(requests, written, strict=True)]
    changed = [letters_of(text) != letters_of(r.request) for r, text in zip(requests, written, strict=True)]
    needed = [request.is_needed for request in requests]
    hits = sum(change and need for change, need in zip(changed, needed, strict=True))
    return {
        "em_needed": _share([r for r, need in zip(right, needed, strict=True) if need]),
        "em_other": _share([r for r, need in zip(right, needed, strict=True) if not need]),
        "em_all": _share(right),
        "trigger_f1": 2 * hits / max(sum(changed) + sum(needed), 1),
    }


def _share(values: Sequence[bool]) -> float:
    return sum(values) / max(len(values), 1)


def _bleu(meant: Sequence[str], written: Sequence[str]) -> float:
    """Return BLEU-4 over all requests (Papineni et al. 2002), without case and punctuation."""
    matches, totals, lengths = [0] * 4, [0] * 4, [0, 0]
    for reference, text in zip(meant, written, strict=True):
        reference_words, words = (_words(each) for each in (reference, text))
        lengths[0] += len(reference_words)
        lengths[1] += len(words)
        for size in range(4):
            counts, others = (Counter(zip(*(w[k:] for k in range(size + 1)))) for w in (words, reference_words))  # noqa: B905  (the shortest ends it)
            matches[size] += (counts & others).total()
            totals[size] += counts.total()
    if not all(matches):
        return 0.0
    precision = sum(math.log(match / total) for match, total in zip(matches, totals, strict=True)) / 4
    return math.exp(precision + min(0.0, 1 - lengths[0] / lengths[1]))


def _words(text: str) -> list[str]:
    return [letters for word in text.replace("<CUR>", "").split() if (letters := letters_of(word))]
