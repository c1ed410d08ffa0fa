"""The one encoder of the benchmarks, with its cache of vectors, which is kept between runs."""

import os
from functools import lru_cache
from pathlib import Path

from sayagain.models import Encoder, load_encoder

__all__ = ["encoder"]


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Return the encoder; SAYAGAIN_BENCH_CACHE names its cache, which is otherwise in the user's cache folder."""
    kept = os.environ.get("SAYAGAIN_BENCH_CACHE")
    return load_encoder(
        threads=2, cache=Path(kept) if kept else Path.home() / ".cache" / "sayagain" / "benchmark_vectors.db"
    )
