import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.languages import language_codes, language_pack
from sayagain.teaching import read_correction, read_teaching, split_requests, teaching_request, template_match

EN = language_pack("en")

LESSONS = [
    ("en", "When I say study mode, I mean dim the desk lamp.", "study mode", "dim the desk lamp"),
    ("en", "no when i say party time i mean turn on all the lights", "party time", "turn on all the lights"),
    ("en", "whenever we say lights out, turn off everything", "lights out", "turn off everything"),
    ("en", "from now on if I say “chill”, you should play jazz, please", "chill", "play jazz"),
    ("en", "by news I mean play the radio", "news", "play the radio"),
    ("en", "dim the lights when I say movie night", "movie night", "dim the lights"),
    ("en", "when i say study-mode, then set the lamp to 21.5 %", "study-mode", "set the lamp to 21.5 %"),
    ("en", "Remember that gezellig means dim the lights", "gezellig", "dim the lights"),
    ("de", "Wenn ich Feierabend sage, meine ich mach das Licht aus", "Feierabend", "mach das Licht aus"),
    ("de", "nein, wenn ich Lernmodus sage, sollst du die Lampe dimmen", "Lernmodus", "die Lampe dimmen"),
    ("de", "mit Nachrichten meine ich spiel das Radio", "Nachrichten", "spiel das Radio"),
    ("es", "cuando digo modo estudio quiero decir enciende la lámpara", "modo estudio", "enciende la lámpara"),
    ("fr", "quand je dis bonne nuit, éteins tout", "bonne nuit", "éteins tout"),
    ("fr", "Non, quand je dis mode étude je veux dire allume la lampe", "mode étude", "allume la lampe"),
    ("it", "quando dico modalità studio intendo accendi la lampada", "modalità studio", "accendi la lampada"),
    ("nl", "als ik bedtijd zeg, doe dan alle lampen uit", "bedtijd", "doe dan alle lampen uit"),
    ("nl", "als ik bedtijd zeg bedoel ik doe de lampen uit", "bedtijd", "doe de lampen uit"),
    ("pl", "kiedy mówię tryb nauki, mam na myśli włącz lampkę", "tryb nauki", "włącz lampkę"),
    ("pt", "quando eu disser modo estudo, acende a luz", "modo estudo", "acende a luz"),
    ("ru", "когда я говорю спокойной ночи, выключи свет", "спокойной ночи", "выключи свет"),
    ("sv", "när jag säger läggdags menar jag släck lampan", "läggdags", "släck lampan"),
]

FORGETS = [
    ("en", "forget what I said about study mode", "study mode"),
    ("de", "vergiss bitte Lernmodus", "Lernmodus"),
    ("es", "olvida lo que te dije sobre modo estudio", "modo estudio"),
    ("fr", "oublie ce que je t'ai dit sur mode étude", "mode étude"),
    ("it", "dimentica modalità studio", "modalità studio"),
    ("nl", "vergeet wat ik over bedtijd heb gezegd", "bedtijd"),
    ("pl", "zapomnij tryb nauki", "tryb nauki"),
    ("pt", "esquece o que eu te disse sobre modo estudo", "modo estudo"),
    ("ru", "забудь что значит учёба", "учёба"),
    ("sv", "glöm vad läggdags betyder", "läggdags"),
]

LISTS = [
    ("en", "what did I teach you?"),
    ("de", "Was hab ich dir beigebracht?"),
    ("es", "¿Qué te he enseñado?"),
    ("fr", "qu'est-ce que je t'ai appris ?"),
    ("it", "che cosa ti ho insegnato"),
    ("nl", "wat heb ik je geleerd"),
    ("pl", "czego cię nauczyłam"),
    ("pt", "o que te ensinei"),
    ("ru", "чему я тебя научил"),
    ("sv", "vad har jag lärt dig"),
]

