"""The sound judge: does audio show that recognition failed, and does it add to the other features?

The household's recordings are synthesised again, and each is judged by a network trained on other voices and sentences.
Then real people's speech, `coffee_speech`: by the shipped network, and by networks fine-tuned on such speech. Needs the
extras `voice` and `train` and the voices' programs; audio and transcripts are cached in build/sound/.
"""

import sys
from pathlib import Path
from typing import Any

from benchmarks.sound_coffee import coffee_figures
from benchmarks.sound_defects import defect_figures
from benchmarks.sound_household import judge_recordings
from sayagain.extras import require
from sayagain.household.speech.recording import read_recording
from sayagain.household.speech.resynthesis import resynthesise, sound_examples

__all__ = ["run"]

KEPT = Path("build") / "sound"


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON."""
    require("torch", "train")
    outcomes = read_recording()["request"]
    examples = sound_examples(outcomes, resynthesise(outcomes, cache_folder=KEPT, progress=_tell))
    household, logits = judge_recordings(outcomes, examples, KEPT, _tell)
    household["defects"] = defect_figures(outcomes, logits[:, 0])
    coffee = coffee_figures(examples, train / "coffee_speech", test / "coffee_speech", KEPT, _tell)
    return {"sound": {"household": household, "coffee": coffee}}


def _tell(work: str, done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        print(f"\r{work}: {done} of {total} ", end="\n" if done == total else "", file=sys.stderr, flush=True)
