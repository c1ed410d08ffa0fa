from sayagain.household.meaning import find_meaning
from sayagain.household.people import population
from sayagain.household.skills import make_plan

HOUSES, PEOPLE = population(2026)


def test_every_want_has_a_meaning_that_can_be_done(make_situation):
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                area = want.area or home.satellites[0].area
                meaning = find_meaning(want, want.wordings[0], make_situation(area, person=person, home=home))
                if want.kind == "impossible":
                    assert meaning.deed is None
                elif want.kind != "family":
                    assert meaning.deed is not None, want


def test_a_perfect_reading_fails_only_where_words_denote_several_things(make_situation):
    wrong_count = want_count = 0
    for home in HOUSES[:25]:
        for person in (p for p in PEOPLE if p.home == home.id):
            for want in person.wants:
                if want.kind in {"family", "impossible"}:
                    continue
                situation = make_situation(want.area or home.satellites[0].area, person=person, home=home)
                meaning = find_meaning(want, want.wordings[0], situation)
                want_count += 1
                plan = make_plan(meaning.hypothesis, situation.place)
                if plan.deed != meaning.deed:
                    wrong_count += 1
                    assert any(r.status == "ambiguous" for r in plan.resolution), (want, plan)
    assert 0 < wrong_count / want_count < 0.1
