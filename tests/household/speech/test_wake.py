import numpy as np
import pytest

from sayagain.household.outcome import Delivery
from sayagain.household.speech.audio import RATE
from sayagain.household.speech.record import say
from sayagain.household.speech.wake import MicroWakeWord, wake_ms


class StubWakeWord:
    threshold = 0.8

    def probabilities(self, _):
        return np.array([0.1, 0.5, 0.9, 0.9], dtype=np.float32)


def test_it_wakes_at_the_end_of_the_first_step_above_the_threshold():
    audio = np.zeros(RATE, dtype=np.float32)
    assert wake_ms(StubWakeWord(), audio) == 90
    assert wake_ms(StubWakeWord(), audio, 0.4) == 60
    assert wake_ms(StubWakeWord(), audio, 0.95) is None


@pytest.mark.slow
def test_the_real_model_wakes_at_its_word_and_forgets_what_it_heard():
    pytest.importorskip("pymicro_wakeword")
    model = MicroWakeWord()
    wake_audio = say(Delivery("alexa", "hts", "quiet"))
    other_audio = say(Delivery("turn on the kitchen light", "hts", "quiet"))
    probabilities = model.probabilities(wake_audio)
    assert probabilities.max() > model.threshold
    assert wake_ms(model, other_audio) is None
    assert np.array_equal(model.probabilities(wake_audio), probabilities)
    assert 0 < wake_ms(model, wake_audio) <= wake_audio.size * 1000 // RATE
