import pytest

from benchmarks.cold_start_requests import half_home
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.template_requests import NUMBER, template_requests


@pytest.fixture(scope="module")
def oracle():
    return Oracle(half_home("de", "development"), "de")


@pytest.fixture(scope="module")
def requests(oracle):
    return template_requests(oracle.home, oracle.intents)


def test_they_are_the_same_each_time_and_each_once(oracle, requests):
    assert template_requests(oracle.home, oracle.intents) == requests
    assert len({request.text for request in requests}) == len(requests)


def test_home_assistant_reads_them_as_they_say_where_it_acts(oracle, requests):
    hypotheses = [
        (request, hypothesis)
        for request in requests[::40]
        if (hypothesis := oracle.read(request.text.replace(NUMBER, "40"), oracle.home.areas[1])) is not None
    ]
    same = [request for request, hypothesis in hypotheses if hypothesis.frames[0].intent == request.intent]
    assert len(hypotheses) > 50
    # Some sentences fit two intents.
    assert len(same) >= 0.95 * len(hypotheses)


def test_every_thing_can_be_spoken_of(oracle, requests):
    named = {request.slots.get("name") for request in requests}
    assert {name for entity in oracle.home.exposed for name in entity.names} <= named
