"""How many turns a second a labeller of frames does, and what the encoder alone does on the same words.

Nothing is cached between runs here, and a text that occurs twice in the sessions is read once, as everywhere.
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
"""How many the encoder may use."""


def speed(who: str, labeller: FrameLabeller, sessions: Sequence[Session], *, alone: bool = False) -> dict[str, float]:
    """Label sessions once more with an encoder that knows nothing, print the times, and return the figures.

    Args:
        who: stands before the line.
        labeller: its networks and thresholds; its own encoder is not used.
        sessions: to be labelled.
        alone: whether each request is read for itself.
    """
    encoder = load_encoder(threads=THREADS)
    ready = FrameLabeller(labeller.reader, labeller.carrier, encoder, labeller.thresholds)
    # What is loaded when it first runs is loaded now.
    ready.label(sessions[:3], alone=alone)
    began = time.monotonic()
    parts = ready.read(sessions, alone=alone)
    read = time.monotonic()
    ready.decide(parts, ready.say(parts))
    ended = time.monotonic()
    turns = sum(len(session.turns) for session in sessions)
    texts = list({row.text for rows in read_rows(sessions, encoder, alone=alone, answers=False) for row in rows.rows})
    tokens = float(np.mean([len(each.ids) for each in encoder.tokenizer.encode(texts)]))
    again = time.monotonic()
    encoder.vectors(texts)
    most = len(texts) / (time.monotonic() - again)
    whole, rest = turns / (ended - began), turns / (ended - read)
    print(
        f"{who}: {whole:.0f} turns/s, {rest:.0f} once the words are read; {len(texts) / turns:.2f} texts a turn of "
        f"{tokens:.1f} tokens, of which the encoder alone reads {most:.0f} a second ({THREADS} threads, nothing cached)"
    )
    return {"turns_per_s": rest, "turns_per_s_words_too": whole, "encoder_texts_per_s": most}
