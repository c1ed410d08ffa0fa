import pytest

import sayagain
from sayagain.lazy_imports import lazy_exports


def test_a_name_is_found_where_it_is_defined():
    assert lazy_exports("sayagain", {"Turn": "turns"})("Turn") is sayagain.Turn


def test_a_name_that_the_package_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'sayagain' has no attribute 'Trun'"):
        lazy_exports("sayagain", {"Turn": "turns"})("Trun")
