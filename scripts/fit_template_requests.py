"""Fit the weights of `template_model.py` on development halves, of `cold_start_languages` and `no_harm`; prints them.

python scripts/fit_template_requests.py
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
import numpy as np
from scipy.optimize import minimize

from benchmarks.cold_start_requests import IntendedRequest, half_home, intended_requests
from benchmarks.no_harm_help import HelpRequest, help_requests
from benchmarks.no_harm_templates import home_in
from sayagain.assistants.homeassistant.cold_start.cold_start import LANGUAGES as HELPED
from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.template_matcher import TemplateMatcher
from sayagain.assistants.homeassistant.cold_start.template_model import SIGNS
from sayagain.languages import language_pack

LANGUAGES = ("de",)
"""Languages with a development half in `cold_start_languages`."""

PENALTY = 1.0
"""Of the squared weights."""


def _parts() -> Iterator[tuple[str, HomeSnapshot, Callable[[Oracle], Sequence[IntendedRequest | HelpRequest]]]]:
    """Yield the language, the home and the requests of each part."""
    for code in LANGUAGES:
        yield code, half_home(code, "development"), partial(intended_requests, code, "development")
    for code in HELPED:
        yield code, home_in(code), partial(_helped, code)


def _helped(code: str, oracle: Oracle) -> list[HelpRequest]:
    return [request for request in help_requests(code, oracle) if request.half == "development"]


def main() -> None:
    """Fit and print."""
    rows: list[tuple[np.ndarray, np.ndarray]] = []
    for code, home, requests in _parts():
        oracle = Oracle(home, code)
        matcher = TemplateMatcher(oracle, language_pack(code))
        for request in requests(oracle):
            scored = matcher.weigh(request.text, None)
            signs = np.array([msgspec.structs.astuple(one.signs) for one in scored], float).reshape(-1, len(SIGNS))
            meant = [(one.meaning.intent, one.meaning.targets) == (request.intent, request.targets) for one in scored]
            rows.append((signs, np.array([*meant, not any(meant)], float)))

    def loss(weights: np.ndarray) -> float:
        total = PENALTY * float(weights[:-1] @ weights[:-1]) / 2
        for signs, meant in rows:
            scores = np.append(signs @ weights[:-1], weights[-1])
            top = scores.max()
            total += top + np.log(np.exp(scores - top).sum())
            right = scores[meant > 0]
            total -= right.max() + np.log(np.exp(right - right.max()).sum())
        return total

    fitted = minimize(loss, np.zeros(len(SIGNS) + 1), method="L-BFGS-B").x
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in fitted[:-1]))
    print("NONE =", round(float(fitted[-1]), 2))


if __name__ == "__main__":
    main()
