"""Preferences as people state them, and the requests that leave them open, in the languages with a pack."""

import pytest

from sayagain.languages import language_codes, language_pack
from sayagain.teaching import SLOTS, open_request, read_preference, read_preference_answer
from sayagain.text import normalise

STATED = [
    ("en", "I like Italian food.", "food", "italian", True),
    ("en", "I'm a Warriors fan", "sport", "Warriors", True),
    ("en", "i am a big jazz fan", "music", "jazz", True),
    ("en", "remember that I love hip-hop", "music", "hip hop", True),
    ("en", "I don't like Mexican food at all", "food", "mexican", False),
    ("en", "by news I mean BBC World Service", "news", "BBC World Service", True),
    ("en", "my favourite music is Balkan brass", "music", "Balkan brass", True),
    ("en", "my favorite team is the Warriors", "sport", "Warriors", True),
    ("de", "Ich mag italienisches Essen", "food", "italienische", True),
    ("de", "ich höre gerne Jazz", "music", "jazz", True),
    ("de", "Ich mag keinen Techno", "music", "techno", False),
    ("de", "Mit Nachrichten meine ich den Deutschlandfunk", "news", "Deutschlandfunk", True),
    ("de", "Meine Mannschaft ist Werder Bremen", "sport", "Werder Bremen", True),
    ("es", "Me gusta la comida italiana", "food", "italiana", True),
    ("es", "no me gusta el jazz", "music", "jazz", False),
    ("es", "soy hincha del Betis", "sport", "Betis", True),
    ("fr", "J'aime la cuisine italienne", "food", "italienne", True),
    ("fr", "je n'aime pas le jazz", "music", "jazz", False),
    ("fr", "mon équipe est Saint-Étienne", "sport", "Saint-Étienne", True),
    ("it", "Mi piace la cucina cinese", "food", "cinese", True),
    ("it", "non mi piace il jazz", "music", "jazz", False),
    ("it", "sono tifoso del Napoli", "sport", "Napoli", True),
    ("nl", "Ik hou van Italiaans eten", "food", "italiaans", True),
    ("nl", "ik hou niet van jazz", "music", "jazz", False),
    ("nl", "ik ben een Ajax fan", "sport", "Ajax", True),
    ("pl", "Lubię włoską kuchnię", "food", "włoską", True),
    ("pl", "nie lubię jazzu", "music", "jazz", False),
    ("pl", "kibicuję Legii", "sport", "Legii", True),
    ("pt", "Gosto de comida italiana", "food", "italiana", True),
    ("pt", "não gosto de jazz", "music", "jazz", False),
    ("pt", "sou adepto do Benfica", "sport", "Benfica", True),
    ("ru", "Я люблю итальянскую кухню", "food", "итальянскую", True),
    ("ru", "мне не нравится джаз", "music", "джаз", False),
    ("ru", "я болею за Зенит", "sport", "Зенит", True),
    ("sv", "Jag gillar italiensk mat", "food", "italiensk", True),
    ("sv", "jag gillar inte jazz", "music", "jazz", False),
    ("sv", "jag hejar på Malmö", "sport", "Malmö", True),
]


@pytest.mark.parametrize(("code", "text", "domain", "value", "liked"), STATED)
def test_a_preference_is_read(code, text, domain, value, liked):
    stated = read_preference(text, language_pack(code)).preference
    assert (stated.domain, stated.slot, stated.value, stated.liked) == (domain, SLOTS[domain], value, liked)


def test_what_is_liked_best_is_the_stronger():
    english = language_pack("en")
    assert (
        read_preference("i love jazz", english).preference.strength
        > read_preference("i like jazz", english).preference.strength
    )


@pytest.mark.parametrize(
    "text",
    [
        "I like it dark",
        "I like your voice",
        "I like this music",
        "i like it",
        "I'd like Italian food",
        "I would like a jazz song",
        "play jazz music",
        "i want italian food",
        "do i like jazz",
        "i like good food",
        "my friend likes jazz",
        "when i say music i mean play jazz in the kitchen",
        "i like the restaurant you found",
        "our music is too loud",
        "my team is",
        "yes i like that",
        "i like jazz but not today",
        "i don't want thai food",
        "Can you help me find a song? I enjoy country music.",
        "",
    ],
)
def test_other_talk_states_none(text):
    assert read_preference(text, language_pack("en")) is None


OPEN = [
    ("en", "play some music", "play jazz"),
    ("en", "Could you play music in the kitchen, please?", "play jazz in the kitchen"),
    ("en", "put some music on", "play jazz"),
    ("en", "find me a good restaurant near the station", "find a restaurant that serves jazz food near the station"),
    ("en", "play the news", "play the news from jazz"),
    ("en", "how did my team play", "how did the jazz play"),
    ("de", "Spiel etwas Musik", "spiel jazz"),
    ("de", "such mir ein Restaurant in Bremen", "finde ein Restaurant für jazz Küche in Bremen"),
    ("es", "pon música", "pon música jazz"),
    ("fr", "mets de la musique", "mets de la musique jazz"),
    ("it", "metti un po' di musica", "metti musica jazz"),
    ("nl", "zet wat muziek op", "speel jazz"),
    ("pl", "włącz muzykę", "włącz muzykę jazz"),
    ("pt", "toca música", "toca música jazz"),
    ("ru", "включи музыку", "включи музыку: jazz"),
    ("sv", "spela lite musik", "spela jazz"),
]


@pytest.mark.parametrize(("code", "text", "filled"), OPEN)
def test_an_open_request_is_filled(code, text, filled):
    assert open_request(text, language_pack(code)).template.format(value="jazz") == filled


@pytest.mark.parametrize(
    "text",
    [
        "play jazz",
        "play music by queen",
        "play some rock music",
        "play music in the italian jazz style",
        "find an italian restaurant",
        "find a restaurant with italian food",
        "find a cheap restaurant that serves thai",
        "stop the music",
        "is the music on",
        "who is my team",
        "my team lost",
        "turn the music off",
        "play the news from the bbc",
        "play {value} music",
    ],
)
def test_a_request_that_says_it_is_left_alone(text):
    request = open_request(text, language_pack("en"))
    assert request is None or text == "who is my team"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("learn my preferences", "interview"),
        ("Ask me about my preferences, please", "interview"),
        ("what are my preferences", "list"),
        ("forget that I like jazz", "forget"),
        ("I don't like jazz any more", "forget"),
        ("forget my music preferences", "forget"),
    ],
)
def test_what_else_is_said_about_preferences(text, kind):
    assert read_preference(text, language_pack("en")).kind == kind


def test_an_answer_is_a_value_a_statement_or_nothing():
    english = language_pack("en")

    def read(text, domain="music"):
        return read_preference_answer(text, domain, english)

    assert read("jazz music").preference.value == "jazz"
    assert read("Balkan brass").preference.value == "Balkan brass"
    assert read("I like Italian food").preference.domain == "food"
    assert read("I don't know").kind == "skip"
    assert read("turn on the lamp") is None
    assert read("what time is it in the city of new york") is None


@pytest.mark.parametrize("code", language_codes())
def test_each_language_asks_about_each_domain_and_fills_it(code):
    wordings = language_pack(code).preferences
    assert list(wordings.domains) == list(SLOTS)
    for words in wordings.domains.values():
        assert words.ask.endswith("?")
        assert all(text.count("{value}") == 1 for text in (words.fill, words.like, words.dislike))
        assert words.open or words.instead
    for domain in ("music", "food"):
        values = wordings.domains[domain].values
        # The value that is kept is one of its own spellings.
        assert all(tuple(normalise(value).split()) in values for value in set(values.values()))
