import msgspec
import numpy as np
import pytest

from sayagain.household.outcome import CONDITIONS, Delivery
from sayagain.household.speech.audio import RATE, from_pcm, level_db, to_pcm
from sayagain.household.speech.rooms import NOISE_DB, SPEECH_DB, room_noise, simulate_microphone, speech_level_db

SPEECH = np.sin(2 * np.pi * 300 * np.arange(RATE, dtype=np.float32) / RATE).astype(np.float32) * np.float32(0.3)
PLAIN = Delivery("stop", "hts", "quiet")


def test_the_same_delivery_sounds_the_same_and_no_other_does():
    other_deliveries = [
        msgspec.structs.replace(PLAIN, **change)
        for change in ({"request": "go"}, {"voice": "rms"}, {"condition": "noisy"}, {"loudness": "loud"}, {"take": 1})
    ]
    sounds = [simulate_microphone(SPEECH, delivery).tobytes() for delivery in (PLAIN, *other_deliveries)]
    assert simulate_microphone(SPEECH, PLAIN).tobytes() == sounds[0]
    assert len(set(sounds)) == len(sounds)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_rooms_noise_stays_while_the_voice_gets_louder(condition):
    tails = {}
    for loudness, level in (("normal", SPEECH_DB), ("loud", SPEECH_DB + 6)):
        samples = simulate_microphone(SPEECH, Delivery("stop", "hts", condition, "normal", loudness))
        tails[loudness] = samples[-RATE // 2 :]
        # The voice sounds from 0.4 s, at the latest, to half a second before the end.
        assert level_db(samples[int(0.4 * RATE) : -RATE // 2]) == pytest.approx(level, abs=1.0)
    if NOISE_DB[condition] is None:
        assert not any(tail.any() for tail in tails.values())
    else:
        for tail in tails.values():
            assert level_db(tail) == pytest.approx(NOISE_DB[condition], abs=2.5)


def test_a_quiet_engine_and_a_loud_one_come_out_equally_loud():
    soft, loud = (
        simulate_microphone(SPEECH * np.float32(gain), Delivery("stop", "hts", "clean")) for gain in (0.05, 1.5)
    )
    assert speech_level_db(soft) == pytest.approx(speech_level_db(loud), abs=0.05)


def test_the_microphone_has_sixteen_bits():
    heard = simulate_microphone(SPEECH, PLAIN)
    assert np.array_equal(from_pcm(to_pcm(heard)), heard)


def test_room_noise_falls_towards_the_treble_as_the_standard_says():
    power = np.abs(np.fft.rfft(room_noise())) ** 2
    hertz = np.fft.rfftfreq(room_noise().size, 1 / RATE)

    def density(around):
        return 10 * np.log10(power[(hertz > around * 0.95) & (hertz < around * 1.05)].mean())

    assert density(250) - density(1_000) == pytest.approx(26.0 - 16.2, abs=1)
    assert density(1_000) - density(4_000) == pytest.approx(16.2 - 5.4, abs=1)
