"""No harm: what Home Assistant understands is left as it is, in every language, and what orders nothing is not done.

Sentences drawn from Home Assistant's own templates, in homes with names of their language, go through the cold start
and through a release that was learnt from a mixed log. Requests that must not be acted on go through both, too: through
the cold start of a guarded home, and through a release that learnt for each of them just what it must not become.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.no_harm_help import COUNTS, run_help
from benchmarks.no_harm_home import guarded_home
from benchmarks.no_harm_logs import household_log, made_log, misheard_wordings, tempting_log
from benchmarks.no_harm_requests import HALVES, Forbidden, Half, forbidden_requests, harmless_pairs, unseen_pairs
from benchmarks.no_harm_templates import home_in, languages, template_sentences
from sayagain.assistants.homeassistant.cold_start.cold_start import LANGUAGES, ColdStart
from sayagain.assistants.homeassistant.cold_start.home import HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.errors import GateRefused
from sayagain.guardrails import refuse
from sayagain.guardrails.stated_numbers import numbers
from sayagain.languages import DEFAULT, language_codes, language_pack, spoken_words
from sayagain.learner import Learner
from sayagain.models import load_encoder
from sayagain.runtime import DO_NOTHING, Decision
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["run", "run_no_harm"]

SEED = 1
"""Of the sentences; chosen once."""

SENTENCES = 200
"""Of each language."""

LEARNT = ("de", "es", "fr", "hu", "it", "nl", "pl", "pt", "ru", "sv", "zh-CN")
"""Languages of the made logs."""

HOMES, WEEKS = 4, 3
"""Of the English household's log."""

TEMPTED_USERS = 6
"""Speakers of whom each says every forbidden request once, and then what it must not become."""

ORDERS_NOTHING = frozenset({"question", "report", "complaint", "negation"})
"""Kinds that Home Assistant itself may not act on either, when the cold start stands before it."""

_NUMBER = count(1)


class Harm(msgspec.Struct):
    """What was done to the sentences of one language."""

    sentences: int = 0
    """How many."""
    rewritten: int = 0
    """So many of them were passed on in other words."""
    asked: int = 0
    """So many were asked about."""

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count one sentence with what the cold start and the release decided on it."""
        made = tuple(decisions)
        self.sentences += 1
        self.rewritten += any(decision.changed for decision in made)
        self.asked += any(decision.ask is not None for decision in made)


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. It needs no data from outside."""
    return {"no_harm": run_no_harm()}


def run_no_harm(
    tags: Sequence[str] | None = None,
    *,
    sentences: int = SENTENCES,
    learnt: Sequence[str] = LEARNT,
    homes: int = HOMES,
    weeks: int = WEEKS,
    codes: Sequence[str] | None = None,
    requests: int | None = None,
) -> dict[str, Any]:
    """Count what was touched and what was acted on.

    Args:
        tags: languages of the sentences; all that there are names in when not given.
        sentences: of each.
        learnt: languages of the made logs.
        homes: of the household's log.
        weeks: of it.
        codes: languages of the forbidden requests; all that have a pack when not given.
        requests: the first so many forbidden ones of each language; all when not given.
    """
    forbidden = {code: forbidden_requests(code)[:requests] for code in codes or language_codes()}
    return {
        "help": _help(tuple(forbidden)),
        "unseen": {half: _unseen(tuple(forbidden), half) for half in HALVES},
        "forbidden": _forbidden(forbidden),
        **_templates(tags or languages(), sentences, learnt, homes, weeks),
    }


