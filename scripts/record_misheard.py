"""Record what Whisper base hears of plain requests that espeak-ng says in each language.

python scripts/record_misheard.py > benchmarks/no_harm_misheard.toml
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.no_harm_help import plain_requests
from benchmarks.no_harm_templates import home_in
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.household.speech.audio import RATE, Audio
from sayagain.household.speech.voices import speak_espeak
from sayagain.household.speech.whisper import Whisper, base_model
from sayagain.languages import language_codes
from sayagain.text import normalise

VOICES = ("", "+f2", "+m3", "+f4")
"""Variants of a voice, in turn; each sentence is said twice."""

SPEEDS = (150, 175, 200)
"""Words a minute, in turn."""

LOUDNESS = (0.0, 0.05, 0.1)
"""Of white noise beside the voice, in turn."""

SPOKEN = {"en": "en-us", "fr": "fr-fr"}
"""Voices that are not called as their language."""

HEAD = """# What Whisper base hears of the plain requests of `no_harm_help.toml` as espeak-ng says them,
# where Home Assistant does not understand it: `heard = said`. Made by scripts/record_misheard.py.
"""


def main() -> None:
    """Record and print."""
    print(HEAD, end="")
    for code in language_codes():
        oracle = Oracle(home_in(code), code)
        print(f'{code} = """')
        for heard, said in misheard(code, [request.text for request in plain_requests(code) * 2]):
            if heard and normalise(heard) != normalise(said) and not oracle.recognises(heard):
                print(f"{heard} = {said}", flush=True)
        print('"""')


def misheard(code: str, said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is heard of each sentence, with the sentence."""
    whisper = Whisper(base_model(), threads=1, language=code)
    noise = np.random.default_rng(1)
    for start in range(0, len(said), 8):
        batch = said[start : start + 8]
        audios = [_spoken(text, code, start + at, noise) for at, text in enumerate(batch)]
        for text, transcript in zip(batch, whisper.recognise(audios), strict=True):
            yield transcript.best.replace("=", ""), text


def _spoken(text: str, code: str, number: int, noise: np.random.Generator) -> Audio:
    voice = SPOKEN.get(code, code) + VOICES[number % len(VOICES)]
    audio = speak_espeak(text, voice, SPEEDS[number % len(SPEEDS)])
    loudness = LOUDNESS[number // 2 % len(LOUDNESS)] * float(np.sqrt(np.mean(audio**2)))
    quiet = np.zeros(RATE // 4, np.float32)
    whole = np.concatenate([quiet, audio, quiet])
    return (whole + loudness * noise.standard_normal(len(whole))).astype(np.float32)


if __name__ == "__main__":
    main()
