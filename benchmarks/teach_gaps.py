"""Gaps in the household: requests about things under names that nobody taught, and phrases that mean nothing yet.

A gap is right if its words are those that are unknown. What a home's own recorded requests hold must have none.
"""

import random
from typing import Any

from benchmarks.teach_episodes import START, WORDINGS, Half, listed_phrases, talk_turn
from sayagain.household import HouseholdAssistant
from sayagain.household.deeds import Place
from sayagain.household.home import homes
from sayagain.household.inventory import SEED
from sayagain.household.oracle import HouseholdOracle
from sayagain.household.speech.recording import SHIPPED_RECORDING, read_recording
from sayagain.languages import language_pack
from sayagain.teaching import find_gap

__all__ = ["gaps"]

_REQUESTS = 400
"""Requests with an unknown name, and as many phrases and recorded requests."""


def gaps(half: Half) -> dict[str, Any]:
    """Return how well the unknown words of requests are found.

    Args:
        half: whose homes, names and phrases.
    """
    rng = random.Random(half)  # noqa: S311  (reproducible draws)
    assistant, pack = HouseholdAssistant(), language_pack("en")
    assert pack is not None
    wordings = WORDINGS[half]
    names, phrases = (listed_phrases(wordings, name) for name in ("names_of_things", "phrases"))
    houses = [home for number, home in enumerate(homes(SEED, 100)) if number % 2 == (half == "sealed")]
    recorded = sorted({outcome.request for outcome in read_recording(SHIPPED_RECORDING)["request"]})
    right = found_words = unknown_words = exact = false = 0
    for number in range(3 * _REQUESTS):
        home = houses[number % len(houses)]
        oracle = HouseholdOracle(assistant, Place(home, home.satellites[0]))
        if number < _REQUESTS:
            unknown = rng.choice(names)
            words = rng.choice(wordings["name_uses"]).format(phrase=unknown)
        else:
            words = unknown = rng.choice(phrases) if number < 2 * _REQUESTS else rng.choice(recorded)
        turn = talk_turn(words, START)
        understood = oracle.understands(words, turn)
        gap = find_gap(words, pack, lambda text: oracle.understands(text, turn))  # noqa: B023  (called at once)
        if number >= 2 * _REQUESTS or understood:
            false += gap is not None and gap.is_name
            continue
        said = [] if gap is None else gap.phrase.split()
        right += len(set(said) & set(unknown.split()))
        found_words += len(said)
        unknown_words += len(unknown.split())
        exact += gap is not None and gap.phrase == unknown
    figures = {
        "requests": 2 * _REQUESTS,
        "gap_f1": 2 * right / max(1, found_words + unknown_words),
        "exact": exact / (2 * _REQUESTS),
        "recorded_requests": _REQUESTS,
        "gaps_in_them": false,
    }
    print(f"gaps {half:<7} F1 {figures['gap_f1']:.3f}, exact {figures['exact']:.3f}; {false} in recorded requests")
    return figures
