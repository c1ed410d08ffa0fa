"""Values of JSON, read as the type that is expected."""

import pytest

from sayagain.assistants.json_values import as_list, as_mapping, as_text

VALUES = [None, True, 0, 1.5, "", " \n", "lamp", [], ["lamp"], {}, {"a": 1}]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_of_another_type_is_none_or_empty(value):
    assert as_text(value) == (value if value == "lamp" else None)
    assert as_list(value) == (value if isinstance(value, list) else [])
    assert as_mapping(value) == (value if isinstance(value, dict) else {})