ORDINARY = [
    ("en", "when does the train leave"),
    ("en", "when I say that I mean it"),
    ("en", "when i say stop i mean stop"),
    ("en", "i mean the kitchen lights"),
    ("en", "no i said the kitchen"),
    ("en", "forget it"),
    ("en", "turn on the lights when I get home"),
    ("en", "say good night to the kids"),
    ("en", "call my mother"),
    ("en", "what does gezellig mean"),
    ("en", "i like italian food"),
    ("en", "when i say yes i mean turn on the light"),
    ("en", "hello there. when I say no I mean no"),
    ("de", "wenn ich das sage, dann meine ich das auch"),
    ("de", "vergiss es"),
    ("fr", "quand je dis ça je veux dire autre chose"),
    ("nl", "vergeet het"),
    ("sv", "glöm det"),
]


@pytest.mark.parametrize(("code", "text", "phrase", "means"), LESSONS)
def test_a_lesson_is_recognised_with_the_words_as_they_were_said(code, text, phrase, means):
    request = read_teaching(text, language_pack(code))
    assert (request.kind, request.readings[0][:2]) == ("lesson", (phrase, means))


@pytest.mark.parametrize(("code", "text", "phrase"), FORGETS)
def test_taking_back_is_recognised(code, text, phrase):
    request = read_teaching(text, language_pack(code))
    assert (request.kind, request.readings[0].phrase) == ("forget", phrase)


@pytest.mark.parametrize(("code", "text"), LISTS)
def test_the_question_what_was_taught_is_recognised(code, text):
    assert read_teaching(text, language_pack(code)).kind == "list"


@pytest.mark.parametrize(("code", "text"), ORDINARY)
def test_an_ordinary_request_teaches_nothing(code, text):
    request = read_teaching(text, language_pack(code))
    assert request is None


def test_every_language_is_tried():
    for rows in (LESSONS, FORGETS, LISTS):
        assert {row[0] for row in rows} == set(language_codes())


@pytest.mark.parametrize(
    ("text", "phrase", "means"),
    [
        ("the words study mode mean dim the lamp", "study mode", "dim the lamp"),
        ("study mode is short for dim the lamp", "study mode", "dim the lamp"),
        ("could you watch the news whenever I say study mode", "study mode", "watch the news"),
        ("what happens when I say study mode", "study mode", "what happens"),
    ],
)
def test_what_may_mean_anything_is_a_hint_that_the_assistant_must_understand(text, phrase, means):
    request = read_teaching(text, EN)
    assert not request.certain
    assert (phrase, means) in [reading[:2] for reading in request.readings]


@pytest.mark.parametrize("text", ["call the desk lamp my reading light", "I'll call the desk lamp my reading light"])
def test_a_name_is_recognised_as_one(text):
    reading = read_teaching(text.replace("I'll", "I will"), EN).readings[0]
    assert reading[:3] == ("reading light", "the desk lamp", True)


def test_where_nothing_marks_the_end_of_the_phrase_every_verb_may_begin_the_meaning():
    request = read_teaching("when i say movie night start turn off the lights", EN)
    assert [reading.phrase for reading in request.readings] == ["movie night", "movie night start"]


def test_a_clause_before_the_order_is_no_part_of_the_phrase():
    request = read_teaching("when i say movie night you are welcome to turn off the lights", EN)
    assert [reading[:2] for reading in request.readings] == [("movie night", "turn off the lights")]
    assert read_teaching("when i say i am home turn on the lights", EN).readings[0].phrase == "i am home"
    assert read_teaching("when i say is it cold, turn on the heating", EN).readings[0].phrase == "is it cold"


def test_a_phrase_holds_no_punctuation_and_no_word_that_joins():
    request = read_teaching("when I say study mode, dim the lamp and play jazz", EN)
    assert [reading[:2] for reading in request.readings] == [("study mode", "dim the lamp and play jazz")]


def test_a_long_text_teaches_nothing():
    assert read_teaching("when I say a1 I mean " + "turn on the lamp and " * 20, EN) is None
    assert read_teaching("when i say " + "la " * 9 + "i mean lamp on", EN) is None


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("no, turn on the lamp", "turn on the lamp"),
        ("no i meant turn on the lamp", "turn on the lamp"),
        ("turn on the lamp", None),
        ("no", None),
        ("no i meant", None),
    ],
)
def test_a_correction_of_the_question_begins_with_a_no(text, means):
    request = read_correction(text, "study mode", EN)
    assert (request and request.readings[0][:2]) == (means and ("study mode", means))


