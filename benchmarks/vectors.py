"""The encoder of the benchmarks, with a cache of embeddings that is kept between runs."""

import os
from functools import lru_cache
from pathlib import Path

from sayagain.models import Encoder, load_encoder

__all__ = ["encoder"]


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Return the encoder; SAYAGAIN_BENCH_CACHE is the path of its cache, by default in the user's cache folder."""
    cache_path = os.environ.get("SAYAGAIN_BENCH_CACHE")
    return load_encoder(
        threads=2,
        cache=Path(cache_path) if cache_path else Path.home() / ".cache" / "sayagain" / "benchmark_vectors.db",
    )
