"""Preferences in the household: each person states a taste in music, and asks for music on the next turn.

Whether the taste is played is told by the assistant's own resolution; what a person likes is the home's truth.
"""

from pathlib import Path
from typing import Any

from benchmarks.teach_episodes import START, Half, talk_turn
from sayagain.household import HouseholdAssistant
from sayagain.household.deeds import Place
from sayagain.household.home import homes
from sayagain.household.inventory import SEED
from sayagain.household.oracle import HouseholdOracle
from sayagain.household.people import draw_people
from sayagain.runtime import Runtime
from sayagain.store import MemoryStore

__all__ = ["preferences"]

_STATED = {
    "dev": ("I like {taste}", "I love {taste} music", "I'm a {taste} fan", "remember that I like {taste} music"),
    "sealed": (
        "I really enjoy {taste}",
        "my favourite music is {taste}",
        "I only listen to {taste}",
        "I'm into {taste}",
    ),
}
_ASKED = {
    "dev": ("play some music", "play music", "put some music on"),
    "sealed": ("could you play me some tunes", "put on some songs please", "start the music"),
}
_SAID = ("play the {other} playlist", "play some {other}")


def preferences(half: Half, folder: Path) -> dict[str, Any]:
    """Return how often a stated taste is kept, how often it is played then, and how often it changes what was said.

    Args:
        half: whose homes and wordings.
        folder: for releases, of which there are none.
    """
    assistant = HouseholdAssistant()
    kept = right = without = spoiled = count = 0
    houses = [home for number, home in enumerate(homes(SEED, 100)) if number % 2 == (half == "sealed")]
    people = [(home, person) for home in houses for person in draw_people(SEED, home)]
    for number, (home, person) in enumerate(people):
        place = Place(home, home.satellites[0])
        runtime = Runtime(MemoryStore(), folder)
        runtime.oracle = HouseholdOracle(assistant, place)
        statement = _STATED[half][number % len(_STATED[half])].format(taste=person.taste)
        runtime.converse(talk_turn(statement, START))
        kept += (runtime.converse(talk_turn("yes", START + 5_000)).reply or "").startswith("All right.")
        words = _ASKED[half][number % len(_ASKED[half])]
        filled = runtime.converse(talk_turn(words, START + 10_000)).text
        wanted = assistant.plan(f"play the {person.taste} playlist", place).deed
        right += assistant.plan(filled, place).deed == wanted
        without += assistant.plan(words, place).deed == wanted
        other = "soul" if person.taste != "soul" else "jazz"
        spoiled += sum(runtime.converse(talk_turn(said.format(other=other), START + 15_000)).changed for said in _SAID)
        count += 1
    figures: dict[str, Any] = {
        "people": count,
        "kept": kept / count,
        "next_turn": right / count,
        "next_turn_without": without / count,
        "other_requests": count * len(_SAID),
        "other_requests_changed": spoiled,
    }
    texts = (f"{name} {value:.3f}" for name, value in figures.items() if isinstance(value, float))
    print(f"preferences {half:<7} {count:>5} people: {', '.join(texts)}; {spoiled} requests that said it changed")
    return figures
