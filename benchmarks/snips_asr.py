"""SNIPS requests read aloud by a machine and recognised: what was said, and what was heard.

The layout is the publisher's: `snips_tts/NAME.csv` as said, `snips_tts_asr/NAME.csv` the same rows as heard.
Source: Huang and Chen 2020, "Learning ASR-Robust Contextualized Embeddings for Spoken Language Understanding".
"""

import csv
import re
from pathlib import Path

from sayagain.rewriting.mishearings import HeardPair
from sayagain.text import normalise

__all__ = ["read_rows"]

_GAP_BEFORE_APOSTROPHE = re.compile(r"\s+(?='|n't)")


def read_rows(folder: Path, name: str) -> list[HeardPair]:
    """Return the rows of one file, normalised; none where it is absent.

    Args:
        folder: holds `snips_tts` and `snips_tts_asr`.
        name: `train`, `valid` or `test`.
    """
    said, heard = (_texts(folder / part / f"{name}.csv") for part in ("snips_tts", "snips_tts_asr"))
    return [
        # The recogniser writes "do  n't" and "i  'd".
        HeardPair(normalise(_GAP_BEFORE_APOSTROPHE.sub("", heard[key])), normalise(text))
        for key, text in said.items()
        if key in heard
    ]


def _texts(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["text"] for row in csv.DictReader(file)}
