import pytest

from sayagain.errors import InputError
from sayagain.household.outcome import Delivery, Outcome
from sayagain.household.speech.outcomes import Outcomes
from sayagain.household.speech.recording import write_recording


def outcome(delivery, heard="stop"):
    return Outcome(
        request=delivery.request,
        voice=delivery.voice,
        condition=delivery.condition,
        pace=delivery.pace,
        loudness=delivery.loudness,
        take=delivery.take,
        nbest=((heard, 0.9),),
        duration_ms=400,
        asr_ms=96,
    )


RECORDED = [
    Delivery("stop", "hts", "clean"),
    Delivery("stop", "hts", "quiet"),
    Delivery("stop", "hts", "quiet", take=1),
    Delivery("stop", "hts", "quiet", take=2),
    Delivery("stop", "hts", "noisy"),
    Delivery("stop", "hts", "clean", "slow", "loud"),
    Delivery("stop", "rms", "clean"),
    Delivery("go", "hts", "clean"),
]


@pytest.fixture
def outcomes():
    return Outcomes(map(outcome, RECORDED))


def test_what_was_recorded_is_found_exactly(outcomes):
    for delivery in RECORDED:
        assert delivery in outcomes
        assert outcomes.get(delivery) == outcomes.play(delivery) == outcome(delivery)
    assert len(outcomes) == len(RECORDED)
    assert {one.delivery for one in outcomes} == set(RECORDED)
    assert outcomes.requests == ("go", "stop")
    assert outcomes.voices("stop") == ("hts", "rms")
    assert outcomes.takes(RECORDED[1]) == 3


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (Delivery("stop", "hts", "quiet", take=5), Delivery("stop", "hts", "quiet", take=2)),
        (Delivery("stop", "hts", "lively"), Delivery("stop", "hts", "quiet")),
        (Delivery("stop", "hts", "noisy", "slow", "loud"), Delivery("stop", "hts", "clean", "slow", "loud")),
        (Delivery("stop", "hts", "noisy", "slow", "normal"), Delivery("stop", "hts", "noisy")),
        (Delivery("stop", "rms", "noisy", "slow", "loud"), Delivery("stop", "rms", "clean")),
    ],
)
def test_the_nearest_is_given_for_what_was_not(outcomes, asked, given):
    assert asked not in outcomes
    assert outcomes.get(asked) is None
    assert outcomes.play(asked).delivery == given


def test_another_voice_never_speaks_for_a_person(outcomes):
    asked = Delivery("go", "rms", "clean")
    assert outcomes.nearest(asked) is None
    with pytest.raises(InputError, match="'go' was not recorded in voice 'rms'"):
        outcomes.play(asked)


def test_what_is_missing_is_made_live_once():
    made = []

    class Live:
        def record(self, deliveries):
            made.extend(deliveries)
            return [outcome(delivery, "live") for delivery in deliveries]

    outcomes = Outcomes(map(outcome, RECORDED), live=Live())
    asked = Delivery("go", "rms", "clean")
    assert outcomes.play(asked).best == "live"
    assert outcomes.play(asked).best == "live"
    assert outcomes.play(RECORDED[0]).best == "stop"
    assert made == [asked]


def test_a_file_is_opened_with_its_false_wakes(tmp_path):
    television = [outcome(Delivery("okay now boo", "rms", "lively"))]
    write_recording(tmp_path / "o.parquet", map(outcome, RECORDED), television)
    outcomes = Outcomes.open(tmp_path / "o.parquet")
    assert len(outcomes) == len(RECORDED)
    assert list(outcomes.television) == television
    assert Delivery("okay now boo", "rms", "lively") not in outcomes
