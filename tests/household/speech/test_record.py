import msgspec
import numpy as np
import pytest

from sayagain.household.outcome import Delivery
from sayagain.household.speech import record, television
from sayagain.household.speech.listen import Recognition
from sayagain.household.speech.record import Recorder, delivery_pace
from sayagain.household.speech.television import NEAR_MISSES, ORDINARY_LINES, false_wakes, television_lines

DELIVERY = Delivery("stop", "hts", "quiet")


class StubEars:
    def hear(self, audios):
        return [Recognition(nbest=((f"{audio.size} samples", 0.5),), duration_ms=400, asr_ms=96) for audio in audios]


class StubWakeWord:
    """Wakes after a tenth of a second, if at all."""

    threshold = 0.5

    def probabilities(self, audio):
        return np.array([0.0, 0.0, 0.9 if audio.size > 9_000 else 0.1], dtype=np.float32)


def test_takes_differ_in_pace_a_little_and_the_first_not_at_all():
    takes = [delivery_pace(msgspec.structs.replace(DELIVERY, take=take)) for take in range(9)]
    assert takes[0] == 1.0
    assert len(set(takes)) > 5
    assert all(0.94 <= pace <= 1.06 for pace in takes)
    assert delivery_pace(msgspec.structs.replace(DELIVERY, pace="slow", take=3)) == pytest.approx(
        0.8 * takes[3], abs=1e-3
    )


def test_an_outcome_carries_its_delivery_and_does_not_depend_on_its_neighbours(monkeypatch):
    monkeypatch.setattr(record, "speak", lambda text, *_: np.full(len(text) * 800, 0.1, dtype=np.float32))
    record._synthesise.cache_clear()
    deliveries = [
        DELIVERY,
        msgspec.structs.replace(DELIVERY, take=1, loudness="loud"),
        Delivery("lights off", "rms", "clean"),
    ]
    try:
        together = Recorder(StubEars(), StubWakeWord()).record(deliveries)
        alone = [Recorder(StubEars(), StubWakeWord()).record([delivery])[0] for delivery in deliveries]
    finally:
        record._synthesise.cache_clear()
    assert together == alone
    assert [outcome.delivery for outcome in together] == deliveries
    assert {outcome.wake for outcome in together} == {0.9}


def test_only_the_lines_that_wake_are_kept_and_heard_from_there(monkeypatch):
    monkeypatch.setattr(television, "say", lambda line: np.zeros(1_000 * len(line.request), dtype=np.float32))
    lines = [Delivery("short", "hts", "clean"), Delivery("long enough", "hts", "clean")]
    [outcome] = false_wakes(lines, StubEars(), StubWakeWord())
    assert outcome.request == "long enough"
    assert outcome.best == f"{11_000 - 90 * 16} samples"
    assert outcome.wake == 0.9


def test_the_television_says_each_line_in_every_voice_once():
    lines = list(television_lines())
    assert len(lines) == len(set(lines)) == (len(NEAR_MISSES) + len(ORDINARY_LINES)) * 18


@pytest.mark.slow
def test_real_outcomes_are_the_same_whenever_and_with_whatever_they_are_recorded():
    pytest.importorskip("faster_whisper")
    deliveries = [
        Delivery("turn off the lights in the bedroom", voice, condition, "slow", "loud", take)
        for voice in ("hts", "rms", "espeak")
        for condition, take in (("clean", 0), ("noisy", 1))
    ]
    recorder = Recorder()
    together = recorder.record(deliveries)
    separate = [outcome for delivery in reversed(deliveries) for outcome in Recorder().record([delivery])]
    assert separate[::-1] == together
    assert together[0].best == "turn off the lights in the bedroom"
    assert together[0].snr_db == 99.0 > together[1].snr_db > 5
    assert all(outcome.wake > 0.9 for outcome in together)
