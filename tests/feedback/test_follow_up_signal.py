import pytest

from sayagain.feedback import follow_up
from sayagain.turns import Response

LOST = {"response": Response(type="error", error_code="no_intent_match")}


def weather(intent="Weather", **slots):
    return {"hypothesis": (intent, slots), "domain": "weather"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("weather in rome", weather(city="rome")), ("sunset", weather("Sunset", city="rome"))),
        (("weather in rome", weather(city="rome")), ("any wind", weather("Wind"))),
        (("weather in rome", {}), ("and tomorrow", {})),
        (("weather in rome", {}), ("what about paris", {})),
        (("find a restaurant", {}), ("book it", {})),
    ],
)
def test_a_request_that_builds_on_the_answer(session, first, second):
    (signal,) = follow_up(session(first, second))
    assert (signal.turn_id, signal.kind, signal.positive) == ("t0", "follow-up", True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("weather in rome", {**weather(city="rome"), **LOST}), ("sunset", weather("Sunset", city="rome"))),
        (("weather in rome", weather(city="rome")), ("sunset in rome", {})),
        (("weather in rome", weather(city="rome")), ("weather in rome", weather(city="rome"))),
        (("weather in rome", weather(city="rome")), ("weather in paris", weather(city="paris"))),
        (("turn on the lamp", {}), ("turn it off", {})),
        (("play maj and dragons", {}), ("play it and dragons", {"started": 90_000})),
        (("weather in rome", {}), ("no what about paris", {})),
        (("turn on a lamp", {"response": Response(text="Which one?")}), ("the first one", {})),
        (("what time is it", {}), ("is it raining", {})),
        (("what time is it", {}), ("thank you too", {})),
        (("weather", weather()), ("never mind", weather("Cancel"))),
    ],
)
def test_a_request_that_does_not_build_on_the_answer(session, first, second):
    assert follow_up(session(first, second)) == []


def test_the_same_thing_tells_more_than_the_same_domain(session):
    thing = follow_up(session(("a", weather(city="rome")), ("b", weather("Sunset", city="rome"))))
    domain = follow_up(session(("a", weather(city="rome")), ("b", weather("Sunset", city="paris"))))
    assert thing[0].strength > domain[0].strength
