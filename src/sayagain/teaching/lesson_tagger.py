"""The lesson tagger: which words of a sentence are a phrase that is taught and which its meaning, in any wording.

Templates list wordings; people say others. The tagger is a small network over the words' embeddings, so a wording that
nobody listed is read by what its words mean and where they stand. What it reads is asked about before it is kept, and
the assistant must understand the meaning. English only: the encoder knows no other language well.
"""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt

from sayagain.errors import MissingExtra
from sayagain.languages import Language
from sayagain.models import Array, Encoder, Model, Shape, load_encoder, open_model
from sayagain.teaching.tagged_lesson import TaggedReading, TaggedSentence
from sayagain.teaching.teaching_request import LONGEST_PHRASE
from sayagain.teaching.template_match import Word, split_words

__all__ = ["AXES", "EDGES", "FEATURES", "SHIPPED_TAGGER", "TAGS", "LessonTagger", "open_tagger", "word_inputs"]

SHIPPED_TAGGER = Path(__file__).resolve().parent / "shipped"
"""Folder of the shipped model."""

TAGS = ("other", "phrase", "means")
"""What a word belongs to."""

EDGES = ("phrase_first", "phrase_last", "means_first", "means_last")
"""Where both begin and end."""

FEATURES = ("boundary", "command", "article", "common", "first", "last")
"""What a language knows of a word, besides its embedding."""

AXES: MappingProxyType[str, Shape] = MappingProxyType(
    {"words": ("batch", "words", 384), "known": ("batch", "words", len(FEATURES)), "mask": ("batch", "words")}
)
"""Axes of the network's inputs."""


_TAGS = 0.1
"""Weight of the tags beside the edges."""

_BEST_SPANS = 24
"""Spans of each kind that are paired."""

_MOST_READINGS = 6
"""Readings of one sentence."""


Floats = npt.NDArray[np.float64]


class LessonTagger:
    """Reads sentences; any number of threads may share it.

    Args:
        model: a model from `scripts/train_lessons.py`.
        encoder: the encoder that it was trained with.
    """

    def __init__(self, model: Model, encoder: Encoder) -> None:
        self._model = model
        self._encoder = encoder

    @classmethod
    def open(cls, encoder: Encoder, folder: Path = SHIPPED_TAGGER) -> Self:
        """Open the shipped model or another one.

        Args:
            encoder: see `sayagain.models.load_encoder`.
            folder: of the model.

        Raises:
            ModelError: there is no model, or it was trained with another encoder.
            CorruptModel: a file is not the one that was written.
        """
        return cls(open_model(folder, encoder=encoder), encoder)

    def read(self, text: str, language: Language, /) -> TaggedSentence:
        """Return how a sentence reads; with no readings in another language than English.

        Args:
            text: the request, of at least one word.
            language: that it is in.
        """
        words = split_words(text)
        if language.code != "en" or not words:
            return TaggedSentence(0.0, ())
        [output] = self._model.run_all(word_inputs([text], [words], language, self._encoder))
        pair = output["lesson"].astype(np.float64)
        readings = best_readings(output["tags"].astype(np.float64), output["edges"].astype(np.float64))
        return TaggedSentence(float(1 / (1 + np.exp(pair[0] - pair[1]))), tuple(readings))


def open_tagger(encoder: Encoder | None = None) -> LessonTagger | None:
    """Open the shipped tagger; None where the extra `models` is not installed.

    Args:
        encoder: a loaded one, if there is; see `sayagain.models.load_encoder`.
    """
    try:
        return LessonTagger.open(load_encoder() if encoder is None else encoder)
    except MissingExtra:
        return None


def word_inputs(
    texts: Sequence[str], words: Sequence[Sequence[Word]], language: Language, encoder: Encoder
) -> list[dict[str, Array]]:
    """Return the network's inputs for sentences.

    Args:
        texts: the sentences.
        words: of each, as `split_words` gives them; at least one.
        language: that they are in.
        encoder: embeds the tokens.
    """
    return [
        {
            "words": _word_vectors(tokens.vectors, tokens.tokens.offsets, sentence),
            "known": _known(sentence, language),
            "mask": np.ones(len(sentence), np.bool_),
        }
        for tokens, sentence in zip(encoder.tokens(list(texts)), words, strict=True)
    ]


def _word_vectors(vectors: npt.NDArray[np.float32], offsets: npt.NDArray[np.int64], words: Sequence[Word]) -> Array:
    """Return the mean of the tokens of each word; zeros for a word behind the last token."""
    means = np.zeros((len(words), vectors.shape[-1]), np.float32)
    for row, word in enumerate(words):
        inside = (offsets[:, 0] < word.end) & (offsets[:, 1] > word.start)
        if inside.any():
            means[row] = vectors[inside].mean(0)
    return means


def _known(words: Sequence[Word], language: Language) -> Array:
    last = len(words) - 1
    return np.array(
        [
            [
                word.at_boundary,
                word.key in language.commands,
                word.key in language.articles,
                word.key in language.common,
                row == 0,
                row == last,
            ]
            for row, word in enumerate(words)
        ],
        np.float32,
    )


def best_readings(tags: Floats, edges: Floats) -> list[TaggedReading]:
    """Return the likeliest pairs of two spans that share no word, the likeliest first.

    A pair is as likely as its four edges, and as the words inside it are to be of its spans rather than others.

    Args:
        tags: logits of each word, shape (words, 3).
        edges: logits of each word, shape (words, 4).
    """
    count = len(tags)
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(tags[:, 1:] - tags[:, :1], 0)])
    log_edges = edges - np.logaddexp.reduce(edges, 0)
    phrases, meanings = (
        sorted(
            (
                (
                    log_edges[start, 2 * kind]
                    + log_edges[end - 1, 2 * kind + 1]
                    + _TAGS * (sums[end, kind] - sums[start, kind]),
                    start,
                    end,
                )
                for start in range(count)
                for end in range(start + 1, min(count, start + longest) + 1)
            ),
            reverse=True,
        )[:_BEST_SPANS]
        for kind, longest in ((0, LONGEST_PHRASE), (1, count))
    )
    pairs = [
        TaggedReading((start, end), (means_start, means_end), float(score + means_score))
        for score, start, end in phrases
        for means_score, means_start, means_end in meanings
        if end <= means_start or means_end <= start
    ]
    return sorted(pairs, key=lambda reading: -reading.score)[:_MOST_READINGS]
