from sayagain.household.agenda import DAY_MS, START, visits
from sayagain.household.people import population

HOUSES, PEOPLE = population(2026)
HOME = HOUSES[0]


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
