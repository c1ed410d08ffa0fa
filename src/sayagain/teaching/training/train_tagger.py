"""Training of the lesson tagger, and its export."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from sayagain.languages import Language
from sayagain.models import Array, Card, Encoder, ModelManifest, Progress, pad
from sayagain.models.training import Batch, TrainSettings, cross_entropy, export, train
from sayagain.models.training.losses import MISSING
from sayagain.teaching.lesson_tagger import AXES, EDGES, TAGS, LessonTagger, word_inputs
from sayagain.teaching.template_match import split_words
from sayagain.teaching.training.network import TaggerNetwork

__all__ = ["TAGGER", "tagged_items", "train_tagger", "write_tagger"]

TAGGER = TrainSettings(epochs=3, batch=64, rate=2e-3, warm_up=0.1, decay=0.02, patience=None, seed=1)
"""Default settings."""

Span = tuple[int, int]
Sentence = tuple[str, Span | None, Span | None]
"""A text, and where phrase and meaning stand in it, in characters; None in a sentence that teaches nothing."""

_BLOCK = 512


def tagged_items(sentences: Sequence[Sentence], language: Language, encoder: Encoder) -> list[dict[str, Array]]:
    """Return sentences as the network takes them, with their tags; those without a word are left out."""
    items: list[dict[str, Array]] = []
    for start in range(0, len(sentences), _BLOCK):
        block = [(sentence, split_words(sentence[0])) for sentence in sentences[start : start + _BLOCK]]
        block = [(sentence, words) for sentence, words in block if words]
        inputs = word_inputs([text for (text, _, _), _ in block], [words for _, words in block], language, encoder)
        for item, ((_, *spans), words) in zip(inputs, block, strict=True):
            tags, edges = np.zeros(len(words), np.int64), np.full(len(EDGES), MISSING, np.int64)
            for tag, span in enumerate(spans, 1):
                if span is not None:
                    inside = [span[0] <= word.start and word.end <= span[1] for word in words]
                    tags[np.array(inside)] = tag
                    edges[2 * tag - 2 : 2 * tag] = np.flatnonzero(inside)[[0, -1]]
            # Half the memory; a batch has the precision of the encoder again.
            item["words"] = item["words"].astype(np.float16)
            items.append({**item, "tags": tags, "edges": edges, "lesson": np.asarray(spans[0] is not None, np.int64)})
    return items


def train_tagger(
    items: Sequence[dict[str, Array]],
    *,
    settings: TrainSettings = TAGGER,
    progress: Progress | None = None,
) -> TaggerNetwork:
    """Train a tagger.

    Args:
        items: from `tagged_items`.
        settings: settings of the training.
        progress: called after each step.
    """
    return train(TaggerNetwork, items, collate=_collate, loss=_loss, settings=settings, progress=progress).network


def _collate(items: Sequence[dict[str, Array]]) -> dict[str, Array]:
    batch = pad(items, {**AXES, "tags": ("batch", "words"), "edges": ("batch", len(EDGES)), "lesson": ("batch",)})
    batch["words"] = batch["words"].astype(np.float32)
    batch["tags"][~batch["mask"]] = MISSING
    return batch


def _loss(network: TaggerNetwork, batch: Batch) -> dict[str, Tensor]:
    tags, edges, lesson = (batch.pop(name) for name in ("tags", "edges", "lesson"))
    tag_logits, edge_logits, lesson_logits = network(**batch)
    present = tags != MISSING
    return {
        "tags": cross_entropy(tag_logits[present], tags[present]),
        "edges": cross_entropy(edge_logits.transpose(1, 2), edges),
        "lesson": cross_entropy(lesson_logits, lesson),
    }


def write_tagger(
    network: TaggerNetwork,
    folder: Path,
    items: Sequence[dict[str, Array]],
    encoder: Encoder,
    *,
    data: str,
    card: Card,
    seed: int,
    metrics: dict[str, float],
) -> LessonTagger:
    """Export a tagger and open it.

    Args:
        network: trained network.
        folder: folder of the model.
        items: two or more of different lengths, to compare the export on.
        encoder: of the embeddings.
        data: the training data, in words.
        card: the model card.
        seed: seed of the training.
        metrics: for the manifest.

    Raises:
        ModelError: the export differs from the network.
    """
    batches = [_collate([item]) for item in items]
    export(
        network,
        folder,
        [{name: batch[name] for name in AXES} for batch in batches],
        ModelManifest(
            name="tagger of lessons",
            files={},
            inputs=dict(AXES),
            outputs={
                "tags": ("batch", "words", len(TAGS)),
                "edges": ("batch", "words", len(EDGES)),
                "lesson": ("batch", 2),
            },
            labels={"tags": TAGS, "edges": EDGES, "lesson": ("other", "lesson")},
            encoder=encoder.digest,
            metrics=metrics,
            seed=seed,
            data=data,
        ),
        card,
    )
    return LessonTagger.open(encoder, folder)
