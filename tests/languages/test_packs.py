"""What every language file must hold; a new file is covered without a new test."""

import msgspec
import pytest

from sayagain.languages import Language, language_codes, language_of, language_pack
from sayagain.text import words

PACKS = [language_pack(code) for code in language_codes()]
WORDS = [field for field in Language.__struct_fields__ if isinstance(getattr(PACKS[0], field), frozenset)]
PHRASES = ("stops", "questions", "undecided", "queries", "polite", "corrections")

pytestmark = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.code)


def flat(pack):
    for name in WORDS:
        yield from getattr(pack, name)
    for pair in pack.opposites:
        yield from pair.one | pair.other
    for table in (pack.kinds, pack.units, pack.times, pack.numbers):
        yield from table
    for phrase in (each for name in PHRASES for each in getattr(pack, name)):
        yield from phrase


def test_it_is_found_by_its_code_with_or_without_a_region(pack):
    assert language_of(f"{pack.code}-XX") == pack.code
    assert language_pack(pack.code) is pack


def test_every_part_that_guards_is_filled(pack):
    for name in ("negations", "wide", "articles", "common", "commands", "finite", "social", *PHRASES):
        assert getattr(pack, name), name
    assert len(pack.opposites) >= 5
    assert len(pack.numbers) >= 20
    assert len(set(pack.units.values())) >= 8
    assert len(set(pack.times.values())) >= 10
    assert pack.sensitive


def test_each_word_is_as_requests_are_compared(pack):
    for word in flat(pack):
        if word.isalnum():
            assert words(word) == (word,), word
            assert "'" not in word


def test_no_word_is_both_sides_of_a_pair(pack):
    for pair in pack.opposites:
        assert pair.one
        assert pair.other
        assert not pair.one & pair.other


def test_the_longest_phrases_come_first(pack):
    for name in PHRASES:
        lengths = [len(phrase) for phrase in getattr(pack, name)]
        assert lengths == sorted(lengths, reverse=True)


def test_what_opens_a_command_opens_no_question(pack):
    asks = {phrase[0] for phrase in pack.questions}
    assert not asks & pack.commands
    assert not pack.commands & pack.auxiliaries - pack.common


def test_it_is_a_record_that_can_be_written_and_read(pack):
    assert msgspec.convert(msgspec.to_builtins(pack), Language) == pack


@pytest.mark.parametrize("tag", ["*", "mul", "", None, "und"])
def test_a_tag_that_states_no_language_is_unknown(pack, tag):
    assert language_of(tag) is None
    assert language_pack(f"no {pack.code}") is None
