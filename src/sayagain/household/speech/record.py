"""Recording: from a delivery to its outcome, by voice, room, wake word, voice activity detection and recogniser."""

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from sayagain.household.outcome import Condition, Delivery, Loudness, Pace, SpeechOutcome, Voice
from sayagain.household.speech.audio import Audio
from sayagain.household.speech.listen import Ears, Recognition
from sayagain.household.speech.rooms import delivery_key, simulate_microphone, stable_seed
from sayagain.household.speech.voices import speak
from sayagain.household.speech.wake import WAKE_WORD, MicroWakeWord, WakeWord, wake_probability

__all__ = ["Recorder", "delivery_pace", "make_outcome", "say"]

_SLOW_PACE = 0.8
_PACE_JITTER = 0.06
_WAKE_TAKES = 8
_WORKERS = 2


def delivery_pace(delivery: Delivery) -> float:
    """Return the pace of a delivery; later takes are up to 6% faster or slower.

    >>> delivery_pace(Delivery("stop", "slt", "clean")), delivery_pace(Delivery("stop", "slt", "clean", pace="slow"))
    (1.0, 0.8)
    """
    pace = _SLOW_PACE if delivery.pace == "slow" else 1.0
    if delivery.take == 0:
        return pace
    jitter_share = stable_seed("pace", delivery.request, delivery.voice, delivery.take) % 1001 / 500 - 1
    return round(pace * (1 + _PACE_JITTER * jitter_share), 4)


def say(delivery: Delivery) -> Audio:
    """Return the microphone's audio of a delivery.

    Raises:
        MissingExtra: the engine of the voice is not on the path.
    """
    return simulate_microphone(_synthesise(delivery.request, delivery.voice, delivery_pace(delivery)), delivery)


def make_outcome(delivery: Delivery, recognition: Recognition, wake: float) -> SpeechOutcome:
    """Return the outcome of a delivery.

    Args:
        delivery: the delivery.
        recognition: its recognition.
        wake: the best probability of the wake-word model, in [0, 1].
    """
    return SpeechOutcome(**msgspec.structs.asdict(delivery), **msgspec.structs.asdict(recognition), wake=wake)


class Recorder:
    """Records outcomes; loads the recogniser and the wake-word model once.

    Raises:
        MissingExtra: the extra `voice` is not installed.
    """

    def __init__(self, ears: Ears | None = None, wake: WakeWord | None = None) -> None:
        self._ears = ears if ears is not None else Ears()
        self._wake = wake if wake is not None else MicroWakeWord(WAKE_WORD)
        self._wake_probabilities: dict[tuple[Voice, Condition, Pace, Loudness, int], float] = {}

    def record(self, deliveries: Sequence[Delivery]) -> list[SpeechOutcome]:
        """Return the outcome of each delivery, independent of the other deliveries."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            audios = list(pool.map(say, deliveries))
        recognitions = self._ears.hear(audios)
        return [
            make_outcome(delivery, recognition, self._wake_probability(delivery))
            for delivery, recognition in zip(deliveries, recognitions, strict=True)
        ]

    def _wake_probability(self, delivery: Delivery) -> float:
        # The wake word does not depend on the request, so all requests share a few takes of it.
        take = stable_seed("wake", *delivery_key(delivery)) % _WAKE_TAKES
        key = (delivery.voice, delivery.condition, delivery.pace, delivery.loudness, take)
        if key not in self._wake_probabilities:
            audio = say(Delivery(WAKE_WORD, *key))
            self._wake_probabilities[key] = wake_probability(self._wake, audio)
        return self._wake_probabilities[key]


@functools.lru_cache(maxsize=256)
def _synthesise(request: str, voice: Voice, pace: float) -> Audio:
    return speak(request, voice, pace)
