"""The benchmarks of served rewrites: their outcomes, and small runs of each."""

import importlib
from pathlib import Path

import msgspec
import pytest

from sayagain.evaluation import Replayed
from sayagain.household import Deed, Replay, Truth
from sayagain.turns import Action, AppliedRewrite, Hypothesis, Nlu, Response, Slot, Turn

ROOT = Path(__file__).parent.parent

OFF, ON = Deed("turn off", ("light.lamp",)), Deed("turn on", ("light.lamp",))


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def rewritten(layer="chain", actions=()):
    applied = AppliedRewrite(id="r", source="lamp of", target="lamp off", layer=layer)
    return Turn(turn_id="t", started=0, request="lamp off", applied_rewrite=applied, actions=actions)


def truth_of(did, point, *, without):
    return Truth(turn_id="t", meant=OFF, did=did, failure_point=point, right_without=without)


DONE = (Action(target="light.lamp", name="turn_on"),)


@pytest.mark.parametrize(
    ("turn", "truth", "expected"),
    [
        (rewritten(), truth_of(OFF, "correct", without=False), "win"),
        (rewritten(actions=DONE), truth_of(ON, "rewriting", without=True), "loss"),
        (rewritten(), truth_of(OFF, "correct", without=True), "right anyway"),
        (rewritten(), truth_of(None, "nlu", without=False), "still wrong"),
        (rewritten(actions=DONE), truth_of(ON, "nlu", without=False), "acted wrong"),
        # The right action was tried, and the device failed.
        (
            rewritten(actions=(Action(target="light.lamp", ok=False),)),
            truth_of(OFF, "result", without=False),
            "still wrong",
        ),
        (rewritten(layer="leave"), truth_of(None, "asr", without=None), None),
        (Turn(turn_id="t", started=0, request="lamp of"), truth_of(None, "asr", without=None), None),
    ],
)
def test_a_rewrite_counts_by_what_it_changed_and_what_was_done(benchmark, turn, truth, expected):
    assert benchmark("served").outcome(turn, truth) == expected


def test_a_wrong_act_on_the_words_that_were_said_is_told_apart(benchmark):
    served = benchmark("served")
    truths = [
        msgspec.structs.replace(truth_of(ON, "nlu", without=False), said=said) for said in ("Lamp off!", "lamp on")
    ]
    counts = served.figures([served.Served(rewritten(actions=DONE), truth, "acted wrong") for truth in truths])
    assert (counts["acted_wrong"], counts["acted_wrong_words_as_said"]) == (2, 1)


def test_wins_are_among_the_turns_that_fail_as_they_are_said(benchmark):
    weeks = [
        type(
            "Week", (), {"truths": (truth_of(OFF, "correct", without=False), truth_of(ON, "rewriting", without=True))}
        ),
        type("Week", (), {"truths": (truth_of(None, "asr", without=None), truth_of(OFF, "correct", without=None))}),
    ]
    assert benchmark("served").failing(weeks) == 2


def test_layers_add_up_to_the_whole(benchmark):
    figures = benchmark("layers").run_layers(homes=2, learnt=2, judged=1)
    by_source = figures["by_source"].values()
    for name in ("served", "wins", "losses", "still_wrong", "acted_wrong", "acted_wrong_words_as_said"):
        assert figures[name] == sum(layer_figures[name] for layer_figures in by_source)
    assert 0 < figures["failing"] < figures["turns"]


def test_a_home_whose_gate_did_not_pass_is_served_nothing(benchmark):
    figures = benchmark("one_home").run_one_home(("default",), homes=1, learn_after=(1,), judged=1)["default"]
    assert (figures["homes"], figures["gate_passed"], figures["served"]) == (1, 0, 0)
    assert figures["failing"] > 0


def test_a_higher_target_serves_no_more(benchmark):
    figures = benchmark("promise").run_promise(range(201, 202), (5, 1_000_000), homes=2, learnt=2, judged=1)
    assert figures["1000000"]["wins"] <= figures["5"]["wins"]
    assert figures["1000000"] | {"met": 1.0, "serving": 0} == figures["1000000"]


def test_pairs_are_counted_from_what_failed_to_what_worked(benchmark):
    chain_household = benchmark("chain_household")
    log = [
        Turn(
            turn_id=f"{number}{part}",
            started=number * 10_000_000 + milliseconds,
            request=words,
            response=response,
            session_id=f"s{number}",
        )
        for number in range(2)
        for part, milliseconds, words, response in (
            ("a", 0, "sofa light", Response(type="error", error_code="no_intent_match")),
            ("b", 5_000, "floor lamp on", Response(type="action_done")),
        )
    ]
    assert chain_household.pairs(log) == {"sofa light": "floor lamp on"}
    assert chain_household.pairs(log[:2]) == {}


def test_names_that_change_their_meaning_work_as_they_are_said(benchmark):
    chain_household = benchmark("chain_household")
    counted_weeks = []
    original_figures, chain_household._figures = (
        chain_household._figures,
        lambda weeks, *_: counted_weeks.extend(weeks) or {},
    )
    try:
        chain_household.run_household("pairs", homes=4, weeks=3, change=2)
    finally:
        chain_household._figures = original_figures
    nickname_truths = [
        truth
        for week in counted_weeks
        if week.number == 2
        for truth in week.truths
        if truth.kind.startswith("nickname")
    ]
    assert nickname_truths
    assert sum(truth.failure_point in {"correct", "rewriting"} for truth in nickname_truths) > len(nickname_truths) / 2


@pytest.mark.parametrize(
    ("understood", "decided", "label", "expected"),
    [
        ("french", "thai", "thai", {"trigger": True, "win": 1.0, "loss": 0.0, "defect": 1.0}),
        ("thai", "french", "thai", {"trigger": True, "win": 0.0, "loss": 1.0, "defect": 0.0}),
        ("french", "italian", "thai", {"trigger": True, "win": 0.0, "loss": 0.0, "defect": 1.0}),
        ("french", None, "thai", {"trigger": False, "win": 0.0, "loss": 0.0, "defect": 1.0}),
        ("thai", "thai", "thai", {"trigger": False, "win": 0.0, "loss": 0.0, "defect": 0.0}),
    ],
)
def test_a_decision_on_a_call_counts_by_its_label(benchmark, understood, decided, label, expected):
    def food(value):
        return None if value is None else Hypothesis(intent="inform", slots=(Slot("food", value),))

    turn = Turn(turn_id="t", started=0, request="x", user_id="u", nlu=Nlu(ranking=(food(understood),)))
    assert benchmark("dstc2").replay(turn, food(decided), food(label)) == Replayed(user="u", **expected)


def test_a_convention_of_annotation_counts_for_nothing(benchmark):
    turn = Turn(turn_id="t", started=0, request="bye", nlu=Nlu(ranking=(Hypothesis(intent="bye"),)))
    assert benchmark("dstc2").replay(turn, None, Hypothesis(intent="bye+thankyou")) is None


def test_the_halves_of_the_callers_are_the_same_each_time(benchmark):
    half = benchmark("loop").half
    halves = [half(f"caller {number}") for number in range(200)]
    assert halves == [half(f"caller {number}") for number in range(200)]
    assert 70 < halves.count("dev") < 130


def test_homes_of_a_benchmark_are_not_those_of_the_demo(benchmark):
    demo = {person.wants for person in Replay(homes=8).people}
    seeds = {benchmark("layers").SEED, benchmark("one_home").SEED, benchmark("chain_household").SEED}
    assert len(seeds) == 3
    for seed in seeds:
        assert not demo & {person.wants for person in Replay(seed, homes=1).people}
