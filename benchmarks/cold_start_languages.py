"""The cold start in other languages than English: requests that Home Assistant does not understand.

Everything (weights, thresholds, rules) was chosen on the development half in German; the sealed half has another home,
other names and other sentences. Nothing was chosen on the other languages.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.cold_start_requests import HALVES, Half, IntendedRequest, half_home, intended_requests
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.template_matcher import TemplateMatcher
from sayagain.assistants.homeassistant.cold_start.template_policy import TemplatePolicy
from sayagain.languages import language_pack
from sayagain.runtime import Decision

__all__ = ["run", "run_cold_start"]

_OUTCOMES = ("right", "wrong", "asked, right after a yes", "asked, wrong after a yes", "left")


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no data from outside."""
    return {
        "cold_start_languages": {
            code: {half: run_cold_start(code, half) for half in halves} for code, halves in HALVES.items()
        }
    }


def run_cold_start(code: str, half: Half, *, show: bool = False) -> dict[str, dict[str, int]]:
    """Count what becomes of the requests of one half, by kind.

    Args:
        code: of the language.
        half: which.
        show: print what goes wrong.
    """
    oracle = Oracle(half_home(code, half), code)
    pack = language_pack(code)
    assert pack is not None, code
    policy = TemplatePolicy(TemplateMatcher(oracle, pack))
    requests = intended_requests(code, half, oracle)
    figures: dict[str, Counter[str]] = {}
    for request in requests:
        decision = policy.decide(request.text, None)
        outcome = _outcome(request, decision, oracle)
        for key in (request.kind, "all"):
            figures.setdefault(key, Counter(dict.fromkeys(_OUTCOMES, 0)))[outcome] += 1
        if show and (outcome != "right" and (outcome != "left" or request.intent is not None)):
            print(f"  {outcome}: “{request.text}” → {decision.ask or decision.text} ({decision.why})")
    print(f"\n{code}, {half}, alone: none is understood; with the cold start:")
    print(f"{'':<12}{'requests':>9}" + "".join(f"{name:>26}" for name in _OUTCOMES))
    for kind, counts in figures.items():
        total = counts.total()
        cells = "".join(f"{counts[name]:>17} ({counts[name] / total:5.1%})" for name in _OUTCOMES)
        print(f"{kind:<12}{total:>9}{cells}")
    return {kind: dict(counts) for kind, counts in figures.items()}


def _outcome(request: IntendedRequest, decision: Decision, oracle: Oracle) -> str:
    """Return what became of a request; what orders nothing is right when it is left, and otherwise wrong."""
    if not decision.changed and decision.ask is None:
        return "left" if request.intent is not None else "right"
    hypothesis = oracle.read(decision.ask or decision.text)
    assert hypothesis is not None, decision
    frame = hypothesis.frames[0]
    numbers = {f"{value:g}" for value in frame.slots.values() if isinstance(value, int | float)}
    right = (frame.intent, frame.targets) == (request.intent, request.targets)
    right = right and (request.number is None or request.number in numbers)
    if decision.ask is not None:
        return _OUTCOMES[2] if right else _OUTCOMES[3]
    return _OUTCOMES[0] if right else _OUTCOMES[1]
