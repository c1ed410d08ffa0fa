"""Train the shipped rephrase detector: make models, or python scripts/train_rephrase.py DATA.

No person labels a pair. The household states its truth, and `benchmarks/rephrase_recipe.py` composes dialogues from
sentences of SLURP and SNIPS, of which only the halves for development are used. Settings and rounds were
chosen on the halves for development of all sets of `python -m benchmarks rephrase`; SAIF, CQR, MuDoCo, SGD and DSTC2
are in no training. The same data and seeds give the same bytes.
"""

import argparse
from pathlib import Path

import lightgbm
import msgspec
import numpy as np

from benchmarks.rephrase_pairs import Pairs, describe
from benchmarks.rephrase_sets import composed_set, household_set
from sayagain.labels.rephrase.detector import MODEL, SHIPPED
from sayagain.labels.rephrase.pair_features import CONTEXT_FEATURES, MEANING_FEATURES
from sayagain.models import Card, Encoder, ModelManifest, load_encoder
from sayagain.models.card import card_text
from sayagain.models.manifest import MANIFEST, file_digest

SEEDS, HOMES = (401, 402), 30
COMPOSED_SETS = ("slurp", "slurp_asr", "snips_asr")
WEIGHTS = {"household": 2.0, **dict.fromkeys(COMPOSED_SETS, 1.0), "slurp": 3.0}
"""How much each set counts; SLURP's other wordings are the only ones with few words in common."""

WITHOUT_MEANING = 0.3
"""Share of pairs trained without features of meaning, so that the model works where there is no encoder."""

ROUNDS, SEED = 150, 1
MONOTONE = {
    **dict.fromkeys(("letters", "sounds", "content_alike", "source_in_target", "target_in_source", "token_set"), 1),
    **dict.fromkeys(("same_start", "meaning"), 1),
    **dict.fromkeys(("gap", "numbers_differ", "opposites"), -1),
}
"""Features that may only raise (1) or only lower (-1) the probability, whatever the training data say."""

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "monotone_constraints": [MONOTONE.get(name, 0) for name in CONTEXT_FEATURES],
    "deterministic": True,
    "num_threads": 1,
    "verbose": -1,
    "seed": SEED,
}

DATA = (
    f"One simulated week of {HOMES} homes of each of the seeds {SEEDS[0]} and {SEEDS[1]}, with the truth about what "
    "was said again; dialogues composed by a recipe from sentences of SLURP (CC BY 4.0; other wordings of one act, and "
    "what a recogniser made of recordings) and of SNIPS read aloud by a machine (CC0). No person labelled a pair"
)
LIMITS = (
    "English. Words that share nothing are told apart by their meaning alone, and many requests of one domain are "
    "close: alone it finds a third of such rephrases at a precision of .9; the rest needs a log in which they recur. "
    "It says nothing about requests that the assistant claims to have served. "
    "Run `python -m benchmarks rephrase`."
)


def main() -> None:
    """Train and write the model with its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder with slurp/ and snips_asr/")
    folder = parser.parse_args().data
    encoder = load_encoder(threads=2)
    sets = {"household": household_set(SEEDS, HOMES)}
    for name in COMPOSED_SETS:
        sets[name] = [dialogue for dialogue in composed_set(name, folder) if dialogue.half == 0]
    parts = {name: describe(sets[name], encoder) for name in WEIGHTS}
    model = _train(parts)
    SHIPPED.mkdir(exist_ok=True)
    (SHIPPED / MODEL).write_text(model, encoding="utf-8")
    _write_manifest(encoder, {name: len(pairs.rows) for name, pairs in parts.items()})


def _train(parts: dict[str, Pairs]) -> str:
    rng = np.random.default_rng(SEED)
    rows = np.vstack([pairs.rows for pairs in parts.values()])
    masked = rng.random(len(rows)) < WITHOUT_MEANING
    for name in MEANING_FEATURES:
        rows[masked, CONTEXT_FEATURES.index(name)] = np.nan
    sizes = {name: len(pairs.rows) for name, pairs in parts.items()}
    weights = np.concatenate([np.full(size, WEIGHTS[name] / size) for name, size in sizes.items()])
    data = lightgbm.Dataset(
        rows,
        np.concatenate([pairs.labels for pairs in parts.values()]),
        weight=weights * len(rows) / weights.sum(),
        feature_name=list(CONTEXT_FEATURES),
    )
    text: str = lightgbm.train(PARAMETERS, data, ROUNDS).model_to_string()
    return text


def _write_manifest(encoder: Encoder, sizes: dict[str, int]) -> None:
    manifest = ModelManifest(
        name="rephrase-detector",
        files={MODEL: file_digest(SHIPPED / MODEL)},
        inputs={"pair": ("batch", len(CONTEXT_FEATURES))},
        outputs={"probability": ("batch",)},
        encoder=encoder.digest,
        fields={"pair": CONTEXT_FEATURES},
        seed=SEED,
        data=DATA,
    )
    card = Card(
        does="Says whether a later request says an earlier one again, in other words or in the same, by boosted trees.",
        limits=LIMITS,
        figures=tuple(f"pairs of {name}: {size}" for name, size in sizes.items()),
    )
    (SHIPPED / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    text = card_text(manifest, card, (SHIPPED / MODEL).stat().st_size)
    (SHIPPED / "card.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
