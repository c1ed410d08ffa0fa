"""Recording: from a delivery to its outcome, through the real voice, room, wake word, voice activity and recogniser."""

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sayagain.household.outcome import Condition, Delivery, Loudness, Pace, SpeechOutcome, Voice
from sayagain.household.speech.audio import Audio
from sayagain.household.speech.listen import Ears, Recognition
from sayagain.household.speech.rooms import delivery_key, simulate_microphone, stable_seed
from sayagain.household.speech.voices import speak
from sayagain.household.speech.wake import WAKE_WORD, MicroWakeWord, WakeWord

__all__ = ["Recorder", "delivery_pace", "say"]

_SLOW = 0.8
_JITTER = 0.06
_WAKE_TAKES = 8
_VOICES_AT_ONCE = 2


def delivery_pace(delivery: Delivery) -> float:
    """Return the pace at which a delivery is said; a later take is up to 6% faster or slower, as nobody is a machine.

    >>> delivery_pace(Delivery("stop", "slt", "clean")), delivery_pace(Delivery("stop", "slt", "clean", pace="slow"))
    (1.0, 0.8)
    """
    pace = _SLOW if delivery.pace == "slow" else 1.0
    if delivery.take == 0:
        return pace
    share = stable_seed("pace", delivery.request, delivery.voice, delivery.take) % 1001 / 500 - 1
    return round(pace * (1 + _JITTER * share), 4)


def say(delivery: Delivery) -> Audio:
    """Return the microphone's audio of a delivery.

    Raises:
        MissingExtra: when the voice's engine is not on the path.
    """
    return simulate_microphone(_spoken(delivery.request, delivery.voice, delivery_pace(delivery)), delivery)


class Recorder:
    """Makes outcomes; loads the recogniser and the wake-word model once.

    Raises:
        MissingExtra: when the extra `voice` is not installed.
    """

    def __init__(self, ears: Ears | None = None, wake: WakeWord | None = None) -> None:
        self._ears = ears if ears is not None else Ears()
        self._wake = wake if wake is not None else MicroWakeWord(WAKE_WORD)
        self._woken: dict[tuple[Voice, Condition, Pace, Loudness, int], float] = {}

    def record(self, deliveries: Sequence[Delivery]) -> list[SpeechOutcome]:
        """Return the outcome of each delivery; the same whatever else is recorded with it."""
        with ThreadPoolExecutor(_VOICES_AT_ONCE) as pool:
            audios = list(pool.map(say, deliveries))
        heard = self._ears.hear(audios)
        return [self._outcome(delivery, one) for delivery, one in zip(deliveries, heard, strict=True)]

    def _outcome(self, delivery: Delivery, heard: Recognition) -> SpeechOutcome:
        return SpeechOutcome(
            request=delivery.request,
            voice=delivery.voice,
            condition=delivery.condition,
            pace=delivery.pace,
            loudness=delivery.loudness,
            take=delivery.take,
            nbest=heard.nbest,
            duration_ms=heard.duration_ms,
            asr_ms=heard.asr_ms,
            no_speech=heard.no_speech,
            level_db=heard.level_db,
            snr_db=heard.snr_db,
            wake=self._woke(delivery),
        )

    def _woke(self, delivery: Delivery) -> float:
        # The wake word does not depend on what is asked: a few takes of it are shared by all requests.
        take = stable_seed("wake", *delivery_key(delivery)) % _WAKE_TAKES
        key = (delivery.voice, delivery.condition, delivery.pace, delivery.loudness, take)
        if key not in self._woken:
            audio = say(Delivery(WAKE_WORD, *key))
            self._woken[key] = round(float(self._wake.probabilities(audio).max(initial=0)), 4)
        return self._woken[key]


@functools.lru_cache(maxsize=256)
def _spoken(request: str, voice: Voice, pace: float) -> Audio:
    return speak(request, voice, pace)
