"""What every language must hold and do; a new one is covered without a new test."""

import re
import tomllib
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from sayagain.feedback import phrases_of, trouble, undo
from sayagain.feedback.abandonment_signal import abandons
from sayagain.feedback.correction_signal import corrects
from sayagain.feedback.phrase_lists import said
from sayagain.guardrails import refuse
from sayagain.guardrails.speech_act import speech_act
from sayagain.languages import (
    DEFAULT,
    Language,
    Whole,
    guess_language,
    language_codes,
    language_of,
    language_pack,
    spoken_words,
    yes_or_no,
)
from sayagain.turns import Response, Session, Turn

PACKS = [language_pack(code) for code in language_codes()]
FIELDS = Language.__struct_fields__
WORDS = [field for field in FIELDS if isinstance(getattr(PACKS[0], field), frozenset)]
PHRASES = ("stops", "questions", "undecided", "inversions", "queries", "polite", "corrections", "reports")
ACTS = ("command", "question", "report", "stop")

# What a language is tried on: `sentences/CODE.toml`, a sentence a line, or two with an equals sign between.
SENTENCES = Path(__file__).parent / "sentences"
CODES = sorted(file.stem for file in SENTENCES.glob("*.toml"))

each_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)


def sentences(code, kind):
    """Return the lines of a kind, such as `question`."""
    return _lines(_read(code)[kind])


def pairs(code, kind):
    """Return the pairs of a kind, such as `negated`."""
    return [tuple(line.split(" = ")) for line in sentences(code, kind)]


def opposites(code):
    """Return the pairs of sentences that differ in a direction, such as on and off."""
    texts = [text for others in _read(code)["directions"].values() for text in others.values()]
    return [tuple(line.split(" = ")) for text in texts for line in _lines(text)]


def every(kind, read=sentences):
    """Return what there is of a kind in any language, each with the language's code."""
    return [(code, each) for code in CODES for each in read(code, kind)]


def _lines(text):
    return [line for line in text.splitlines() if line]


def _read(code):
    return tomllib.loads((SENTENCES / f"{code}.toml").read_text(encoding="utf-8"))


def flat(pack):
    for name in WORDS:
        yield from getattr(pack, name)
    for pair in pack.opposites:
        yield from pair.one | pair.other
    for table in (pack.kinds, pack.units, pack.times, pack.numbers):
        yield from (word for phrase in table for word in phrase.split())
    for phrase in (each for name in PHRASES for each in getattr(pack, name)):
        yield from phrase


def alternatives(pattern):
    """Return the phrases that a group is a choice of; a pattern of another form is one."""
    inner = pattern.removeprefix("(?:").removesuffix(")")
    return inner.split("|") if f"(?:{inner})" == pattern and "(" not in inner else [pattern]


def said_by(code, text, **fields):
    return Turn(request=text, language=code, **({"turn_id": "t", "started": 0} | fields))


@each_pack
def test_it_is_found_by_its_code_with_or_without_a_region(pack):
    assert language_of(f"{pack.code}-XX") == pack.code
    assert language_pack(pack.code) is pack


