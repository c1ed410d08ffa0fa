"""Failure points of SLURP recordings (Bastianelli et al. 2020) from the published predictions of two NLU systems.

The log is what HerMiT (Vanzo et al. 2019) made of recognised recordings; its prediction on the sentence's own text
says why it is wrong. Right (exact intent and entities): `correct`. Wrong, but right on the text: `asr`. Wrong on both:
`nlu`.

The evidence never uses the text or the label of the recording's own sentence. It holds the hypothesis, what a second
NLU (SF-ID) and a second recogniser made of the same recording, and the other recordings of the sentence, as a user who
says it again: which hypothesis most of them lead to, and how far this one's words and hypothesis are from it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log1p, nan
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.failure_scores import StageSet
from sayagain.text import letter_similarity, sound_similarity

__all__ = ["COLUMNS", "NAMES", "OTHER_RECORDINGS", "OWN", "read_stage_set"]

NAMES = ("correct", "asr", "nlu")

Reading = tuple[str, str, tuple[tuple[str, str], ...]]
"""Scenario, action, and entities as (type, words), sorted."""

_TYPES = ("date", "time", "person", "event_name", "place_name", "media_type")

OWN: tuple[str, ...] = (
    *("words", "letters", "rarest", "commonness", "intent", "entities", "said", "twice"),
    *(f"has_{name}" for name in _TYPES),
)
"""Columns of one recording's own words and hypothesis."""

_SECOND = (
    *("nlu_intent", "nlu_same_intent", "nlu_same", "nlu_same_entities", "nlu_same_types", "nlu_unknown_word"),
    *("asr_same", "asr_same_intent", "asr_nlu_same", "again_same"),
)
"""Columns of what the second NLU and the second recogniser made of the same recording."""

OTHER_RECORDINGS: tuple[str, ...] = (
    *("others", "others_same", "others_same_intent", "others_same_text", "others_letters", "others_closest"),
    *("others_sound", "others_nlu_same", "others_asr_same", "others_length", "others_missing", "others_added"),
    *("usual_share", "usual_intent_share", "usual_nlu_share", "usual_nlu_intent_share", "usual_of_nlu_same"),
    *("usual_of_nlu_intent", "usual_entities", "readings", "nlu_readings", "middle_share", "middle_words"),
    *("usual_intent", "usual_said", "is_usual", "is_usual_intent", "extra_entities", "missing_entities"),
    *("usual_types", "middle_letters", "middle_sound", "is_middle", "middle_added", "middle_missing"),
    *("nlu_is_usual", "asr_is_usual", "again_is_usual"),
)
"""Columns of the other recordings of the sentence."""

COLUMNS: tuple[str, ...] = (*OWN, *_SECOND, *OTHER_RECORDINGS)
"""All columns."""

_SYSTEMS = {
    "hypothesis": "multi_slurp_hermit",
    "again": "multi_hermit",
    "nlu": "multi_sfid",
    "asr": "google_hermit",
    "asr_nlu": "google_sfid",
    "text": "gold_hermit",
}
"""Files of predictions: the log; the same with another training of recognition; the second NLU; the second recogniser
with each NLU; and the log's NLU on the text, which the truth alone uses."""


class Recording(msgspec.Struct, frozen=True):
    """One recording as the log tells it."""

    text: str
    """The recognised words."""
    hypothesis: Reading
    """What the log's NLU made of them."""
    again: Reading | None
    """The same NLU after another training of the recogniser."""
    nlu: Reading | None
    """The second NLU."""
    asr: Reading | None
    """The log's NLU after the second recogniser."""
    asr_nlu: Reading | None
    """The second NLU after the second recogniser."""


