import numpy as np
import pytest

from sayagain.household.outcome import Delivery
from sayagain.household.speech.audio import RATE
from sayagain.household.speech.record import say
from sayagain.household.speech.wake import MicroWakeWord, wake_ms


class Waking:
    threshold = 0.8

    def probabilities(self, _):
        return np.array([0.1, 0.5, 0.9, 0.9], dtype=np.float32)


def test_it_wakes_at_the_end_of_the_first_step_above_the_threshold():
    audio = np.zeros(RATE, dtype=np.float32)
    assert wake_ms(Waking(), audio) == 90
    assert wake_ms(Waking(), audio, 0.4) == 60
    assert wake_ms(Waking(), audio, 0.95) is None


@pytest.mark.slow
def test_the_real_model_wakes_at_its_word_and_forgets_what_it_heard():
    pytest.importorskip("pymicro_wakeword")
    model = MicroWakeWord()
    called = say(Delivery("alexa", "hts", "quiet"))
    other = say(Delivery("turn on the kitchen light", "hts", "quiet"))
    first = model.probabilities(called)
    assert first.max() > model.threshold
    assert wake_ms(model, other) is None
    assert np.array_equal(model.probabilities(called), first)
    assert 0 < wake_ms(model, called) <= called.size * 1000 // RATE
