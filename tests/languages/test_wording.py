import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.languages import language_codes, language_pack, spoken_words


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("en", "Don’t open the children's room", "dont open the childrens room"),
        ("de", "Schließe die TÜR", "schliesse die tür"),
        ("fr", "N'ouvre pas la porte de l’entrée", "n ouvre pas la porte de l entrée"),
        ("fr", "Est-elle ouverte aujourd'hui ?", "est elle ouverte aujourdhui"),
        ("nl", "zet de tv's aan", "zet de tvs aan"),
        ("es", "¡Enciéndela!", "enciende la"),
        ("es", "apágalas y ciérralo", "apaga las y cierra lo"),
        # Nouns that end like a verb with its pronoun.
        ("es", "la sala y la bombilla", "la sala y la bombilla"),
        ("es", "dame la hora", "dame la hora"),
    ],
)
def test_elided_words_and_joined_pronouns_stand_by_themselves(code, text, words):
    assert spoken_words(text, language_pack(code)) == tuple(words.split())


@given(st.text())
def test_words_that_were_parted_are_parted_no_further(text):
    for pack in map(language_pack, language_codes()):
        words = spoken_words(text, pack)
        assert "'" not in "".join(words)
        assert spoken_words(" ".join(words), pack) == words
