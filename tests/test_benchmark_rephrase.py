"""The sets of the rephrase benchmark: what the recipe composes, and what was written."""

import pytest

from benchmarks.rephrase_recipe import Act, compose, half_of
from benchmarks.rephrase_sets import written_acts
from benchmarks.rephrase_written import RECIPES, shared_words, written_alone, written_log

ACTS = [
    Act(key=f"{domain} {number}", domain=domain, wordings=(f"{domain} {number}", f"another {domain} {number}"))
    for domain in ("music", "news")
    for number in range(4)
]


def test_two_hundred_rephrases_share_no_content_word():
    acts = [act for _, act in written_acts()]
    assert len(acts) >= 200
    assert not [act.wordings for act in acts if shared_words(*act.wordings)]


def test_the_halves_share_no_request():
    halves = [{act.key for _, act in written_acts() if half_of(act.key) == half} for half in (0, 1)]
    assert not halves[0] & halves[1]
    assert min(map(len, halves)) >= 90


def test_the_recipe_labels_a_pair_by_its_acts():
    said = {wording: act.key for act in ACTS for wording in act.wordings}
    pairs = [
        (dialogue, pair, label)
        for dialogue in compose(ACTS, 200, seed=1, half=0, name="x")
        for pair, label in dialogue.labels.items()
    ]
    assert any(label for _, _, label in pairs)
    for dialogue, (source, target), label in pairs:
        turns = dialogue.session.turns
        same = said.get(turns[source].request) == said.get(turns[target].request)
        if label:
            assert same
        elif turns[source].failed:
            assert not same


def test_the_same_seed_composes_the_same():
    assert compose(ACTS, 20, seed=3, half=0, name="x") == compose(ACTS, 20, seed=3, half=0, name="x")


@pytest.mark.parametrize("recipe", RECIPES)
def test_written_rephrases_stand_alone_and_recur(recipe):
    for dialogue in written_alone(recipe, 0, count=40):
        for (source, target), label in dialogue.labels.items():
            turns = dialogue.session.turns
            assert not label or not shared_words(turns[source].request, turns[target].request)
    log, truth = written_log(recipe, 0)
    ids = {turn.turn_id for session in log for turn in session.turns}
    assert truth.keys() <= ids
    assert {target for target in truth.values() if target} <= ids
