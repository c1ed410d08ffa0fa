import msgspec
import pytest

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.meaning import find_meaning
from sayagain.household.people import population
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reaction_fit import fit
from sayagain.household.reactions import draw_barge_in, draw_reaction, draw_satisfaction, draw_silence_ms
from sayagain.household.wants import Want
from sayagain.household.world import World

HOUSES, PEOPLE = population(2026)
HOME = HOUSES[0]
PERSON = PEOPLE[0]


def _reaction_shares(*, is_satisfied, person=PERSON, count=20_000):
    rng = RandomDraws(5)
    reactions = [
        draw_reaction(is_satisfied=is_satisfied, person=person, teachable=False, rng=rng) for _ in range(count)
    ]
    return {reaction: reactions.count(reaction) / count for reaction in set(reactions)}


def test_an_average_person_reacts_as_measured():
    average = msgspec.structs.replace(PERSON, patience=1.0, repeat_factor=1.0, playfulness=1.0, politeness=1.0)
    unhappy_shares = _reaction_shares(is_satisfied=False, person=average)
    happy_shares = _reaction_shares(is_satisfied=True, person=average)
    rates = fit().misunderstood
    names = ("repeat", "rephrase", "rephrase_in_part", "correct", "leave", "move_on")
    total_rate = sum(getattr(rates, name).rate for name in names)
    assert unhappy_shares["repeat"] == pytest.approx(rates.repeat.rate / total_rate, abs=0.01)
    assert unhappy_shares["give up"] == pytest.approx(rates.leave.rate / total_rate, abs=0.01)
    assert happy_shares["again"] == pytest.approx(fit().understood.say_again.rate, abs=0.005)


def test_tempers_matter():
    calm_person = msgspec.structs.replace(PERSON, repeat_factor=0.0, playfulness=0.0, haste=0.0)
    assert "repeat" not in _reaction_shares(is_satisfied=False, person=calm_person)
    assert "again" not in _reaction_shares(is_satisfied=True, person=calm_person)
    rng = RandomDraws(1)
    assert not any(draw_barge_in(is_satisfied=False, person=calm_person, rng=rng) for _ in range(1_000))


def test_silences_are_as_long_as_measured():
    rng = RandomDraws(2)
    silences = sorted(draw_silence_ms(is_satisfied=False, rng=rng) for _ in range(5_000))
    assert silences[2_500] == pytest.approx(fit().misunderstood.gap.median_ms, rel=0.05)


def test_a_person_hears_an_error_and_mostly_sees_a_wrong_deed(make_situation):
    situation = make_situation()
    want = Want("light on", 1.0, wordings=("turn on the kitchen light",), target="light.kitchen_light")
    meaning = find_meaning(want, want.wordings[0], situation)
    assistant, rng = HouseholdAssistant(), RandomDraws(3)

    def satisfaction(text, area="kitchen"):
        execution = assistant.answer(text, situation.place, World(HOME), 0)
        return sum(draw_satisfaction(meaning, execution, area, rng) for _ in range(1_000)) / 1_000

    assert satisfaction("turn on the kitchen light") > 0.95
    assert satisfaction("make me a sandwich") == 0
    assert satisfaction("turn off the kitchen light") < 0.12
    assert satisfaction("turn on the bedroom light", area="office") > 0.3