@each_pack
def test_it_has_the_files_of_every_language_and_each_list_stands_in_the_same_one(pack):
    def subjects(code):
        files = (resources.files("sayagain.languages") / code).iterdir()
        return {file.name: set(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}

    english, own = subjects(DEFAULT), subjects(pack.code)
    # Patterns are written by who knows how the language is spoken; without them nothing is told by them.
    assert own.keys() | {"acts.toml", "quantities.toml", "references.toml"} == english.keys()
    # A list that stood in two files would be read from one of them.
    assert sum(map(len, own.values())) == len(set().union(*own.values()))
    everywhere = {name: file for file, names in english.items() for name in names}
    assert [name for file, names in own.items() for name in names if everywhere.get(name, file) != file] == []


@each_pack
def test_every_part_that_guards_is_filled(pack):
    required = ("stops", "questions", "queries", "polite", "corrections")
    for name in ("negations", "wide", "articles", "common", "commands", "finite", "social", *required):
        assert getattr(pack, name), name
    assert len(pack.opposites) >= 5
    assert len(pack.numbers) >= 20
    assert len(set(pack.units.values())) >= 8
    assert len(set(pack.times.values())) >= 10
    assert pack.answers.yes
    assert pack.answers.no


@each_pack
def test_directions_and_kinds_that_need_the_users_word_are_named_as_in_every_language(pack):
    english = language_pack(DEFAULT)
    names = [pair.name for pair in pack.opposites if pair.name]
    assert len(names) == len(set(names))
    assert set(names) <= {pair.name for pair in english.opposites}
    assert {"on/off", "up/down", "unlock/lock", "add/remove", "next/previous"} <= set(names)
    assert pack.sensitive.ways.keys() == english.sensitive.ways.keys()
    assert pack.sensitive.parts.keys() == english.sensitive.parts.keys()


@each_pack
def test_each_word_is_as_requests_are_compared(pack):
    for word in flat(pack):
        if word.isalnum():
            assert spoken_words(word, None) == (word,), word


@each_pack
def test_each_pattern_is_as_requests_are_compared(pack):
    for name in pack.reactions.__struct_fields__:
        value = getattr(pack.reactions, name)
        patterns = (*value.phrases, *value.before, *value.after) if isinstance(value, Whole) else value
        for pattern in patterns if not isinstance(value, frozenset) and name != "opposites" else ():
            # What is literal in it: the texts that it sees have no apostrophes, no ß and no capitals.
            literal = re.sub(r"\\[a-zA-Z]|\(\?<?[:!=]|[^\w\s]", " ", pattern)
            assert said(literal) == " ".join(literal.split()), (name, pattern)


@each_pack
def test_what_may_stand_around_a_phrase_can_be_read_in_one_way_only(pack):
    # A second way doubles, with each word that is said again, how long a search takes.
    wholes = [getattr(pack.reactions, name) for name in pack.reactions.__struct_fields__]
    for whole in (value for value in wholes if isinstance(value, Whole)):
        for around in (whole.before, whole.after):
            said_around = [each for pattern in around for each in alternatives(pattern)]
            assert len(said_around) == len(set(said_around))
            for phrase in (each for each in said_around if " " in each):
                assert not set(phrase.split()) <= set(said_around), phrase


@each_pack
def test_no_word_is_both_sides_of_a_pair(pack):
    for pair in pack.opposites:
        assert pair.one
        assert pair.other
        assert not pair.one & pair.other


@each_pack
def test_the_longest_phrases_come_first(pack):
    for name in PHRASES:
        lengths = [len(phrase) for phrase in getattr(pack, name)]
        assert lengths == sorted(lengths, reverse=True)


@each_pack
def test_what_opens_a_command_opens_no_question(pack):
    asks = {phrase[0] for phrase in pack.questions if len(phrase) == 1}
    assert not asks & pack.commands
    assert not pack.commands & pack.auxiliaries - pack.common


@each_pack
def test_it_is_a_record_that_can_be_written_and_read(pack):
    assert msgspec.convert(msgspec.to_builtins(pack), Language) == pack


@pytest.mark.parametrize("tag", ["*", "mul", "", None, "und"])
def test_a_tag_that_states_no_language_is_unknown(tag):
    assert language_of(tag) is None
    assert language_pack("xx") is None


def test_every_language_is_tried_on_sentences():
    assert list(language_codes()) == CODES


@pytest.mark.parametrize(("code", "act", "text"), [(c, act, t) for act in ACTS for c, t in every(act)])
def test_what_a_sentence_does(code, act, text):
    pack = language_pack(code)
    assert speech_act(spoken_words(text, pack), pack, marked=text.endswith("?")) == act


@pytest.mark.parametrize(("code", "pair"), every("questions_to_commands", pairs))
def test_a_question_never_becomes_a_command(code, pair):
    assert "question into a command" in refuse(*with_hypotheses(*pair), language=code)


@pytest.mark.parametrize(("code", "pair"), every("negated", pairs))
def test_a_negation_is_neither_dropped_nor_added(code, pair):
    assert "turn the request round" in refuse(*with_hypotheses(*pair), language=code)
    assert "turn the request round" in refuse(*with_hypotheses(*reversed(pair)), language=code)


@pytest.mark.parametrize(("code", "pair"), [(code, pair) for code in CODES for pair in opposites(code)])
def test_a_direction_never_becomes_its_opposite(code, pair):
    assert "it would turn" in refuse(*with_hypotheses(*pair), language=code)
    assert "it would turn" in refuse(*with_hypotheses(*reversed(pair)), language=code)


@pytest.mark.parametrize(("code", "pair"), every("numbers", pairs))
def test_a_number_a_unit_and_a_time_stay(code, pair):
    assert "it would turn the" in refuse(*with_hypotheses(*pair), language=code)


@pytest.mark.parametrize(("code", "pair"), every("later", pairs))
def test_what_is_to_be_done_later_is_not_done_at_once(code, pair):
    assert re.match("it would drop the (number|time|unit|condition) ", refuse(*with_hypotheses(*pair), language=code))


@pytest.mark.parametrize(("code", "pair"), every("harmless", pairs))
def test_a_misheard_word_may_be_replaced(code, pair):
    assert refuse(*with_hypotheses(*pair), language=code) is None


@pytest.mark.parametrize(("code", "text"), every("thanks"))
def test_thanks(code, text):
    assert phrases_of(code).thanks.search(said(text))


@pytest.mark.parametrize(("code", "text"), every("giving_up"))
def test_giving_up(code, text):
    assert abandons(said_by(code, text)) is not None


@pytest.mark.parametrize(("code", "text"), every("corrections"))
def test_corrections(code, text):
    assert corrects(said_by(code, text)) is not None


@pytest.mark.parametrize(("code", "text"), every("no_corrections"))
def test_what_is_no_correction(code, text):
    assert corrects(said_by(code, text)) is None


@pytest.mark.parametrize(("code", "pair"), every("undone", pairs))
def test_what_is_taken_back(code, pair):
    turns = (said_by(code, text, turn_id=f"t{at}", started=at * 4_000) for at, text in enumerate(pair))
    assert [signal.turn_id for signal in undo(Session(session_id="s", turns=tuple(turns)))] == ["t0"]


@pytest.mark.parametrize(
    ("code", "answer", "text"),
    [(c, a, t) for kind, a in (("yes", "yes"), ("no", "no"), ("neither", None)) for c, t in every(kind)],
)
def test_answers(code, answer, text):
    assert yes_or_no(text, code) == answer


@pytest.mark.parametrize(
    ("code", "fails", "text"),
    [(c, fails, t) for kind, fails in (("failed", True), ("worked", False)) for c, t in every(kind)],
)
def test_what_an_assistant_says_of_itself(code, fails, text):
    assert (trouble(said_by(code, "x", response=Response(text=text))) is not None) is fails


@pytest.mark.parametrize("code", CODES)
def test_its_sentences_are_known_as_its_own(code):
    texts = [text for act in ACTS for text in sentences(code, act)]
    assert guess_language(texts) == code


def with_hypotheses(request, candidate):
    """Return the arguments of `refuse` for two texts of which no readings are known."""
    return request, None, candidate, None
