"""The contract of every recogniser, run on each that is installed."""

import numpy as np
import pytest

from sayagain.errors import MissingExtra, SettingError
from sayagain.household.outcome import Delivery
from sayagain.household.speech.audio import RATE
from sayagain.household.speech.recognise import RECOGNISERS, recogniser
from sayagain.household.speech.record import say
from sayagain.household.speech.transcript import MAX_TEXTS, tidy


def test_an_unknown_recogniser_is_refused_with_the_known_ones():
    with pytest.raises(SettingError, match="'siri' is not known; choose one of whisper-tiny"):
        recogniser("siri")


@pytest.mark.slow
@pytest.mark.parametrize("name", RECOGNISERS)
def test_contract(name):
    try:
        asr = recogniser(name)
    except MissingExtra as missing:
        pytest.skip(str(missing))
    requests = ("turn off the lights in the bedroom", "how much time is left on the timer", "switch the lights off")
    audios = [say(Delivery(words, "hts", "clean")) for words in requests]
    transcripts = asr.recognise(audios)
    assert [asr.recognise([audio])[0] for audio in audios] == transcripts
    assert asr.recognise([]) == []
    for transcript in transcripts:
        texts = [text for text, _ in transcript.nbest]
        assert 1 <= len(texts) <= MAX_TEXTS
        assert [tidy(text) for text in texts] == texts
        assert all(0 <= confidence <= 1 for _, confidence in transcript.nbest)
        assert transcript.tokens > 0
    assert sum("light" in transcript.best for transcript in transcripts) >= 1
    [silent_transcript] = asr.recognise([np.zeros(RATE, dtype=np.float32)])
    assert len(silent_transcript.nbest) <= MAX_TEXTS
