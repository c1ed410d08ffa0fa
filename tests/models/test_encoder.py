import numpy as np
import pytest

from sayagain.models import load_encoder

TEXTS = [
    "turn on the lamp",
    "turn off the lamp",
    "play some jazz in the kitchen please",
    "play jazz",
    "what is the weather",
    "stop",
    "",
    "set a timer for five minutes",
    "set a timer for ten minutes",
]


@pytest.fixture(scope="module")
def minilm():
    return load_encoder()


@pytest.fixture
def small(made, tmp_path):
    return load_encoder(made.encoder(tmp_path / "encoder"))


def test_a_vector_has_length_one_and_likeness_is_their_product(minilm):
    vectors = minilm.vectors(["turn on the kitchen light", "switch the light in the kitchen on", "play some jazz"])
    assert vectors.shape == (3, minilm.size) == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.8
    assert likeness[0, 2] < 0.3


def test_a_vector_is_the_same_to_the_bit_in_any_company_and_on_any_number_of_threads(minilm):
    together = minilm.vectors(TEXTS)
    alone = np.concatenate([minilm.vectors([text]) for text in TEXTS])
    backwards = load_encoder(threads=2).vectors(TEXTS[::-1])[::-1]
    assert together.tobytes() == alone.tobytes() == np.ascontiguousarray(backwards).tobytes()


def test_no_text_gives_zeros_and_a_text_given_twice_one_vector(small):
    vectors = small.vectors(["lamp on", None, "lamp on", ""])
    assert not vectors[1].any()
    assert (vectors[0] == vectors[2]).all()
    # An empty text is a text.
    assert vectors[3].any()


def test_no_texts_give_no_vectors(small, made):
    assert small.vectors([]).shape == (0, made.width)
    assert small.tokens([]) == []


def test_the_mean_is_over_all_tokens_of_a_text_and_the_first_is_the_first(made, tmp_path):
    mean = load_encoder(made.encoder(tmp_path / "mean"))
    first = load_encoder(made.encoder(tmp_path / "first", pooling="first"))
    [tokens] = mean.tokens(["turn the lamp on"])
    for encoder, wanted in ((mean, tokens.vectors.mean(0)), (first, tokens.vectors[0])):
        [vector] = encoder.vectors(["turn the lamp on"])
        assert vector == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)


def test_tokens_come_in_the_order_of_the_texts(small):
    texts = ["turn on the lamp", "play", "lamp off", ("play", "jazz on"), "play"]
    found = small.tokens(texts)
    assert [len(each.vectors) for each in found] == [len(each.tokens.ids) for each in found] == [6, 3, 4, 6, 3]
    for text, each in zip(texts, found, strict=True):
        assert (each.vectors == small.tokens([text])[0].vectors).all()


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_a_whole_read_with_its_tokens_is_the_vector_of_the_text_to_the_bit(made, tmp_path, pooling):
    folder = made.encoder(tmp_path / pooling, pooling=pooling)
    texts = [" ".join(["lamp", "on", "play"] * (at % 7) + ["off"] * at) for at in range(40)]
    wanted = load_encoder(folder).vectors(texts)
    for threads in (1, 2):
        found = load_encoder(folder, threads=threads).tokens(texts[::-1])[::-1]
        assert np.stack([each.whole for each in found]).tobytes() == wanted.tobytes()


def test_what_one_length_fills_several_batches_with_comes_whole_and_in_order(made, tmp_path):
    folder = made.encoder(tmp_path / "encoder")
    texts = [f"{word} {other}" for word in ("lamp", "play", "turn") for other in ("on", "off", "jazz")] * 90
    alone = {text: load_encoder(folder).tokens([text])[0].vectors for text in dict.fromkeys(texts)}
    for threads in (1, 3):
        found = load_encoder(folder, threads=threads).tokens(texts)
        assert all((each.vectors == alone[text]).all() for text, each in zip(texts, found, strict=True))


def test_vectors_are_kept_between_runs(made, tmp_path):
    folder = made.encoder(tmp_path / "encoder")
    first = load_encoder(folder, cache=tmp_path / "vectors.db").vectors(["lamp on", None])
    told = []
    again = load_encoder(folder, cache=tmp_path / "vectors.db")
    vectors = again.vectors(["lamp on", "lamp off"], progress=lambda *so_far: told.append(so_far))
    assert (vectors[0] == first[0]).all()
    # Only what was new was computed.
    assert told == [("encoding texts", 1, 1)]


def test_another_encoder_finds_nothing_of_the_first(made, tmp_path):
    cache = tmp_path / "vectors.db"
    one = load_encoder(made.encoder(tmp_path / "one"), cache=cache).vectors(["lamp on"])
    other = load_encoder(made.encoder(tmp_path / "other", seed=2), cache=cache).vectors(["lamp on"])
    assert (one != other).any()
