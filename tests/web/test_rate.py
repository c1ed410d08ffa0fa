from hypothesis import given
from hypothesis import strategies as st

from sayagain.web.rate import RateLimit


@given(st.floats(0.1, 100), st.lists(st.floats(0, 5), min_size=1, max_size=80))
def test_never_more_than_the_rate_and_its_burst(rate, pauses):
    now = 0.0
    limit = RateLimit(rate, clock=lambda: now)
    served = 0
    for pause in pauses:
        now += pause
        served += limit.wait("a") == 0
    assert 1 <= served <= max(2 * rate, 1) + now * rate + 1e-6


@given(st.floats(0.1, 100), st.integers(1, 300))
def test_who_waits_as_told_is_served(rate, before):
    now = 0.0
    limit = RateLimit(rate, clock=lambda: now)
    for _ in range(before):
        wait = limit.wait("a")
    now += wait
    assert limit.wait("a") == 0 or wait == 0


def test_no_limit_and_few_memories():
    assert not any(RateLimit(0).wait("a") for _ in range(1000))
    limit = RateLimit(1, clock=lambda: 0.0)
    for client in range(10_050):
        limit.wait(str(client))
    assert len(limit._left) == 10_000