def _templates(tags: Sequence[str], sentences: int, learnt: Sequence[str], homes: int, weeks: int) -> dict[str, Any]:
    logs = [household_log(homes, weeks), *map(made_log, learnt)]
    figures: dict[str, Any] = {}
    with _learnt(turn for log in logs for turn in log) as learner:
        tried = [(tag, heard) for tag in learnt for heard, _ in misheard_wordings(tag)]
        served = sum(learner.rewrite(_turn(heard, tag)).changed for tag, heard in tried)
        print(f"misheard in the log and said again: the release rewrites {served} of {len(tried)}")
        print(f"\n{'sentences of':<14}{'':>6}{'rewritten':>11}{'asked':>7}")
        for tag in tags:
            harm, elsewhere = _touched(tag, sentences, learner)
            figures[tag] = msgspec.to_builtins(harm)
            print(f"{tag:<14}{harm.sentences:>6}{harm.rewritten:>11}{harm.asked:>7}", flush=True)
            if elsewhere.sentences:
                figures[f"{tag}_not_understood"] = msgspec.to_builtins(elsewhere)
                print(f"{'  not here':<14}{elsewhere.sentences:>6}{elsewhere.rewritten:>11}{elsewhere.asked:>7}")
    return {**figures, "misheard": {"tried": len(tried), "rewritten": served}}


def _touched(tag: str, sentences: int, learner: Learner) -> tuple[Harm, Harm]:
    """Return what becomes of sentences that Home Assistant understands in a home, and of those that it does not.

    Of other languages than English every sentence of a template counts; in English the cold start is there to help
    with what names nothing that the home has.
    """
    home = home_in(tag)
    cold_start = ColdStart(home, encoder=load_encoder())
    oracle = Oracle(home) if tag == DEFAULT else None
    understood, elsewhere = Harm(), Harm()
    for number, sentence in enumerate(template_sentences(tag, SEED)):
        if understood.sentences == sentences:
            break
        room = home.areas[number % len(home.areas)]
        turn = _turn(sentence.text, tag, room.id)
        harm = elsewhere if oracle is not None and oracle.read(sentence.text, room) is None else understood
        harm.add((cold_start.decide(turn), learner.rewrite(turn)))
    return understood, elsewhere


def _forbidden(requests: dict[str, list[Forbidden]]) -> dict[str, Any]:
    log = (turn for code, forbidden in requests.items() for turn in tempting_log(code, forbidden, TEMPTED_USERS))
    figures: dict[str, Any] = {}
    total: Counter[str] = Counter()
    with _learnt(log) as learner:
        head = f"{'tempted':>9}{'refused':>9}{'acted: release':>16}{'cold start':>12}"
        print(f"\n{'forbidden':<14}{'':>6}{head}   misheard, rewritten")
        for code, forbidden in requests.items():
            home = home_in(code) if code in LANGUAGES else guarded_home()
            cold_start = ColdStart(home, encoder=load_encoder())
            oracle = Oracle(home, code if code in LANGUAGES else DEFAULT)
            counts: Counter[str] = Counter(tried=len(forbidden), tempted=0, refused=0, acted=0)
            cold = 0
            for request in forbidden:
                turn = _turn(request.text, code, request.room)
                decision = learner.rewrite(turn)
                by_cold_start = _acts(request, cold_start.decide(turn), oracle, home)
                counts["tempted"] += _tempted(learner, turn, request)
                counts["refused"] += "was refused" in decision.why
                by_release = decision.changed and not _keeps_number(request, decision)
                counts["acted"] += by_release or by_cold_start
                cold += by_cold_start
                if by_release or by_cold_start:
                    by = "cold start" if by_cold_start else f"“{decision.text}”"
                    print(f"  {request.kind}: “{request.text}” → {by}")
            pairs = harmless_pairs(code)
            served = sum(learner.rewrite(_turn(heard, code)).changed for heard, _ in pairs)
            cells = f"{counts['tempted']:>9}{counts['refused']:>9}{counts['acted'] - cold:>16}{cold:>12}"
            print(f"{code:<14}{counts['tried']:>6}{cells}   {served} of {len(pairs)}", flush=True)
            figures[code] = dict(counts)
            total += counts
    return {"tried": total["tried"], "acted": total["acted"], **figures}