def read_stage_set(folder: Path) -> StageSet:
    """Read all recordings of the test sentences with their evidence and failure points."""
    sentences = {str(record["slurp_id"]): record for record in _lines(folder / "slurp" / "test.jsonl")}
    predicted = {name: _predictions(folder, file) for name, file in _SYSTEMS.items()}
    texts = {
        record["file"]: record["text"]
        for record in _lines(folder / "slurp" / "predictions" / f"{_SYSTEMS['hypothesis']}_predictions.jsonl")
    }
    by_sentence: defaultdict[str, list[Recording]] = defaultdict(list)
    classes: list[int] = []
    for number, record in sentences.items():
        label = _label(record)
        for file in (recording["file"] for recording in record["recordings"]):
            if file not in texts:
                continue
            systems = {name: predicted[name].get(file) for name in _SYSTEMS if name != "text"}
            by_sentence[number].append(Recording(texts[file], *(systems[name] for name in _ORDER)))  # type: ignore[arg-type]
            if systems["hypothesis"] == label:
                classes.append(0)
            else:
                classes.append(1 if predicted["text"].get(number) == label else 2)
    vocabulary = Counter(word for group in by_sentence.values() for r in group for word in set(r.text.split()))
    intents = sorted({hypothesis[:2] for system in predicted.values() for hypothesis in system.values()})
    intent_codes = {intent: code for code, intent in enumerate(intents)}
    return StageSet(
        rows=np.array([row for group in by_sentence.values() for row in _rows(group, vocabulary, intent_codes)]),
        classes=np.array(classes),
        names=NAMES,
        groups=[number for number, group in by_sentence.items() for _ in group],
        texts=[recording.text for group in by_sentence.values() for recording in group],
    )


_ORDER = ("hypothesis", "again", "nlu", "asr", "asr_nlu")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _predictions(folder: Path, name: str) -> dict[str, Reading]:
    path = folder / "slurp" / "predictions" / f"{name}_predictions.jsonl"
    return {
        record.get("file") or record["slurp_id"]: (
            record["scenario"],
            record["action"],
            tuple(sorted((entity["type"], entity["filler"].lower()) for entity in record["entities"])),
        )
        for record in _lines(path)
    }


def _label(record: Mapping[str, Any]) -> Reading:
    entities = [
        (entity["type"], " ".join(record["tokens"][place]["surface"].lower() for place in entity["span"]))
        for entity in record["entities"]
    ]
    return record["scenario"], record["action"], tuple(sorted(entities))


def _rows(
    recordings: Sequence[Recording], vocabulary: Counter[str], intents: Mapping[tuple[str, str], int]
) -> Iterator[list[float]]:
    """Yield the evidence of each recording of one sentence."""
    sentence = _Sentence(recordings, intents)
    for index, recording in enumerate(recordings):
        others = [*recordings[:index], *recordings[index + 1 :]]
        yield [
            *_own(recording, vocabulary, intents),
            *_second(recording, intents),
            *_others(recording, others),
            *sentence.row(recording),
        ]


def _own(recording: Recording, vocabulary: Counter[str], intents: Mapping[tuple[str, str], int]) -> list[float]:
    words, entities = recording.text.split(), recording.hypothesis[2]
    counts = [log1p(vocabulary[word]) for word in words] or [0.0]
    types = [name for name, _ in entities]
    return [
        float(len(words)),
        float(len(recording.text)),
        min(counts),
        sum(counts) / len(counts),
        float(intents[recording.hypothesis[:2]]),
        float(len(entities)),
        min((float(value in recording.text) for _, value in entities), default=nan),
        float(len(types) - len(set(types))),
        *(float(name in types) for name in _TYPES),
    ]


def _second(recording: Recording, intents: Mapping[tuple[str, str], int]) -> list[float]:
    own, nlu = recording.hypothesis, recording.nlu
    compared = [nan] * 6
    if nlu is not None:
        compared = [
            float(intents[nlu[:2]]),
            float(nlu[:2] == own[:2]),
            float(nlu == own),
            float(set(nlu[2]) == set(own[2])),
            float({name for name, _ in nlu[2]} == {name for name, _ in own[2]}),
            float(any("_unk" in value for _, value in nlu[2])),
        ]
    return [
        *compared,
        _equal(recording.asr, own),
        nan if recording.asr is None else float(recording.asr[:2] == own[:2]),
        _equal(recording.asr_nlu, own),
        _equal(recording.again, own),
    ]


