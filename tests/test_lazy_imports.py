import subprocess
import sys

import pytest

import sayagain
from sayagain.lazy_imports import lazy_exports


def test_a_name_is_found_where_it_is_defined():
    assert lazy_exports("sayagain", {"Turn": "turns"})[0]("Turn") is sayagain.Turn


def test_a_name_that_the_package_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'sayagain' has no attribute 'Trun'"):
        lazy_exports("sayagain", {"Turn": "turns"})[0]("Trun")


def test_the_public_names_are_shown_before_anything_is_imported():
    code = "import sys, sayagain; print(*dir(sayagain)); print('sayagain.learner' in sys.modules)"
    shown, loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert set(sayagain.__all__) <= set(shown.split())
    assert loaded == "False"
