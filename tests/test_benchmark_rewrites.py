"""The benchmarks of what is served: what counts as what, and small runs of each."""

import importlib
from pathlib import Path

import msgspec
import pytest

from sayagain.household import Deed, Replay, Truth
from sayagain.turns import Action, AppliedRewrite, Response, Turn

ROOT = Path(__file__).parent.parent

OFF, ON = Deed("turn off", ("light.lamp",)), Deed("turn on", ("light.lamp",))


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def rewritten(layer="chain", actions=()):
    applied = AppliedRewrite(id="r", source="lamp of", target="lamp off", layer=layer)
    return Turn(turn_id="t", started=0, request="lamp off", applied_rewrite=applied, actions=actions)


def true(did, point, *, without):
    return Truth(turn_id="t", meant=OFF, did=did, failure_point=point, right_without=without)


DONE = (Action(target="light.lamp", name="turn_on"),)


@pytest.mark.parametrize(
    ("turn", "truth", "expected"),
    [
        (rewritten(), true(OFF, "correct", without=False), "win"),
        (rewritten(actions=DONE), true(ON, "rewriting", without=True), "loss"),
        (rewritten(), true(OFF, "correct", without=True), "right anyway"),
        (rewritten(), true(None, "nlu", without=False), "still wrong"),
        (rewritten(actions=DONE), true(ON, "nlu", without=False), "acted wrong"),
        # What was meant was tried, and the device did not follow.
        (
            rewritten(actions=(Action(target="light.lamp", ok=False),)),
            true(OFF, "result", without=False),
            "still wrong",
        ),
        (rewritten(layer="leave"), true(None, "asr", without=None), None),
        (Turn(turn_id="t", started=0, request="lamp of"), true(None, "asr", without=None), None),
    ],
)
def test_a_rewrite_counts_by_what_it_changed_and_what_was_done(benchmark, turn, truth, expected):
    assert benchmark("served").outcome(turn, truth) == expected


def test_a_wrong_act_on_the_words_that_were_said_is_told_apart(benchmark):
    served = benchmark("served")
    truths = [msgspec.structs.replace(true(ON, "nlu", without=False), said=said) for said in ("Lamp off!", "lamp on")]
    counts = served.figures([served.Served(rewritten(actions=DONE), truth, "acted wrong") for truth in truths])
    assert (counts["acted_wrong"], counts["acted_wrong_words_as_said"]) == (2, 1)


def test_wins_are_among_the_turns_that_fail_as_they_are_said(benchmark):
    weeks = [
        type("Week", (), {"truths": (true(OFF, "correct", without=False), true(ON, "rewriting", without=True))}),
        type("Week", (), {"truths": (true(None, "asr", without=None), true(OFF, "correct", without=None))}),
    ]
    assert benchmark("served").failing(weeks) == 2


def test_layers_add_up_to_the_whole(benchmark):
    found = benchmark("layers").run_layers(homes=2, learnt=2, judged=1)
    by_source = found["by_source"].values()
    for name in ("served", "wins", "losses", "still_wrong", "acted_wrong", "acted_wrong_words_as_said"):
        assert found[name] == sum(each[name] for each in by_source)
    assert 0 < found["failing"] < found["turns"]


def test_a_home_whose_gate_did_not_pass_is_served_nothing(benchmark):
    found = benchmark("one_home").run_one_home(("default",), homes=1, learn_after=(1,), judged=1)["default"]
    assert (found["homes"], found["gate_passed"], found["served"]) == (1, 0, 0)
    assert found["failing"] > 0


def test_a_higher_target_serves_no_more(benchmark):
    found = benchmark("promise").run_promise(range(201, 202), (5, 1_000_000), homes=2, learnt=2, judged=1)
    assert found["1000000"]["wins"] <= found["5"]["wins"]
    assert found["1000000"] | {"met": 1.0, "serving": 0} == found["1000000"]


def test_pairs_are_counted_from_what_failed_to_what_worked(benchmark):
    made = benchmark("chain_household")
    log = [
        Turn(turn_id=f"{n}{part}", started=n * 10_000_000 + at, request=words, response=response, session_id=f"s{n}")
        for n in range(2)
        for part, at, words, response in (
            ("a", 0, "sofa light", Response(type="error", error_code="no_intent_match")),
            ("b", 5_000, "floor lamp on", Response(type="action_done")),
        )
    ]
    assert made.pairs(log) == {"sofa light": "floor lamp on"}
    assert made.pairs(log[:2]) == {}


def test_names_that_change_their_meaning_work_as_they_are_said(benchmark):
    made = benchmark("chain_household")
    seen = []
    made_figures, made._figures = made._figures, lambda lived, *_: seen.extend(lived) or {}
    try:
        made.run_household("pairs", homes=4, weeks=3, change=2)
    finally:
        made._figures = made_figures
    named = [truth for week in seen if week.number == 2 for truth in week.truths if truth.kind.startswith("nickname")]
    assert named
    assert sum(truth.failure_point in {"correct", "rewriting"} for truth in named) > len(named) / 2


def test_the_halves_of_the_callers_are_the_same_each_time(benchmark):
    half = benchmark("loop").half
    found = [half(f"caller {n}") for n in range(200)]
    assert found == [half(f"caller {n}") for n in range(200)]
    assert 70 < found.count("dev") < 130


def test_homes_of_a_benchmark_are_not_those_of_the_demo(benchmark):
    demo = {person.wants for person in Replay(homes=8).people}
    seeds = {benchmark("layers").SEED, benchmark("one_home").SEED, benchmark("chain_household").SEED}
    assert len(seeds) == 3
    for seed in seeds:
        assert not demo & {person.wants for person in Replay(seed, homes=1).people}
