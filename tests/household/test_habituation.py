import msgspec
import numpy as np

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.habituation import habituate
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.people import population
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.wants import Want

HOUSES, PEOPLE = population(2026)
HOME = HOUSES[0]
PERSON = PEOPLE[0]


def test_habituated_people_put_first_what_works_and_ask_less_for_what_never_does():
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
