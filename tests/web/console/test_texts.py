"""The texts: every language has every text, with the same values to fill in."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from sayagain.failures import FAILURE_POINTS
from sayagain.web.console import texts
from sayagain.web.console.texts import FALLBACK, Texts, languages, texts_for

FOLDER = Path(texts.__file__).parent


def read(code):
    sections = tomllib.loads((FOLDER / "texts" / f"{code}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, inner in sections.items() for name, text in inner.items()}


def fields(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", languages())
def test_a_language_fills_in_what_english_fills_in(code):
    english, other = read(FALLBACK), read(code)
    assert set(other) <= set(english)
    for key, text in other.items():
        assert fields(text) == fields(english[key]), key
        assert text.strip(), key


def test_german_is_complete():
    assert set(read("de")) == set(read("en"))


def test_every_text_that_a_template_asks_for_is_there():
    known = set(read("en"))
    for path in sorted((FOLDER / "templates").glob("*.html")):
        asked = re.findall(r"\bt\('([\w. ]+)'(?! ~)[,)]", path.read_text(encoding="utf-8"))
        assert set(asked) <= known, path.name


def test_every_stage_has_a_name():
    for code in languages():
        assert {Texts(code).word("stage", stage) for stage in FAILURE_POINTS}.isdisjoint(FAILURE_POINTS)


@pytest.mark.parametrize(
    ("accepted", "code"),
    [("de", "de"), ("de-CH;q=0.9,en;q=0.8", "de"), ("en;q=0.1,de;q=0.9", "de"), ("xx", "en"), (";q=z,,", "en")],
)
def test_the_language_is_what_the_browser_likes_best(accepted, code):
    assert texts_for(accepted).code == code


def test_a_text_that_no_language_has_is_an_error():
    with pytest.raises(KeyError):
        Texts("de")("nav.nowhere")


def test_no_text_is_left_that_nothing_asks_for():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in [*FOLDER.rglob("*.html"), *FOLDER.rglob("*.py")])
    built = {*re.findall(r"\bt\('([\w.]+)' ~", sources), "stage.", "layer.", "notice."}
    for key in read("en"):
        assert f"'{key}'" in sources or f'"{key}"' in sources or key.startswith(tuple(built)), key
