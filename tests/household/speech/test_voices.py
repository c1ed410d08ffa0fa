import numpy as np
import pytest

from sayagain.errors import MissingExtra
from sayagain.household.outcome import VOICES
from sayagain.household.speech import voices
from sayagain.household.speech.audio import RATE, level_db
from sayagain.household.speech.voices import SPEAKERS, available_voices, speak


def test_every_voice_of_the_household_has_a_speaker():
    assert set(SPEAKERS) == set(VOICES)


@pytest.mark.parametrize("voice", VOICES)
def test_a_missing_engine_names_the_command_that_brings_it(monkeypatch, voice):
    monkeypatch.setattr(voices.shutil, "which", lambda _: None)
    with pytest.raises(MissingExtra, match=f"{SPEAKERS[voice].engine} is not on the path; run: apt-get install"):
        speak("hello", voice)
    assert available_voices() == ()


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
def test_a_voice_says_the_same_every_time_and_slower_when_asked(voice):
    if voice not in available_voices():
        pytest.skip(f"{SPEAKERS[voice].engine} is not on the path")
    words = "what's on the kids' list"
    plain = speak(words, voice)
    slow = speak(words, voice, 0.8)
    assert np.array_equal(speak(words, voice), plain)
    assert RATE * 0.7 < plain.size < RATE * 4
    assert plain.size * 1.15 < slow.size < plain.size * 1.35
    assert -40 < level_db(plain) < -5
