import msgspec
import numpy as np
import pytest

from sayagain.household.agenda import DAY_MS, START, visits
from sayagain.household.ambiguity import FAMILIES
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
OF = {family.name: family for family in FAMILIES}


def _situation(area="kitchen", *, minute=720, screen=False, memory=None, person=PERSON, home=HOME):
    place = Place(home, Satellite(f"satellite.{area}", area, screen=screen), memory)
    return DaySituation(place, World(home), person, minute, 10_000)


# Agenda


def test_visits_are_in_order_and_within_their_week():
    found = visits(HOME, PEOPLE[:1], 3, 2026)
    assert [visit.time for visit in found] == sorted(visit.time for visit in found)
    assert all(START + 21 * DAY_MS <= visit.time < START + 29 * DAY_MS for visit in found)
    assert found == visits(HOME, PEOPLE[:1], 3, 2026)
    assert found != visits(HOME, PEOPLE[:1], 4, 2026)


def test_people_ask_about_as_often_as_they_are_busy():
    for home in HOUSES[:10]:
        people = tuple(person for person in PEOPLE if person.home == home.id)
        asked = sum(len(v.errands) for week in range(4) for v in visits(home, people, week, 2026) if v.person >= 0)
        expected = 28 * sum(person.requests_per_day for person in people)
        assert 0.8 * expected < asked < 1.35 * expected


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
    assert choose_alternative(OF[family], situation).intent == intent


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_each_other_reading_is_meant_by_someone_somewhere(family):
    """A family whose alternative nobody ever means would be no family."""
    wanted = {other.circumstance for other in family.alternatives}
    found = set()
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
                        found.add(choose_alternative(family, situation).circumstance)
    assert wanted <= found


def test_every_want_has_a_meaning_that_can_be_done():
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                area = want.area or home.satellites[0].area
                found = find_meaning(want, want.wordings[0], _situation(area, person=person, home=home))
                if want.kind == "impossible":
                    assert found.deed is None
                elif want.kind != "family":
                    assert found.deed is not None, want


def test_a_perfect_reading_fails_only_where_words_denote_several_things():
    wrong = total = 0
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                if want.kind in {"family", "impossible"}:
                    continue
                situation = _situation(want.area or home.satellites[0].area, person=person, home=home)
                found = find_meaning(want, want.wordings[0], situation)
                total += 1
                planned = make_plan(found.reading, situation.place)
                if planned.deed != found.deed:
                    wrong += 1
                    assert any(r.status == "ambiguous" for r in planned.resolution), (want, planned)
    assert 0 < wrong / total < 0.1


# Reactions


def _shares(*, content, person=PERSON, count=20_000):
    rng = RandomDraws(5)
    drawn = [draw_reaction(content=content, person=person, teachable=False, rng=rng) for _ in range(count)]
    return {reaction: drawn.count(reaction) / count for reaction in set(drawn)}


def test_an_average_person_reacts_as_measured():
    average = msgspec.structs.replace(PERSON, patience=1.0, repeat_factor=1.0, playfulness=1.0, politeness=1.0)
    bad, good = _shares(content=False, person=average), _shares(content=True, person=average)
    measured = fit().misunderstood
    names = ("repeat", "rephrase", "rephrase_in_part", "correct", "leave", "move_on")
    whole = sum(getattr(measured, name).rate for name in names)
    assert bad["repeat"] == pytest.approx(measured.repeat.rate / whole, abs=0.01)
    assert bad["give up"] == pytest.approx(measured.leave.rate / whole, abs=0.01)
    assert good["again"] == pytest.approx(fit().understood.say_again.rate, abs=0.005)


def test_tempers_matter():
    never = msgspec.structs.replace(PERSON, repeat_factor=0.0, playfulness=0.0, haste=0.0)
    assert "repeat" not in _shares(content=False, person=never)
    assert "again" not in _shares(content=True, person=never)
    rng = RandomDraws(1)
    assert not any(draw_barge_in(content=False, person=never, rng=rng) for _ in range(1_000))


def test_silences_are_as_long_as_measured():
    rng = RandomDraws(2)
    drawn = sorted(draw_silence_ms(content=False, rng=rng) for _ in range(5_000))
    assert drawn[2_500] == pytest.approx(fit().misunderstood.gap.median_ms, rel=0.05)


def test_a_person_hears_an_error_and_mostly_sees_a_wrong_deed():
    situation = _situation()
    want = Want("light on", 1.0, wordings=("turn on the kitchen light",), target="light.kitchen_light")
    found = find_meaning(want, want.wordings[0], situation)
    assistant, rng = HouseholdAssistant(), RandomDraws(3)

    def content(text, area="kitchen"):
        done = assistant.answer(text, situation.place, World(HOME), 0)
        return sum(draw_satisfaction(found, done, area, rng) for _ in range(1_000)) / 1_000

    assert content("turn on the kitchen light") > 0.95
    assert content("make me a sandwich") == 0
    assert content("turn off the kitchen light") < 0.12
    assert content("turn on the bedroom light", area="office") > 0.3


# Settled people


def test_settled_people_put_first_what_works_and_ask_less_for_what_never_does():
    good, bad = "turn on the kitchen light", "put the kitchen light on"
    lamp = Want("light on", 4.0, wordings=(bad, good), target="light.kitchen_light")
    hopeless = Want("light on", 4.0, wordings=(bad,), target="light.kitchen_light")
    private = Want("nickname on", 4.0, wordings=(bad,), target="light.kitchen_light")
    person = msgspec.structs.replace(PERSON, wants=(lamp, hopeless, private) * 200)
    heard = [
        SpeechOutcome(request=say, voice="slt", condition="clean", nbest=((say, 0.9),), duration_ms=1, asr_ms=1)
        for say in (good, bad)
    ]
    [settled] = habituate(HOME, (person,), HouseholdAssistant(), RecordedSpeech(heard), 2026)
    first = [want.wordings[0] for want in settled.wants[::3]]
    assert 0.75 < np.mean([say == good for say in first]) < 0.95
    assert {want.weight for want in settled.wants[1::3]} == {4.0, 0.8}
    assert settled.wants[2::3] == person.wants[2::3]


def test_dice_are_fair_enough():
    rng = RandomDraws(1)
    assert np.mean([rng.uniform() for _ in range(20_000)]) == pytest.approx(0.5, abs=0.01)
    assert np.mean([rng.weighted_index((1.0, 3.0)) for _ in range(20_000)]) == pytest.approx(0.75, abs=0.01)
    assert {rng.choose("abc") for _ in range(100)} == set("abc")
