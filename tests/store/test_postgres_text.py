from hypothesis import given
from hypothesis import strategies as st

from sayagain.store.postgres_text import from_postgres, to_postgres

TEXT = st.text() | st.text("\x00\x01\x02a", max_size=6)


@given(TEXT)
def test_text_comes_out_as_it_went_in_and_holds_no_nul(text):
    assert "\x00" not in to_postgres(text)
    assert from_postgres(to_postgres(text)) == text


@given(TEXT, TEXT)
def test_text_sorts_as_before(one, other):
    assert (one < other) == (to_postgres(one).encode("utf-8") < to_postgres(other).encode("utf-8"))
