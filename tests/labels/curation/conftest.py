"""What holds for the examples of any log, whichever way they are collected."""

import pytest


@pytest.fixture(scope="session")
def check_examples():
    """Return a check of the bounds of collected examples, and of their independence of the order of the log."""

    def check(collect, log, sure):
        examples = collect(log, sure=sure)
        assert examples == collect(log[::-1], sure=sure)
        assert len({example.text for example in examples}) == len(examples)
        for example in examples:
            assert sure <= example.probability <= 0.99
            assert example.users >= 2
            assert example.times >= 1

    return check
