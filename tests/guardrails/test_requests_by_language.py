"""What requests do and state, in each language whose patterns are written down."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from sayagain.guardrails.request_act import request_act
from sayagain.guardrails.stated_steps import states_step
from sayagain.guardrails.stated_times import stated_time, without_times
from sayagain.languages import language_codes, language_pack, spoken_words

WRITTEN = {
    path.stem: tomllib.loads(path.read_text()) for path in sorted((Path(__file__).parent / "requests").iterdir())
}


def cases(*kinds):
    return [
        (code, kind, line.strip())
        for code, written in WRITTEN.items()
        for kind in kinds
        for line in written[kind].strip().splitlines()
    ]


@pytest.mark.parametrize(("code", "act", "heard"), cases("order", "question", "report", "complaint"))
def test_an_order_is_told_from_all_else(code, act, heard):
    assert request_act(heard, language_pack(code)) == act


@pytest.mark.parametrize(("code", "kind", "heard"), cases("time", "duration", "step", "value", "order"))
def test_times_and_steps_are_told_from_values(code, kind, heard):
    pack = language_pack(code)
    said = spoken_words(heard, pack)
    assert (stated_time(said, (), pack) is not None) is (kind in {"time", "duration"})
    assert states_step(said, language=pack) is (kind == "step")


@pytest.mark.parametrize(("code", "kind", "heard"), cases("time", "duration"))
def test_a_request_without_its_times_states_none(code, kind, heard):
    pack = language_pack(code)
    rest = without_times(spoken_words(heard, pack), (), pack)
    assert rest != " ".join(spoken_words(heard, pack))
    assert stated_time(rest.split(), (), pack) is None, kind


def test_each_language_has_enough_sentences():
    for code, written in WRITTEN.items():
        assert sum(len(lines.strip().splitlines()) for lines in written.values()) >= 50, code
    patterned = {code for code in language_codes() if (pack := language_pack(code)).acts and pack.quantities}
    assert patterned == {"en", *WRITTEN}


def test_in_a_language_without_patterns_nothing_is_told():
    polish = msgspec.structs.replace(language_pack("pl"), acts=None, quantities=None)
    said = spoken_words("włącz światło o ósmej", polish)
    assert (stated_time(said, (), polish), states_step(said, language=polish)) == (None, False)
    assert without_times(said, (), polish) == "włącz światło o ósmej"
