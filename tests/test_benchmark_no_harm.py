"""The benchmark of no harm, at a size that shows that it counts; the figures are of the command."""

import pytest

from benchmarks import no_harm
from benchmarks.no_harm_help import HELPED_HALVES, help_outcome, help_requests, plain_requests
from benchmarks.no_harm_requests import HALVES, forbidden_requests, unseen_pairs
from benchmarks.no_harm_templates import home_in, languages, template_sentences
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.languages import language_codes
from sayagain.runtime import Decision

REQUESTS = 25


@pytest.fixture(scope="module")
def figures():
    return no_harm.run_no_harm(
        ["en", "hu"], sentences=12, learnt=["de"], homes=1, weeks=1, codes=["de"], requests=REQUESTS
    )


@pytest.mark.slow
def test_sentences_of_home_assistant_are_left_as_they_are(figures):
    for tag in ("en", "hu"):
        assert figures[tag] == {"sentences": 12, "rewritten": 0, "asked": 0}


@pytest.mark.slow
def test_no_forbidden_request_is_acted_on_though_the_release_tempts_to(figures):
    german = figures["forbidden"]["de"]
    assert (german["tried"], german["acted"]) == (REQUESTS, 0)
    assert german["tempted"] > REQUESTS / 2
    assert german["refused"] > REQUESTS / 2


@pytest.mark.slow
def test_the_release_is_not_idle(figures):
    assert figures["misheard"]["rewritten"] > figures["misheard"]["tried"] / 2


def test_what_is_touched_is_counted():
    harm = no_harm.Harm()
    left = Decision(heard="a", text="a", why="")
    harm.add((left, Decision(heard="a", text="b", layer="table", rewrite_id="r", why="")))
    harm.add((left, Decision(heard="a", text="a", ask="b", why="")))
    harm.add((left, left))
    assert harm == no_harm.Harm(sentences=3, rewritten=1, asked=1)


def test_what_the_cold_start_does_is_counted():
    home = no_harm.guarded_home()
    oracle = no_harm.Oracle(home)
    request = no_harm.Forbidden(language="en", kind="report", text="x", tempting="y")
    texts = ("turn on the floor lamp", "is the floor lamp on", no_harm.DO_NOTHING)
    made = (Decision(heard="x", text=text, layer="cold start", rewrite_id="r", why="") for text in texts)
    acts = {decision.text: no_harm._acts(request, decision, oracle, home) for decision in made}
    assert acts == {"turn on the floor lamp": True, "is the floor lamp on": False, no_harm.DO_NOTHING: False}


def test_there_is_enough_of_everything():
    assert len(languages()) >= 20
    assert {code: len(forbidden_requests(code)) >= 50 for code in language_codes()} == dict.fromkeys(
        language_codes(), True
    )
    assert len(forbidden_requests("en")) >= 300
    assert all(len(unseen_pairs(code, half)) >= 10 for code in language_codes() for half in HALVES)


def test_a_draw_is_the_same_each_time():
    first, second = (
        [sentence.text for sentence, _ in zip(template_sentences("sv", 3), range(30), strict=False)] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == 30


def test_a_home_has_names_of_its_language():
    home = home_in("hu")
    assert "konyha" in {name for area in home.areas for name in area.names}
    assert ColdStart(home) is not None


def test_there_are_a_hundred_requests_to_help_with_in_two_halves():
    oracle = no_harm.Oracle(home_in("es"), "es")
    requests = help_requests("es", oracle)
    assert len(requests) >= 100
    assert {request.kind for request in requests} >= {"misheard", "paraphrase", "ellipsis"}
    for half in HELPED_HALVES:
        assert sum(request.half == half for request in requests) > len(requests) / 4
    assert not any(oracle.recognises(request.text) for request in requests)


def test_what_a_request_becomes_is_judged_by_what_would_be_done():
    oracle = no_harm.Oracle(home_in("es"), "es")
    request = next(each for each in plain_requests("es") if each.text == "apaga la cafetera")
    outcomes = {
        text: help_outcome(request, text, oracle) for text in ("apaga Cafetera", "enciende Cafetera", "cafteras")
    }
    assert outcomes == {"apaga Cafetera": "right", "enciende Cafetera": "wrong", "cafteras": "left"}
