import msgspec
import numpy as np
import pytest

from sayagain.household.agenda import DAY_MS, START, visits
from sayagain.household.ambiguity import FAMILIES, FAMILY_BY_NAME
from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.deeds import Deed, Memory, Place
from sayagain.household.habituation import habituate
from sayagain.household.home import Satellite
from sayagain.household.meaning import find_meaning
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.people import population
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reaction_fit import fit
from sayagain.household.reactions import draw_barge_in, draw_reaction, draw_satisfaction, draw_silence_ms
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.situation import DaySituation, cause_circumstance, choose_alternative
from sayagain.household.skills import make_plan
from sayagain.household.wants import Want
from sayagain.household.world import World

HOUSES, PEOPLE = population(2026)
HOME = HOUSES[0]
PERSON = PEOPLE[0]


def _situation(area="kitchen", *, minute=720, screen=False, memory=None, person=PERSON, home=HOME):
    place = Place(home, Satellite(f"satellite.{area}", area, screen=screen), memory)
    return DaySituation(place, World(home), person, minute, 10_000)


# Agenda


def test_visits_are_in_order_and_within_their_week():
    week_visits = visits(HOME, PEOPLE[:1], 3, 2026)
    assert [visit.time for visit in week_visits] == sorted(visit.time for visit in week_visits)
    assert all(START + 21 * DAY_MS <= visit.time < START + 29 * DAY_MS for visit in week_visits)
    assert week_visits == visits(HOME, PEOPLE[:1], 3, 2026)
    assert week_visits != visits(HOME, PEOPLE[:1], 4, 2026)


def test_people_ask_about_as_often_as_they_are_busy():
    for home in HOUSES[:10]:
        people = tuple(person for person in PEOPLE if person.home == home.id)
        errand_count = sum(
            len(v.errands) for week in range(4) for v in visits(home, people, week, 2026) if v.person >= 0
        )
        expected_count = 28 * sum(person.requests_per_day for person in people)
        assert 0.8 * expected_count < errand_count < 1.35 * expected_count


# What is meant


@pytest.mark.parametrize(
    ("family", "changed", "intent"),
    [
        ("temperature", {}, "HassClimateGetTemperature"),
        ("temperature", {"oven": True}, "OvenTemperature"),
        ("door", {}, "HassGetState"),
        ("door", {"screen": True}, "ShowCamera"),
        ("weather", {"minute": 1200}, "HassGetWeather"),
        ("cancel", {}, "HassNevermind"),
        ("cancel", {"memory": Memory(Deed("start timer", (), "60 "), 5_000)}, "HassCancelTimer"),
        ("cancel", {"memory": Memory(Deed("start timer", (), "60 "), -90_000)}, "HassNevermind"),
    ],
)
def test_the_situation_decides(family, changed, intent):
    oven = changed.pop("oven", False)
    situation = _situation(**changed)
    if oven:
        situation.world.states["oven.oven"] = "180"
    assert choose_alternative(FAMILY_BY_NAME[family], situation).intent == intent


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_each_other_reading_is_meant_by_someone_somewhere(family):
    """A family whose alternative nobody ever means would be no family."""
    circumstances = {other.circumstance for other in family.alternatives}
    met_circumstances = set()
    for home in HOUSES[:40]:
        person = next(p for p in PEOPLE if p.home == home.id)
        for satellite in home.satellites:
            for minute in (600, 800, 1100, 1300):
                for verb, target in (("turn on", "light.kitchen_light"), ("start timer", ""), ("set alarm", "")):
                    memory = Memory(Deed(verb, (target,) if target else ()), 5_000)
                    place = Place(home, satellite, memory)
                    for draw in (0.02, 0.13, 0.22, 0.38, 0.9):
                        situation = DaySituation(place, World(home), person, minute, 10_000)
                        cause_circumstance(family, situation, draw)
                        met_circumstances.add(choose_alternative(family, situation).circumstance)
    assert circumstances <= met_circumstances


def test_every_want_has_a_meaning_that_can_be_done():
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                area = want.area or home.satellites[0].area
                meaning = find_meaning(want, want.wordings[0], _situation(area, person=person, home=home))
                if want.kind == "impossible":
                    assert meaning.deed is None
                elif want.kind != "family":
                    assert meaning.deed is not None, want


