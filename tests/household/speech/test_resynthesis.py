import numpy as np
import pytest

from sayagain.household.outcome import SpeechOutcome
from sayagain.household.speech import resynthesis
from sayagain.household.speech.listen import Ears
from sayagain.household.speech.recording import read_recording
from sayagain.household.speech.resynthesis import is_misheard, resynthesise, sound_examples

SAID = ("lights off", "play nineteen eighty four", "stop")


def outcome(request, voice="hts", heard=None, condition="clean"):
    nbest = ((heard or request, 0.8),) if heard != "" else ()
    return SpeechOutcome(request=request, voice=voice, condition=condition, nbest=nbest, duration_ms=900, asr_ms=99)


@pytest.fixture
def spoken(monkeypatch):
    """What was said aloud, in order; each sentence a tone of its own length."""
    deliveries = []

    def say(delivery):
        deliveries.append(delivery)
        return np.sin(np.arange(1_000 * len(delivery.request), dtype=np.float32))

    monkeypatch.setattr(resynthesis, "say", say)
    return deliveries


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("play nineteen eighty four", "play 1984", False),
        ("lights off", "lights of", True),
        ("stop", "", True),
        ("stop", "stop stop", True),
    ],
)
def test_other_words_are_misheard_and_other_spellings_of_numbers_are_not(said, heard, wrong):
    assert is_misheard(outcome(said, heard=heard)) is wrong


def test_each_outcome_gets_its_own_sound_in_the_order_given(spoken):
    outcomes = [outcome(request, voice) for voice in ("rms", "hts") for request in SAID]
    progress_steps = []
    mels = resynthesise(outcomes, progress=lambda *step: progress_steps.append(step))
    assert [len(mel) for mel in mels] == [(1_000 * len(request) - 400) // 160 + 1 for request in SAID] * 2
    assert len(spoken) == 6
    assert progress_steps == [("making audio", 6, 6)]


def test_what_was_kept_is_not_made_again_and_not_taken_for_another(spoken, tmp_path):
    outcomes = [outcome(request) for request in SAID]
    fresh_mels = resynthesise(outcomes, cache_folder=tmp_path)
    cached_mels = resynthesise(outcomes, cache_folder=tmp_path)
    assert len(spoken) == 3
    assert [mel.tolist() for mel in cached_mels] == [mel.tolist() for mel in fresh_mels]
    noisy_mels = resynthesise([outcome(request, condition="noisy") for request in SAID], cache_folder=tmp_path)
    assert len(spoken) == 6
    assert len(noisy_mels) == 3


def test_two_voices_of_one_person_are_one():
    outcomes = [outcome("stop", voice) for voice in ("slt", "hts", "rms")]
    outcomes.append(outcome("stop", "awb", heard=""))
    examples = sound_examples(outcomes, [np.zeros((1, 40), np.float16)] * 4)
    voices = [example.voice for example in examples]
    assert voices[0] == voices[1]
    assert len(set(voices)) == 3
    assert [example.confidence for example in examples] == [0.8, 0.8, 0.8, None]
    assert [example.misheard for example in examples] == [False, False, False, True]


@pytest.mark.slow
def test_the_sound_made_again_is_recognised_as_it_was_recorded():
    pytest.importorskip("faster_whisper")
    recorded = read_recording()["request"][::1_500]
    recognitions = Ears().hear([resynthesis.say(outcome.delivery) for outcome in recorded])
    assert [outcome.nbest for outcome in recognitions] == [outcome.nbest for outcome in recorded]
