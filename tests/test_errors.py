import re

import pytest

from sayagain import errors
from sayagain.errors import SayagainError


def classes():
    return [getattr(errors, name) for name in errors.__all__]


def drawn():
    """The tree in the docstring, as child → parent."""
    parents, above = {}, {-1: None}
    for line in errors.__doc__.splitlines():
        found = re.match(r"^([│ ]*(?:[├└]── )?)([A-Z][A-Za-z]+)(?:\s{2,}|$)", line)
        if found:
            depth = len(found[1]) // 4
            above[depth] = found[2]
            parents[found[2]] = above[depth - 1]
    return parents


def test_the_tree_is_drawn_as_it_is():
    real = {kind.__name__: kind.__bases__[0].__name__ for kind in classes() if kind is not SayagainError}
    assert drawn() == {**real, "SayagainError": None}


@pytest.mark.parametrize("kind", classes())
def test_one_base_catches_them_all(kind):
    with pytest.raises(SayagainError, match="where: what was seen"):
        raise kind("where: what was seen; what was expected")
