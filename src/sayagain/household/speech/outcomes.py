"""The recorded outcomes: loaded once, looked up in a microsecond, the nearest given for what was not recorded."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from sayagain.errors import InputError
from sayagain.household.outcome import CONDITIONS, Condition, Delivery, Loudness, Outcome, Pace, Voice
from sayagain.household.speech.recording import RECORDED, read_recording

__all__ = ["LiveRecorder", "Outcomes"]

Way = tuple[Condition, Pace, Loudness]

_PLAIN: tuple[Pace, Loudness] = ("normal", "normal")


class LiveRecorder(Protocol):
    """What can make an outcome on the spot; `record.Recorder` does."""

    def record(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Return the outcome of each delivery."""
        ...


class Outcomes:
    """Outcomes by delivery, and what the television said that woke the assistant.

    `live` makes what was never recorded of a request in a voice.

    >>> told = Outcome(
    ...     request="stop", voice="slt", condition="quiet", nbest=(("stop", 0.9),), duration_ms=400, asr_ms=96
    ... )
    >>> outcomes = Outcomes([told])
    >>> outcomes.get(Delivery("stop", "slt", "noisy")) is None
    True
    >>> outcomes.play(Delivery("stop", "slt", "noisy", "slow", "loud", take=3)).condition
    'quiet'
    """

    television: tuple[Outcome, ...]
    """False wakes: `request` is the line that was said, `nbest` what was heard of it once awake, `wake` how sure."""

    def __init__(
        self, outcomes: Iterable[Outcome], television: Iterable[Outcome] = (), live: LiveRecorder | None = None
    ) -> None:
        self.television = tuple(television)
        self._live = live
        self._ways: dict[tuple[str, Voice], dict[Way, list[Outcome]]] = {}
        self._nearest: dict[tuple[str, Voice, Way], list[Outcome]] = {}
        for outcome in sorted(outcomes, key=lambda one: one.delivery):
            self._add(outcome)

    @classmethod
    def open(cls, path: Path | str = RECORDED, live: LiveRecorder | None = None) -> "Outcomes":
        """Load a recording, by default the one that the package ships.

        Raises:
            InputError: when the file is missing or not such a recording.
        """
        found = read_recording(path)
        return cls(found["request"], found["television"], live)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Outcome]:
        return (outcome for ways in self._ways.values() for takes in ways.values() for outcome in takes)

    def __contains__(self, delivery: object) -> bool:
        return isinstance(delivery, Delivery) and self.get(delivery) is not None

    @property
    def requests(self) -> tuple[str, ...]:
        """Every request of which something was recorded, in alphabetical order."""
        return tuple(sorted({request for request, _ in self._ways}))

    def voices(self, request: str) -> tuple[Voice, ...]:
        """Return the voices in which a request was recorded, in alphabetical order."""
        return tuple(sorted(voice for said, voice in self._ways if said == request))

    def takes(self, delivery: Delivery) -> int:
        """Return how many takes were recorded of a delivery, whichever take it names."""
        ways = self._ways.get((delivery.request, delivery.voice), {})
        return len(ways.get((delivery.condition, delivery.pace, delivery.loudness), ()))

    def get(self, delivery: Delivery) -> Outcome | None:
        """Return the outcome of exactly this delivery, or None."""
        ways = self._ways.get((delivery.request, delivery.voice), {})
        for outcome in ways.get((delivery.condition, delivery.pace, delivery.loudness), ()):
            if outcome.take == delivery.take:
                return outcome
        return None

    def nearest(self, delivery: Delivery) -> Outcome | None:
        """Return the outcome of this delivery or of the most similar one in the same words and voice, or None.

        Takes wrap around: take 5 of three is take 2. Then the manner (pace and loudness) is kept and the nearest
        condition taken, of two as near the easier; then the plain manner and the nearest condition.
        """
        way = (delivery.condition, delivery.pace, delivery.loudness)
        key = (delivery.request, delivery.voice, way)
        takes = self._nearest.get(key)
        if takes is None:
            takes = self._nearest[key] = _search(self._ways.get((delivery.request, delivery.voice), {}), way)
        return takes[delivery.take % len(takes)] if takes else None

    def play(self, delivery: Delivery) -> Outcome:
        """Return the outcome of this delivery or the nearest one; live when nothing is recorded in that voice.

        Raises:
            InputError: when these words were never recorded in this voice and cannot be made live.
        """
        found = self.nearest(delivery)
        if found is not None:
            return found
        if self._live is None:
            raise InputError(
                f"outcomes: {delivery.request!r} was not recorded in voice {delivery.voice!r}; "
                "say one of `requests`, or give a live recorder"
            )
        [found] = self._live.record([delivery])
        self._add(found)
        self._nearest.clear()
        return found

    def _add(self, outcome: Outcome) -> None:
        ways = self._ways.setdefault((outcome.request, outcome.voice), {})
        ways.setdefault((outcome.condition, outcome.pace, outcome.loudness), []).append(outcome)


def _search(ways: dict[Way, list[Outcome]], wanted: Way) -> list[Outcome]:
    condition, pace, loudness = wanted
    here = CONDITIONS.index(condition)
    near = sorted(CONDITIONS, key=lambda other: (abs(CONDITIONS.index(other) - here), CONDITIONS.index(other)))
    for manner in ((pace, loudness), _PLAIN):
        for other in near:
            if (other, *manner) in ways:
                return ways[other, *manner]
    return []
