import pytest

from sayagain.errors import CorruptModel
from sayagain.models import Tokenizer, find_checkpoint


@pytest.fixture(scope="module")
def minilm():
    return Tokenizer(find_checkpoint().tokenizer, max_tokens=12)


def test_each_token_knows_where_it_stands(minilm):
    [tokens] = minilm.encode(["Turn on the lamp"])
    words = ["Turn on the lamp"[start:end] for start, end in tokens.offsets]
    assert words == ["", "Turn", "on", "the", "lamp", ""]
    assert len(tokens.ids) == 6
    assert set(tokens.types) == {0}


def test_a_pair_says_which_text_is_which(minilm):
    [tokens] = minilm.encode([("lamp on", "radio off")])
    assert tokens.types.tolist() == [0, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("text", ["lamp " * 50, ("lamp " * 50, "on"), ("on", "lamp " * 50)])
def test_what_is_too_long_is_cut_off(minilm, text):
    [tokens] = minilm.encode([text])
    assert len(tokens.ids) == 12


@pytest.mark.parametrize("text", ["", " ", "\ud800 lamp", "\x00", "🎵", "e" * 500])
def test_any_text_can_be_read(minilm, text):
    [tokens] = minilm.encode([text])
    assert 2 <= len(tokens.ids) <= 12


def test_lengths_are_each_texts_own(minilm):
    assert [len(tokens.ids) for tokens in minilm.encode(["on", "turn on the lamp"])] == [3, 6]


def test_a_file_that_is_no_tokenizer_is_damage(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(CorruptModel, match=r"tokenizer\.json: is no tokenizer"):
        Tokenizer(tmp_path / "tokenizer.json", max_tokens=12)