def test_a_perfect_reading_fails_only_where_words_denote_several_things():
    wrong_count = want_count = 0
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                if want.kind in {"family", "impossible"}:
                    continue
                situation = _situation(want.area or home.satellites[0].area, person=person, home=home)
                meaning = find_meaning(want, want.wordings[0], situation)
                want_count += 1
                plan = make_plan(meaning.reading, situation.place)
                if plan.deed != meaning.deed:
                    wrong_count += 1
                    assert any(r.status == "ambiguous" for r in plan.resolution), (want, plan)
    assert 0 < wrong_count / want_count < 0.1


# Reactions


def _reaction_shares(*, content, person=PERSON, count=20_000):
    rng = RandomDraws(5)
    reactions = [draw_reaction(content=content, person=person, teachable=False, rng=rng) for _ in range(count)]
    return {reaction: reactions.count(reaction) / count for reaction in set(reactions)}


def test_an_average_person_reacts_as_measured():
    average = msgspec.structs.replace(PERSON, patience=1.0, repeat_factor=1.0, playfulness=1.0, politeness=1.0)
    unhappy_shares, happy_shares = (
        _reaction_shares(content=False, person=average),
        _reaction_shares(content=True, person=average),
    )
    rates = fit().misunderstood
    names = ("repeat", "rephrase", "rephrase_in_part", "correct", "leave", "move_on")
    total_rate = sum(getattr(rates, name).rate for name in names)
    assert unhappy_shares["repeat"] == pytest.approx(rates.repeat.rate / total_rate, abs=0.01)
    assert unhappy_shares["give up"] == pytest.approx(rates.leave.rate / total_rate, abs=0.01)
    assert happy_shares["again"] == pytest.approx(fit().understood.say_again.rate, abs=0.005)


def test_tempers_matter():
    calm_person = msgspec.structs.replace(PERSON, repeat_factor=0.0, playfulness=0.0, haste=0.0)
    assert "repeat" not in _reaction_shares(content=False, person=calm_person)
    assert "again" not in _reaction_shares(content=True, person=calm_person)
    rng = RandomDraws(1)
    assert not any(draw_barge_in(content=False, person=calm_person, rng=rng) for _ in range(1_000))


def test_silences_are_as_long_as_measured():
    rng = RandomDraws(2)
    silences = sorted(draw_silence_ms(content=False, rng=rng) for _ in range(5_000))
    assert silences[2_500] == pytest.approx(fit().misunderstood.gap.median_ms, rel=0.05)


def test_a_person_hears_an_error_and_mostly_sees_a_wrong_deed():
    situation = _situation()
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


# Settled people


def test_settled_people_put_first_what_works_and_ask_less_for_what_never_does():
    working, failing = "turn on the kitchen light", "put the kitchen light on"
    lamp_want = Want("light on", 4.0, wordings=(failing, working), target="light.kitchen_light")
    hopeless_want = Want("light on", 4.0, wordings=(failing,), target="light.kitchen_light")
    private_want = Want("nickname on", 4.0, wordings=(failing,), target="light.kitchen_light")
    person = msgspec.structs.replace(PERSON, wants=(lamp_want, hopeless_want, private_want) * 200)
    outcomes = [
        SpeechOutcome(request=wording, voice="slt", condition="clean", nbest=((wording, 0.9),), duration_ms=1, asr_ms=1)
        for wording in (working, failing)
    ]
    [habituated] = habituate(HOME, (person,), HouseholdAssistant(), RecordedSpeech(outcomes), 2026)
    first_wordings = [want.wordings[0] for want in habituated.wants[::3]]
    assert 0.75 < np.mean([wording == working for wording in first_wordings]) < 0.95
    assert {want.weight for want in habituated.wants[1::3]} == {4.0, 0.8}
    assert habituated.wants[2::3] == person.wants[2::3]


def test_dice_are_fair_enough():
    rng = RandomDraws(1)
    assert np.mean([rng.uniform() for _ in range(20_000)]) == pytest.approx(0.5, abs=0.01)
    assert np.mean([rng.weighted_index((1.0, 3.0)) for _ in range(20_000)]) == pytest.approx(0.75, abs=0.01)
    assert {rng.choose("abc") for _ in range(100)} == set("abc")
