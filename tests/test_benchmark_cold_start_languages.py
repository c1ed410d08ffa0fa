"""The benchmark of the cold start in other languages than English; the figures are of the command."""

import pytest

from benchmarks.cold_start_languages import run_cold_start

AT_MOST = 0.03
"""Share of requests that may be acted on in another way than was meant."""


@pytest.mark.slow
def test_hardly_anything_is_done_wrong_and_much_is_helped():
    everything = run_cold_start("de", "development")["all"]
    total = sum(everything.values())
    assert everything["wrong"] <= AT_MOST * total
    assert everything["asked, wrong after a yes"] <= 0.05 * total
    assert everything["right"] + everything["asked, right after a yes"] > 0.7 * total
