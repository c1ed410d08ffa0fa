"""Training of the tagger on sentences of one form: it reads others of the form, and no other."""

import msgspec
import pytest

from sayagain.languages import language_pack
from sayagain.models import Card, load_encoder
from sayagain.teaching.training import TAGGER, tagged_items, train_tagger, write_tagger

pytestmark = pytest.mark.train

EN = language_pack("en")
PHRASES = ("study mode", "party time", "moonlight", "lights out", "tea", "big game", "night shift", "hygge")
MEANINGS = ("dim the lamp", "play jazz", "turn off the radio", "close the blinds in the attic")


def lesson(phrase, means):
    text = f"{phrase} maps onto {means}"
    start = len(phrase) + len(" maps onto ")
    return text, (0, len(phrase)), (start, start + len(means))


def test_it_learns_a_form_and_is_exported_as_it_was_trained(tmp_path):
    encoder = load_encoder()
    taught = [lesson(phrase, means) for phrase in PHRASES[:6] for means in MEANINGS]
    others = [(f"{means} {when}", None, None) for means in MEANINGS for when in ("now", "at seven", "please", "again")]
    items = tagged_items([*taught, *others], EN, encoder)
    assert items[0]["tags"].tolist() == [1, 1, 0, 0, 2, 2, 2]
    assert items[0]["edges"].tolist() == [0, 1, 4, 6]
    network = train_tagger(items, settings=msgspec.structs.replace(TAGGER, epochs=40, batch=8))
    card = Card(does="tags", limits="one form")
    tagger = write_tagger(
        network, tmp_path / "tagger", [items[0], items[3]], encoder, data="made up", card=card, seed=1, metrics={}
    )
    text, _, _ = lesson(PHRASES[6], "play jazz")
    sentence = tagger.read(text, EN)
    assert sentence.probability > 0.5
    assert sentence.readings[0][:2] == ((0, 2), (4, 6))
    assert tagger.read("turn off the radio at seven", EN).probability < 0.5
