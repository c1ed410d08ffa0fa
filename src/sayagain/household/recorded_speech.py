"""Look-up of recorded recognition outcomes by delivery; an unrecorded delivery takes the nearest recorded one."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from sayagain.errors import InputError
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery, SpeechOutcome
from sayagain.household.phrases import TELEVISION
from sayagain.household.speech.recording import SHIPPED_RECORDING, read_recording

__all__ = ["LiveRecorder", "RecordedSpeech"]


class LiveRecorder(Protocol):
    """The protocol of a live recorder: `speech.record.Recorder`, where the extra `voice` is installed."""

    def record(self, deliveries: Sequence[Delivery]) -> list[SpeechOutcome]:
        """Return the outcome of each delivery."""
        ...


class RecordedSpeech:
    """Recorded outcomes by delivery.

    The nearest of an unrecorded delivery is another take; for slow and loud speech the same words in a quieter room,
    which has about the same effect; the next condition; the next voice. A live recorder, if given, records the same
    voice instead of the next one.

    >>> heard = SpeechOutcome(
    ...     request="stop", voice="slt", condition="clean", nbest=(("stop", 0.9),), duration_ms=400, asr_ms=99
    ... )
    >>> RecordedSpeech([heard]).outcome(Delivery("stop", "slt", "quiet", "slow", "loud"), draw=0.3).best
    'stop'
    """

    def __init__(
        self,
        outcomes: Iterable[SpeechOutcome],
        television: Iterable[SpeechOutcome] = (),
        live: LiveRecorder | None = None,
    ) -> None:
        self._live_recorder = live
        self._takes: dict[Delivery, list[SpeechOutcome]] = {}
        for outcome in outcomes:
            self._takes.setdefault(msgspec.structs.replace(outcome.delivery, take=0), []).append(outcome)
        for takes in self._takes.values():
            takes.sort(key=lambda outcome: outcome.take)
        self._nearest_takes: dict[Delivery, tuple[SpeechOutcome, ...]] = {}
        self.requests: frozenset[str] = frozenset(delivery.request for delivery in self._takes)
        """All recorded requests."""
        television_outcomes = (
            takes[0] for delivery, takes in sorted(self._takes.items()) if delivery.request in TELEVISION
        )
        self.television: tuple[SpeechOutcome, ...] = tuple(television) or tuple(television_outcomes)
        """Outcomes of television speech that woke the assistant."""

    @classmethod
    def open(cls, path: Path = SHIPPED_RECORDING, live: LiveRecorder | None = None) -> "RecordedSpeech":
        """Read a recording, by default the shipped one.

        Raises:
            InputError: the file is missing or is not a recording.
        """
        outcomes_by_kind = read_recording(path)
        return cls(outcomes_by_kind["request"], outcomes_by_kind["television"], live)

    def outcome(self, delivery: Delivery, draw: float) -> SpeechOutcome:
        """Return a recorded outcome.

        Args:
            delivery: the delivery; its take does not matter.
            draw: random number in [0, 1) that chooses among the takes.

        Raises:
            InputError: the request was never recorded.
        """
        takes = self._nearest_takes.get(delivery)
        if takes is None:
            takes = self._nearest_takes[delivery] = self._find(delivery)
        return takes[int(draw * len(takes))]

    def _find(self, delivery: Delivery) -> tuple[SpeechOutcome, ...]:
        for neighbour in _neighbours(delivery):
            if neighbour.voice != delivery.voice and self._live_recorder is not None:
                break
            takes = self._takes.get(neighbour)
            if takes is not None:
                return tuple(takes)
        if self._live_recorder is not None:
            return tuple(self._live_recorder.record([msgspec.structs.replace(delivery, take=0)]))
        raise InputError(
            f"{delivery.request!r} was never recorded; expected one of the {len(self.requests)} recorded requests."
        )


def _neighbours(delivery: Delivery) -> Iterator[Delivery]:
    condition_index = CONDITIONS.index(delivery.condition)
    voice_index = VOICES.index(delivery.voice)
    voices = sorted(VOICES, key=lambda voice: abs(VOICES.index(voice) - voice_index))
    is_careful = delivery.pace == "slow" or delivery.loudness == "loud"
    if is_careful:
        yield Delivery(delivery.request, delivery.voice, delivery.condition, delivery.pace, delivery.loudness)
        condition_index = max(0, condition_index - 1)
    # Of two equally near conditions the easier one comes first.
    order = sorted(range(len(CONDITIONS)), key=lambda index: (abs(index - condition_index), index))
    for voice in voices:
        for index in order:
            yield Delivery(delivery.request, voice, CONDITIONS[index])
        for index in order:
            yield Delivery(delivery.request, voice, CONDITIONS[index], "slow", "loud")
