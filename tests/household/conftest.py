"""Recordings made up for tests: every request heard as said, but for some that are misheard always in the same way."""

from collections.abc import Iterator
from zlib import crc32

import pytest

from sayagain.household import HouseholdAssistant, RecordedSpeech, SpeechOutcome, distinct_requests
from sayagain.household.deeds import Place
from sayagain.household.home import Satellite
from sayagain.household.outcome import CONDITIONS
from sayagain.household.people import population
from sayagain.household.situation import DaySituation
from sayagain.household.world import World


def _misheard(text: str) -> str:
    words = text.split()
    position = crc32(text.encode()) % len(words)
    return " ".join((*words[:position], "banana", *words[position + 1 :]))


def _outcomes() -> Iterator[SpeechOutcome]:
    for request in distinct_requests():
        for condition in CONDITIONS:
            # About one in ten in a quiet room, one in three in a noisy one.
            is_misheard = crc32(f"{request} {condition}".encode()) % 30 < 3 * (1 + CONDITIONS.index(condition))
            best_text, other_text = (_misheard(request), request) if is_misheard else (request, _misheard(request))
            yield SpeechOutcome(
                request=request,
                voice="slt",
                condition=condition,
                nbest=((best_text, 0.7), (other_text, 0.2)),
                duration_ms=300 * len(request.split()),
                asr_ms=120,
            )


@pytest.fixture(scope="session")
def recorded():
    return RecordedSpeech(_outcomes())


@pytest.fixture(scope="session")
def assistant():
    return HouseholdAssistant()


@pytest.fixture(scope="session")
def make_situation():
    """Situations in a home at noon, with nothing going on."""
    houses, people = population(2026)

    def situation(area="kitchen", *, minute=720, screen=False, memory=None, person=people[0], home=houses[0]):
        place = Place(home, Satellite(f"satellite.{area}", area, screen=screen), memory)
        return DaySituation(place, World(home), person, minute, 10_000)

    return situation
