"""The replay: all homes of a seed, simulated week by week from recorded outcomes, reproducible to the byte."""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from sayagain.errors import InputError
from sayagain.household.agenda import visits
from sayagain.household.assistant import HouseholdAssistant, Layer
from sayagain.household.custom_sentences import read_custom_sentences
from sayagain.household.habituation import habituate
from sayagain.household.inventory import SEED
from sayagain.household.people import Person, population
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.truth import Truth
from sayagain.household.understanding import normalise
from sayagain.household.visit import Household
from sayagain.turns import Turn

__all__ = ["Replay", "Week"]


class Week(msgspec.Struct, frozen=True):
    """The log and the truth of one week of all homes."""

    number: int
    """Number of the week, from 0."""
    turns: tuple[Turn, ...]
    """The log, home by home, each in order of time."""
    truths: tuple[Truth, ...]
    """The truth of each turn, in the same order, for measurement only."""


class Replay:
    """The simulation of all homes, week by week.

    The agenda of the people is the same in every replay of a seed; the turns depend on the layers.

    Args:
        seed: seed of the homes, the people and all events.
        homes: number of homes, the first ones of the seed.
        recorded: the recognition outcomes; the shipped recording by default.
        assistant: the assistant; replays that share one share its parses.
    """

    def __init__(
        self,
        seed: int = SEED,
        *,
        homes: int = 100,
        recorded: RecordedSpeech | None = None,
        assistant: HouseholdAssistant | None = None,
    ) -> None:
        self.seed = seed
        recorded = RecordedSpeech.open() if recorded is None else recorded
        self._assistant = assistant or HouseholdAssistant()
        houses, everyone = population(seed)
        home_ids = {house.id for house in houses[:homes]}
        self.people: tuple[Person, ...] = tuple(person for person in everyone if person.home in home_ids)
        """All people, for the assignment to experiment arms by `id`; arms must not depend on other fields."""
        self._households = [
            Household(
                house,
                habituate(
                    house,
                    tuple(person for person in everyone if person.home == house.id),
                    self._assistant,
                    recorded,
                    seed,
                ),
                self._assistant,
                recorded,
                seed,
            )
            for house in houses[:homes]
        ]
        self.homes = tuple(houses[:homes])
        """All homes."""
        self.week = 0
        """The number of the next week."""

    def configure(self, home_id: str, config: Path, aliases: Mapping[str, Collection[str]] | None = None) -> None:
        """Give a home's assistant custom sentences and further aliases, from the next week on.

        An assistant that other replays share gets them there, too.

        Args:
            home_id: the id of the home.
            config: its configuration folder, with `custom_sentences/en/*.yaml`.
            aliases: further aliases by the name of a device.

        Raises:
            InputError: there is no such home, or Home Assistant would reject a file.
        """
        household = next((candidate for candidate in self._households if candidate.home.id == home_id), None)
        if household is None:
            raise InputError(f"there is no home {home_id!r}; expected one of {len(self._households)} from home00 on")
        household.home = household.home.with_aliases(aliases or {})
        self._assistant.understanding.set_custom_sentences(household.home, read_custom_sentences(config, normalise))

    def step(self, layers: Mapping[str, Layer | None] | None = None) -> Week:
        """Simulate the next week.

        Args:
            layers: the layers in front of the assistant, by person id; people who are not in it have none.

        Returns:
            The log of the week and its truth.
        """
        turns: list[Turn] = []
        truths: list[Truth] = []

        layer_by_person = dict(layers or {})

        def log(turn: Turn, truth: Truth) -> None:
            turns.append(turn)
            truths.append(truth)
            layer = layer_by_person.get(turn.user_id or "")
            if layer is not None:
                layer.observe(turn)

        for household in self._households:
            for visit in visits(household.home, household.people, self.week, self.seed):
                household.simulate(visit, layer_by_person, log)
        week = Week(self.week, tuple(turns), tuple(truths))
        self.week += 1
        return week