@pytest.mark.parametrize(
    ("code", "means", "at_commands", "parts"),
    [
        ("en", "dim the lamp and the light", True, ("dim the lamp and the light",)),
        ("en", "dim the lamp and the light", False, ("dim the lamp", "the light")),
        ("en", "Dim the lamp, then play jazz.", True, ("Dim the lamp", "play jazz")),
        ("de", "mach das Licht aus und spiel Jazz", True, ("mach das Licht aus", "spiel Jazz")),
        ("en", "", True, ("",)),
    ],
)
def test_requests_are_parted_where_the_next_one_begins(code, means, at_commands, parts):
    assert split_requests(means, language_pack(code), at_commands=at_commands) == parts


def test_a_text_that_repeats_itself_is_not_looked_at_for_ever(monkeypatch):
    calls = []
    match = template_match.match_template
    for module in (template_match, teaching_request):
        monkeypatch.setattr(module, "match_template", lambda *given: calls.append(given) or match(*given))
    read_teaching("when i say " * 16, EN)
    assert 0 < len(calls) < 100_000


WORDS = st.lists(
    st.sampled_from(
        [
            "when",
            "i",
            "say",
            "mean",
            "no",
            "by",
            "call",
            "my",
            "forget",
            "what",
            "you",
            ",",
            "and",
            "turn",
            "on",
            "the",
            "lamp",
            "study",
            "mode",
            "”",
            "…",
            "ü'",
            "%",
        ]
    ),
    max_size=14,
).map(" ".join)


@given(text=WORDS | st.text(max_size=60), code=st.sampled_from(language_codes()))
def test_no_text_breaks_it_and_what_it_finds_was_said(text, code):
    pack = language_pack(code)
    for request in (read_teaching(text, pack), read_correction(text, "x", pack)):
        for reading in request.readings if request is not None else ():
            assert reading.phrase in text or reading.phrase == "x"
            assert reading.means in text
    assert all(split_requests(text, pack)) or not text.strip() or len(split_requests(text, pack)) == 1


@pytest.mark.parametrize(
    ("text", "phrase", "means"),
    [
        ("if my wife yells film night, dim the lamp", "film night", "dim the lamp"),
        ("the thing I want when I say film night is dim the lamp", "film night", "dim the lamp"),
        ("I need you to dim the lamp when the kids say film night", "film night", "dim the lamp"),
        ("I'm going to say film night and then you dim the lamp", "film night", "dim the lamp"),
        ("when we shout film night, desk lamp off", "film night", "desk lamp off"),
    ],
)
def test_what_fits_no_template_is_a_lesson_if_the_assistant_understands_it(text, phrase, means):
    request = read_teaching(text, EN)
    assert not request.certain
    assert (phrase, means) in [reading[:2] for reading in request.readings if reading.is_loose]


@pytest.mark.parametrize(
    "text",
    [
        "add milk to my shopping list",
        "add water the plants to my to do list",
        "make the light warm for me",
        "set up a timer for ten minutes",
        "create a reminder that says call mom",
        "learn the weather for tomorrow",
        "turn the lamp on when the kids come home",
        "if it rains close the window",
    ],
)
def test_an_ordinary_request_is_no_lesson(text):
    assert read_teaching(text, EN) is None


@pytest.mark.parametrize(
    ("text", "means"),
    [
        # Nothing that was said is left out of the meaning.
        ("when the kids say film night you brew coffee and dim the lamp", "dim the lamp"),
        ("feed the cat and dim the lamp whenever somebody yells film night", "dim the lamp"),
    ],
)
def test_a_loose_reading_leaves_nothing_out(text, means):
    request = read_teaching(text, EN)
    assert request is None or means not in [reading.means for reading in request.readings]
