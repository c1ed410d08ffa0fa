"""Rows of words: the inputs of the frame networks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels.frames.frame import TextSpan
from sayagain.labels.frames.rows import APART, ROWS, read_rows, row_arrays, row_shapes, tag_spans, token_tags
from sayagain.models import Tokens, load_encoder, pad


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def tokens(words):
    """Return one token per word, between [CLS] and [SEP]."""
    offsets, start = [(0, 0)], 0
    for word in words:
        offsets.append((start, start + len(word)))
        start += len(word) + 1
    offsets.append((0, 0))
    count = len(offsets)
    return Tokens(ids=np.arange(count), types=np.zeros(count, np.int64), offsets=np.array(offsets))


@given(st.data())
def test_tags_give_the_spans_back(data):
    words = data.draw(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=8))
    text_tokens = tokens(words)
    spans, index = [], 0
    while index < len(words):
        length = data.draw(st.integers(0, len(words) - index))
        if length:
            first, end = text_tokens.offsets[index + 1, 0], text_tokens.offsets[index + length, 1]
            spans.append(TextSpan(data.draw(st.sampled_from(["name", "area"])), int(first), int(end)))
        index += length or 1
    tags = token_tags(text_tokens, spans, {"name": 0, "area": 1})
    assert [span for span, _, _ in tag_spans(text_tokens, tags.tolist(), ["name", "area"])] == spans


@given(st.lists(st.integers(0, 4), min_size=3, max_size=12))
def test_any_tags_give_spans_inside_the_text(tags):
    text_tokens = tokens(["ab"] * (len(tags) - 2))
    for span, first, end in tag_spans(text_tokens, tags, ["name", "area"]):
        assert 0 < first < end < len(tags)
        assert text_tokens.offsets[first, 0] == span.first < span.end == text_tokens.offsets[end - 1, 1]


def test_requests_and_responses_alternate_and_a_missing_response_has_no_row(session, encoder):
    [rows] = read_rows([session(("lamp on", "Done"), ("off", ""), ("thanks", "Sure"))], encoder)
    assert [(row.turn, row.text, row.asked) for row in rows.rows] == [
        (0, "lamp on", True),
        (0, "Done", False),
        (1, "off", True),
        (2, "thanks", True),
        (2, "Sure", False),
    ]


def test_alone_each_request_is_a_part_of_its_own_with_no_response(session, encoder):
    parts = read_rows([session(("lamp on", "Done"), ("off", "Done"))], encoder, alone=True)
    assert [[row.text for row in part.rows] for part in parts] == [["lamp on"], ["off"]]


def test_a_long_session_is_cut_into_parts(session, encoder):
    parts = read_rows([session(*[("on", "Done")] * ROWS)], encoder)
    assert [len(part.rows) for part in parts] == [ROWS, ROWS]


def test_arrays_have_the_axes_that_the_manifest_states(session, encoder):
    parts = read_rows([session(("lamp on", "Done")), session(("lamp off please", "Done"), ("thanks", ""))], encoder)
    batch = pad([row_arrays(part) for part in parts], row_shapes(encoder.size))
    assert batch["words"].shape[:2] == batch["row"].shape
    assert batch["mask"].tolist() == [[True, True, False], [True, True, True]]


def test_between_rows_lie_tokens_of_none_so_that_neighbours_do_not_see_each_other(session, encoder):
    [rows] = read_rows([session(("lamp on", "Done"))], encoder)
    arrays = row_arrays(rows)
    first, second = (np.flatnonzero(arrays["row"] == number) for number in (1, 2))
    assert second[0] - first[-1] > APART
    assert not arrays["words"][arrays["row"] == 0].any()


def test_words_of_responses_are_left_out_where_they_state_no_slots(session, encoder):
    example_session = session(("lamp on", "Done"))
    [rows], [rows_with_answers] = (
        read_rows([example_session], encoder, answers=False),
        read_rows([example_session], encoder),
    )
    assert len(rows.words[1]) == 0 < len(rows_with_answers.words[1])
    assert np.array_equal(rows.vectors, rows_with_answers.vectors)
    assert set(row_arrays(rows)["row"].tolist()) == {0, 1}


def test_an_empty_request_is_read_too(session, encoder):
    [rows] = read_rows([session(("", "Sorry"))], encoder)
    assert row_arrays(rows)["mask"].all()


@pytest.mark.parametrize("answers", [True, False])
def test_a_whole_text_has_the_encoders_vector_to_the_bit_whether_its_words_are_read_or_not(session, encoder, answers):
    example_session = session(("turn on the lamp", "Turned on the lamp"), ("off", "turn on the lamp"), ("", "Sorry"))
    [rows] = read_rows([example_session], encoder, answers=answers)
    assert rows.vectors.tobytes() == encoder.vectors([row.text for row in rows.rows]).tobytes()
    # A response in the words of a request shares them, but its words are read only where responses have slots.
    assert [len(words) > 0 for words in rows.words] == [row.asked or answers for row in rows.rows]
