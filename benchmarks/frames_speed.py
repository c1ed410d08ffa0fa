"""Throughput of a frame labeller in turns per second, and of the encoder alone on the same texts.

Nothing is cached between runs; as everywhere, a text that occurs more than once is encoded once.
"""

import time
from collections.abc import Sequence

import numpy as np

from sayagain.labels.frames.labeller import FrameLabeller
from sayagain.labels.frames.rows import read_rows
from sayagain.models import load_encoder
from sayagain.turns import Session

__all__ = ["THREADS", "speed"]

THREADS = 2
"""Threads of the encoder."""


def speed(title: str, labeller: FrameLabeller, sessions: Sequence[Session], *, alone: bool = False) -> dict[str, float]:
    """Label sessions with an encoder without a cache, print the throughput and return the figures.

    Args:
        title: prefix of the printed line.
        labeller: labeller whose networks and thresholds are used, without its encoder.
        sessions: sessions to label.
        alone: whether to label each request without context.
    """
    encoder = load_encoder(threads=THREADS)
    uncached = FrameLabeller(labeller.reader, labeller.carrier, encoder, labeller.thresholds)
    # Warm up: the first run loads libraries.
    uncached.label(sessions[:3], alone=alone)
    began = time.monotonic()
    parts = uncached.read(sessions, alone=alone)
    encoded = time.monotonic()
    uncached.decide(parts, uncached.run_reader(parts))
    ended = time.monotonic()
    turns = sum(len(session.turns) for session in sessions)
    texts = list({row.text for rows in read_rows(sessions, encoder, alone=alone, answers=False) for row in rows.rows})
    mean_tokens = float(np.mean([len(tokens.ids) for tokens in encoder.tokenizer.encode(texts)]))
    encoder_began = time.monotonic()
    encoder.vectors(texts)
    texts_per_second = len(texts) / (time.monotonic() - encoder_began)
    turns_per_second, turns_per_second_encoded = turns / (ended - began), turns / (ended - encoded)
    print(
        f"{title}: {turns_per_second:.0f} turns/s, {turns_per_second_encoded:.0f} once the words are read; "
        f"{len(texts) / turns:.2f} texts a turn of {mean_tokens:.1f} tokens, of which the encoder alone reads "
        f"{texts_per_second:.0f} a second ({THREADS} threads, nothing cached)"
    )
    return {
        "turns_per_s": turns_per_second_encoded,
        "turns_per_s_words_too": turns_per_second,
        "encoder_texts_per_s": texts_per_second,
    }
