from sayagain.household.people import population


def test_people_differ_in_voice_and_temper():
    _, people = population(2026)
    assert len({person.voice for person in people}) == 6
    assert {person.playfulness for person in people} == {0.0, 1.0, 4.0}
    assert all(abs(sum(person.noise("kitchen")) - 1) < 1e-9 for person in people)
