import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.models import Categories

RECORDS = st.lists(st.fixed_dictionaries({}, optional={"domain": st.none() | st.text(max_size=3), "kind": st.text()}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, RECORDS)
def test_known_values_keep_their_numbers_apart_and_others_are_unknown(seen, others):
    fields = Categories.of([{"domain": None, "kind": None}, *seen])
    codes = fields.codes([*seen, *others])
    for record, row in zip([*seen, *others], codes, strict=True):
        for code, (name, known) in zip(row, fields.values.items(), strict=True):
            value = record.get(name)
            assert code == (0 if value is None else known.index(value) + 2 if value in known else 1)
    assert (codes < np.array(fields.sizes)).all()


def test_rare_values_count_as_unknown():
    fields = Categories.of([{"d": "often"}, {"d": "often"}, {"d": "once"}], at_least=2)
    assert fields.codes([{"d": "often"}, {"d": "once"}]).tolist() == [[2], [1]]


def test_the_order_of_the_records_does_not_matter():
    records = [{"d": "b", "k": "x"}, {"d": "a"}, {"k": "y", "d": "c"}]
    assert Categories.of(records) == Categories.of(records[::-1])


def test_without_fields_there_are_no_columns():
    assert Categories({}).codes([{"d": "a"}]).shape == (1, 0)
