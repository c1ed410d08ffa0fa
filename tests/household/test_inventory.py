from hashlib import sha256

from sayagain.household.inventory import SEED, distinct_requests, needed_deliveries, recording_plan, request_set
from sayagain.household.outcome import CONDITIONS, VOICES
from sayagain.household.phrases import TELEVISION
from sayagain.household.understanding import normalise


def test_requests_are_those_that_were_recorded():
    # Recordings take most of an hour: whoever changes people, homes or phrases must record again, and then this hash.
    digest = sha256("\n".join(distinct_requests(SEED)).encode()).hexdigest()
    assert digest == "09f09c5ed62b7a60aa9b195cd1bcb909e00bc722165c8e77a0802357e0fb0f5d"


def test_requests_are_distinct_and_said_as_recorded():
    requests = distinct_requests(SEED)
    assert len(requests) == len(set(requests)) >= 1_500
    assert all(request.replace("'", "") == normalise(request) for request in requests)


def test_plan_holds_every_request_and_no_delivery_twice():
    plan = recording_plan(SEED, 12_000)
    assert len(plan) == len(set(plan)) == 12_000
    assert {delivery.request for delivery in plan} == request_set(SEED)
    assert {delivery.voice for delivery in plan} == set(VOICES)
    assert {delivery.condition for delivery in plan} == set(CONDITIONS)


def test_a_longer_plan_begins_with_the_shorter():
    assert recording_plan(SEED, 6_000) == recording_plan(SEED, 9_000)[:6_000]


def test_most_of_what_people_need_is_in_the_plan():
    needed = needed_deliveries(SEED)
    plan = set(recording_plan(SEED, 18_000))
    covered_count = sum(expected for delivery, expected in needed if delivery in plan)
    assert covered_count / sum(expected for _, expected in needed) > 0.8


def test_televisions_are_recorded_only_in_lively_rooms():
    conditions = {d.condition for d in recording_plan(SEED, 12_000) if d.request in TELEVISION}
    assert conditions == {"lively"}
