import io

import numpy as np

from sayagain.guardrails import known_words
from sayagain.releases.vocabulary_file import HashedTexts, encode_vocabulary, hashed_weight
from sayagain.rewriting.likeness_features import word_weights

TEXTS = ["turn on the lamp", "turn off the lamp", "play l'entrée", "play jazz"]


def arrays(texts):
    files = encode_vocabulary(texts)
    return {name: np.load(io.BytesIO(content)) for name, content in files.items()}


def test_every_word_and_pair_of_a_request_is_held_and_no_other():
    held = HashedTexts(arrays(TEXTS)["index-worked.npy"])
    assert all(text in held for text in known_words(TEXTS))
    assert "lamp jazz" not in held
    assert "" not in held
    assert None not in held


def test_weights_are_those_that_were_counted_and_an_unknown_word_is_the_rarest():
    files = arrays(TEXTS)
    weight = hashed_weight(files["index-words.npy"], files["index-word-weights.npy"])
    counted = word_weights(TEXTS)
    assert {word: weight(word) for word in counted} == counted
    assert weight("kerosene") == max(counted.values())


def test_no_requests_have_no_words():
    files = arrays([])
    assert "lamp" not in HashedTexts(files["index-worked.npy"])
    assert hashed_weight(files["index-words.npy"], files["index-word-weights.npy"])("lamp") == 1.0
