import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.releases import mapped_table as mapped
from sayagain.releases.mapped_table import MappedTable, encode_table


class Record(msgspec.Struct, frozen=True):
    words: str
    times: float


RECORDS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.builds(Record, st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False)),
    max_size=20,
)


def write(records):
    return MappedTable(encode_table(records), Record)


@settings(max_examples=60, deadline=None)
@given(records=RECORDS, other=st.text())
def test_a_table_is_the_dict_that_it_was_written_from(records, other):
    table = write(records)
    assert dict(table) == records
    assert len(table) == len(records)
    assert table.get(other) == records.get(other)
    assert (other in table) == (other in records)
    for key, record in records.items():
        assert table[key] == record
    if other not in records:
        with pytest.raises(KeyError):
            table[other]


@settings(deadline=None)
@given(RECORDS, st.randoms())
def test_equal_mappings_give_equal_bytes(records, dice):
    keys = list(records)
    dice.shuffle(keys)
    assert encode_table({key: records[key] for key in keys}) == encode_table(records)


def test_an_empty_table_knows_nothing():
    table = write({})
    assert (dict(table), len(table), table.get("lamp on")) == ({}, 0, None)


def test_keys_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(mapped, "text_code", len)
    records = {"aa": Record("1", 1), "bb": Record("2", 2), "c": Record("3", 3)}
    table = write(records)
    assert dict(table) == records
    assert table.get("dd") is None


@pytest.mark.parametrize(
    "records", [{"lamp \ud800": Record("x", 1)}, {"lamp": Record("\ud800", 1)}], ids=["key", "record"]
)
def test_half_a_character_is_no_text_and_is_refused_in_one_sentence(records):
    with pytest.raises(InputError, match=r"ud800.*: holds half a surrogate pair; expected valid Unicode$"):
        encode_table(records)