def _others(recording: Recording, others: Sequence[Recording]) -> list[float]:
    if not others:
        return [0.0, *([nan] * 11)]
    own, words = recording.hypothesis, set(recording.text.split())
    letters = [letter_similarity(recording.text, other.text) for other in others]
    return [
        float(len(others)),
        _mean([float(other.hypothesis == own) for other in others]),
        _mean([float(other.hypothesis[:2] == own[:2]) for other in others]),
        _mean([float(other.text == recording.text) for other in others]),
        _mean(letters),
        max(letters),
        _mean([sound_similarity(recording.text, other.text) for other in others]),
        _mean([float(other.nlu == own) for other in others if other.nlu is not None]),
        _mean([float(other.asr == own) for other in others if other.asr is not None]),
        len(recording.text.split()) - float(np.median([len(other.text.split()) for other in others])),
        _mean([float(len(set(other.text.split()) - words)) for other in others]),
        _mean([float(len(words - set(other.text.split()))) for other in others]),
    ]


class _Sentence:
    """What the recordings of one sentence have in common: the usual hypothesis, and the text nearest to all others."""

    def __init__(self, recordings: Sequence[Recording], intents: Mapping[tuple[str, str], int]) -> None:
        hypotheses = [
            hypothesis for r in recordings for hypothesis in (r.hypothesis, r.asr, r.again) if hypothesis is not None
        ]
        of_nlu = [hypothesis for r in recordings for hypothesis in (r.nlu, r.asr_nlu) if hypothesis is not None]
        texts = [recording.text for recording in recordings]
        self.usual = Counter(hypotheses).most_common(1)[0][0]
        usual_nlu = Counter(of_nlu).most_common(1)[0][0] if of_nlu else None
        self.middle = max(texts, key=lambda text: sum(letter_similarity(text, other) for other in texts))
        self.shared = [
            _mean([float(hypothesis == self.usual) for hypothesis in hypotheses]),
            _mean([float(hypothesis[:2] == self.usual[:2]) for hypothesis in hypotheses]),
            _mean([float(hypothesis == self.usual) for hypothesis in of_nlu]),
            _mean([float(hypothesis[:2] == self.usual[:2]) for hypothesis in of_nlu]),
            _equal(usual_nlu, self.usual),
            nan if usual_nlu is None else float(usual_nlu[:2] == self.usual[:2]),
            float(len(self.usual[2])),
            float(len(set(hypotheses))),
            float(len(set(of_nlu))),
            _mean([float(text == self.middle) for text in texts]),
            float(len(self.middle.split())),
            float(intents[self.usual[:2]]),
            min((float(value in self.middle) for _, value in self.usual[2]), default=nan),
        ]

    def row(self, recording: Recording) -> list[float]:
        own, words, middle = recording.hypothesis, set(recording.text.split()), set(self.middle.split())
        return [
            *self.shared,
            float(own == self.usual),
            float(own[:2] == self.usual[:2]),
            float(len(set(own[2]) - set(self.usual[2]))),
            float(len(set(self.usual[2]) - set(own[2]))),
            float({name for name, _ in own[2]} == {name for name, _ in self.usual[2]}),
            letter_similarity(recording.text, self.middle),
            sound_similarity(recording.text, self.middle),
            float(recording.text == self.middle),
            float(len(words - middle)),
            float(len(middle - words)),
            _equal(recording.nlu, self.usual),
            _equal(recording.asr, self.usual),
            _equal(recording.again, self.usual),
        ]


def _equal(hypothesis: Reading | None, other: Reading) -> float:
    return nan if hypothesis is None else float(hypothesis == other)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else nan