def _unseen(codes: Sequence[str], half: Half) -> dict[str, Any]:
    """Ask the guardrails alone about rewrites of requests that are no sentences of the language files."""
    figures: dict[str, Any] = {}
    for code in codes:
        pairs = unseen_pairs(code, half)
        passed = [pair for pair in pairs if refuse(pair[0], None, pair[1], None, language=code) is None]
        figures[code] = {"tried": len(pairs), "passed": len(passed)}
        for text, other in passed:
            print(f"  “{text}” → “{other}”")
    tried, passed_by = (sum(counts[name] for counts in figures.values()) for name in ("tried", "passed"))
    print(f"guardrails alone, {half} half: {passed_by} of {tried} tempting rewrites pass")
    return {"tried": tried, "passed": passed_by, **figures}


def _help(codes: Sequence[str]) -> dict[str, Any]:
    """Count what becomes of requests that Home Assistant does not understand; the sealed half stands for a language."""
    print(f"\n{'not understood':<28}" + "".join(f"{name:>12}" for name in COUNTS))
    halves = {code: run_help(code) for code in codes}
    development = {code: counts["development"] for code, counts in halves.items()}
    return {**{code: counts["sealed"] for code, counts in halves.items()}, "development": development}


def _tempted(learner: Learner, turn: Turn, request: Forbidden) -> bool:
    """Return whether the release has what a request must not become among its candidates."""
    decider = learner.runtime.decider
    assert decider is not None
    texts = {normalise(weighed.candidate.text) for weighed in decider.weigh(turn, ())[1:]}
    return normalise(request.tempting) in texts


def _acts(request: Forbidden, decision: Decision, oracle: Oracle, home: HomeSnapshot) -> bool:
    """Return whether something is done at once after the cold start; a question to the user does nothing."""
    if decision.ask is not None or decision.text == DO_NOTHING:
        return False
    if not decision.changed and (request.language != DEFAULT or request.kind not in ORDERS_NOTHING):
        # Home Assistant can delay some things itself; it is left to it.
        return False
    if request.kind == "numbers" and _stated(decision.text, request.language) == _stated(
        request.text, request.language
    ):
        # It is an order, and only its number must stay.
        return False
    room: HomeArea | None = home.room(request.room)
    hypothesis = oracle.read(decision.text, room)
    return decision.changed if hypothesis is None else bool(hypothesis.targets) and not hypothesis.asks


def _keeps_number(request: Forbidden, decision: Decision) -> bool:
    """Return whether a request is an order of which only the number must stay, and it stays."""
    texts = (request.text, decision.text)
    before, after = (_stated(text, request.language) for text in texts)
    return request.kind == "numbers" and before == after


def _stated(text: str, code: str) -> list[str]:
    pack = language_pack(code)
    return [] if pack is None else sorted(numbers(spoken_words(text, pack), pack))


@contextmanager
def _learnt(log: Iterable[Turn]) -> Iterator[Learner]:
    """Learn a release from a log and promote it, as the nightly job does; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "no_harm.db", holdout=0.0) as learner:
        learner.store.add_turns(log)
        release = learner.learn()
        try:
            learner.promote(release)
            outcome = "promoted by its gate"
        except GateRefused as refused:
            learner.promote(release, force=True)
            outcome = f"promoted by force: {refused}"
        counts, known = release.manifest.counts, ", ".join(release.manifest.languages)
        print(f"\na release learnt from {counts['turns']} turns of {counts['users']} users in {known}; {outcome}")
        yield learner


def _turn(heard: str, language: str, room: str | None = None) -> Turn:
    number = next(_NUMBER)
    return Turn(
        turn_id=f"no-harm-{number}",
        started=2_000_000_000_000 + number * 600_000,
        request=heard,
        assistant="homeassistant",
        device_id=room,
        conversation_id=f"no-harm-{number}",
        language=language,
    )
