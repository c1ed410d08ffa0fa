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
def small(write, tmp_path):
    return load_encoder(write.encoder(tmp_path / "encoder"))


def test_a_vector_has_length_one_and_likeness_is_their_product(minilm):
    vectors = minilm.vectors(["turn on the kitchen light", "switch the light in the kitchen on", "play some jazz"])
    assert vectors.shape == (3, minilm.size) == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.8
    assert likeness[0, 2] < 0.3


def test_a_vector_is_the_same_to_the_bit_in_any_company_and_on_any_number_of_threads(minilm):
    batch_vectors = minilm.vectors(TEXTS)
    single_vectors = np.concatenate([minilm.vectors([text]) for text in TEXTS])
    reversed_vectors = load_encoder(threads=2).vectors(TEXTS[::-1])[::-1]
    assert batch_vectors.tobytes() == single_vectors.tobytes() == np.ascontiguousarray(reversed_vectors).tobytes()


def test_no_text_gives_zeros_and_a_text_given_twice_one_vector(small):
    vectors = small.vectors(["lamp on", None, "lamp on", ""])
    assert not vectors[1].any()
    assert (vectors[0] == vectors[2]).all()
    # An empty text is a text.
    assert vectors[3].any()


def test_no_texts_give_no_vectors(small, write):
    assert small.vectors([]).shape == (0, write.width)
    assert small.tokens([]) == []


def test_the_mean_is_over_all_tokens_of_a_text_and_the_first_is_the_first(write, tmp_path):
    mean = load_encoder(write.encoder(tmp_path / "mean"))
    first = load_encoder(write.encoder(tmp_path / "first", pooling="first"))
    [tokens] = mean.tokens(["turn the lamp on"])
    for encoder, expected in ((mean, tokens.vectors.mean(0)), (first, tokens.vectors[0])):
        [vector] = encoder.vectors(["turn the lamp on"])
        assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)


def test_tokens_come_in_the_order_of_the_texts(small):
    texts = ["turn on the lamp", "play", "lamp off", ("play", "jazz on"), "play"]
    results = small.tokens(texts)
    assert (
        [len(result.vectors) for result in results] == [len(result.tokens.ids) for result in results] == [6, 3, 4, 6, 3]
    )
    for text, result in zip(texts, results, strict=True):
        assert (result.vectors == small.tokens([text])[0].vectors).all()


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_a_whole_read_with_its_tokens_is_the_vector_of_the_text_to_the_bit(write, tmp_path, pooling):
    folder = write.encoder(tmp_path / pooling, pooling=pooling)
    texts = [" ".join(["lamp", "on", "play"] * (number % 7) + ["off"] * number) for number in range(40)]
    expected = load_encoder(folder).vectors(texts)
    for threads in (1, 2):
        results = load_encoder(folder, threads=threads).tokens(texts[::-1])[::-1]
        assert np.stack([result.whole for result in results]).tobytes() == expected.tobytes()


def test_what_one_length_fills_several_batches_with_comes_whole_and_in_order(write, tmp_path):
    folder = write.encoder(tmp_path / "encoder")
    texts = [f"{word} {last_word}" for word in ("lamp", "play", "turn") for last_word in ("on", "off", "jazz")] * 90
    expected = {text: load_encoder(folder).tokens([text])[0].vectors for text in dict.fromkeys(texts)}
    for threads in (1, 3):
        results = load_encoder(folder, threads=threads).tokens(texts)
        assert all((result.vectors == expected[text]).all() for text, result in zip(texts, results, strict=True))


def test_vectors_are_kept_between_runs(write, tmp_path):
    folder = write.encoder(tmp_path / "encoder")
    first = load_encoder(folder, cache=tmp_path / "vectors.db").vectors(["lamp on", None])
    steps = []
    reopened = load_encoder(folder, cache=tmp_path / "vectors.db")
    vectors = reopened.vectors(["lamp on", "lamp off"], progress=lambda *step: steps.append(step))
    assert (vectors[0] == first[0]).all()
    # Only the new text was encoded.
    assert steps == [("encoding texts", 1, 1)]


def test_another_encoder_finds_nothing_of_the_first(write, tmp_path):
    cache = tmp_path / "vectors.db"
    first = load_encoder(write.encoder(tmp_path / "one"), cache=cache).vectors(["lamp on"])
    second = load_encoder(write.encoder(tmp_path / "other", seed=2), cache=cache).vectors(["lamp on"])
    assert (first != second).any()
