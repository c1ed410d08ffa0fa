"""Train the shipped completer: make models, or python scripts/train_completion.py DATA.

Taught on the dialogues of MuDoCo-QR in the half for development; settings were chosen on that half alone, each fifth of
it by what the others taught (`SAYAGAIN_REWRITE_CONTEXT=dev python -m benchmarks rewrite_context`). The same data and
seed give the same bytes.
"""

import argparse
from pathlib import Path

import msgspec

from benchmarks.context_requests import read_mudoco
from sayagain.languages import language_pack
from sayagain.models import Card, ModelManifest
from sayagain.models.card import card_text
from sayagain.models.manifest import MANIFEST, file_digest
from sayagain.rewriting.completion.completer import MODEL, SHIPPED, TRIGGER_NAMES
from sayagain.rewriting.completion.learn_completer import learn_completer
from sayagain.rewriting.completion.options import NAMES

SEED = 1

DATA = (
    "Half of the dialogues of the development part of MuDoCo-QR (Tseng et al. 2021, Apple; Apple sample licence): "
    "requests to an assistant about calls, messages, music, reminders, weather and news, each written out by a person"
)
LIMITS = (
    "English. Pronouns, “one”, “the second one” and what they stand for in the last four turns; a request that leaves "
    "out a whole part (“and tomorrow”) is seldom completed. It is right about a third of the requests that need it, so "
    "the runtime passes a completed request on only where it is a request that works and the promise allows it. "
    "Run `python -m benchmarks rewrite_context`."
)


def main() -> None:
    """Train and write the model with its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder with mudoco_qr/")
    language = language_pack("en")
    assert language is not None
    assert language.references is not None
    requests = read_mudoco(parser.parse_args().data, language.references)
    examples = [request.example for request in requests if request.half == 0]
    learnt = learn_completer(examples, language, seed=SEED)
    SHIPPED.mkdir(exist_ok=True)
    (SHIPPED / MODEL).write_bytes(msgspec.msgpack.encode(learnt, order="sorted"))
    manifest = ModelManifest(
        name="completer",
        files={MODEL: file_digest(SHIPPED / MODEL)},
        inputs={"option": ("batch", len(NAMES)), "reference": ("batch", len(TRIGGER_NAMES))},
        outputs={"probability": ("batch",)},
        weights="float64",
        fields={"option": NAMES, "reference": TRIGGER_NAMES},
        seed=SEED,
        data=DATA,
    )
    card = Card(
        does="Says which words of the session a request stands for, and whether it stands for any, by boosted trees.",
        limits=LIMITS,
        figures=(f"requests: {len(examples)}", f"of these incomplete: {sum(bool(e.edits) for e in examples)}"),
    )
    (SHIPPED / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    text = card_text(manifest, card, (SHIPPED / MODEL).stat().st_size)
    (SHIPPED / "card.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
