"""Rephrases of a log: for each failed request the later one that says it again in whatever words, where that is sure.

Whether words name another thing, number or direction is for the guardrails to say, as with every rewrite: such a pair
is another request, however often the one follows the other.
"""

from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from sayagain.feedback import Signal
from sayagain.feedback.retries import AGAIN_WINDOW, conviction
from sayagain.feedback.timing import gap
from sayagain.guardrails import names_of, refuse
from sayagain.labels.rephrase import Rephrase, RephraseDetector, open_detector
from sayagain.languages import language_of
from sayagain.turns import SAID, Goal, Session, Turn, declared_acts

__all__ = ["SURE", "SURE_ONCE", "add_signals", "find_rephrases", "is_sure", "join_goals"]

SURE = 0.7
"""Least probability of a rephrase that teaches, where the pair recurs in the log. Of the written rephrases without a
common word that recur, 95% of those above it are right (half for development)."""

SURE_ONCE = 0.8
"""The same where it does not recur. In simulated homes that no benchmark counts, 43 of the 44 pairs above it that only
the detector finds are right, and 8 of the 13 between the two."""


def find_rephrases(log: Sequence[Session], detector: RephraseDetector | None = None) -> dict[str, Rephrase]:
    """Return the sure rephrases of a log, by the id of the turn that was not understood.

    The later request was understood, in the same language, and is no other request by the guardrails: another number,
    name or direction, or an act that only a yes would allow.

    Args:
        log: sessions whose turns state their language.
        detector: the shipped one, if not given.
    """
    turns = {turn.turn_id: turn for session in log for turn in session.turns}
    names = names_of((slot.name, slot.value) for turn in turns.values() for slot in turn.understood.slots)
    social = declared_acts(turns.values()).social
    rephrases = {}
    for rephrase in (detector or open_detector()).rephrases(log):
        source, target = turns[rephrase.turn_id], turns[rephrase.target_id]
        hypothesis = target.understood
        if not is_sure(rephrase) or hypothesis.intents <= social:
            continue
        if language_of(source.language) != language_of(target.language):
            continue
        if _is_another_request(source, target, names) is None:
            rephrases[source.turn_id] = rephrase
    return rephrases


def is_sure(rephrase: Rephrase) -> bool:
    """Return whether a rephrase is sure enough to teach."""
    return rephrase.probability >= (SURE if rephrase.lift > 0 else SURE_ONCE)


def add_signals(session: Session, signals: Sequence[Signal], rephrases: Mapping[str, Rephrase]) -> list[Signal]:
    """Return the signals of a session with one for each rephrase that the detectors of feedback did not see.

    Args:
        session: the session.
        signals: of its turns.
        rephrases: of the log.
    """
    turns = {turn.turn_id: turn for turn in session.turns}
    seen = {signal.turn_id for signal in signals if signal.kind == "rephrase"}
    added = []
    for turn in session.turns:
        rephrase = rephrases.get(turn.turn_id)
        target = turns.get(rephrase.target_id) if rephrase is not None else None
        if rephrase is None or target is None or turn.turn_id in seen:
            continue
        wait = gap(turn, target)
        added.append(
            Signal(
                turn_id=turn.turn_id,
                kind="rephrase",
                positive=False,
                strength=round(rephrase.probability * conviction(turn, target, wait, AGAIN_WINDOW), 3),
                evidence=f'said again in other words {wait / 1000:.0f} s later: "{target.heard}"',
            )
        )
    return [*signals, *added]


def join_goals(goals: Iterable[Goal], rephrases: Mapping[str, Rephrase]) -> list[Goal]:
    """Return the goals of a session; a request and its rephrase are of one goal, whatever cut them apart.

    Args:
        goals: of one session, in order.
        rephrases: of the log.

    >>> a, b = (Turn(turn_id=turn_id, started=0, request="x") for turn_id in ("a", "b"))
    >>> again = Rephrase(turn_id="a", target_id="b", probability=0.9, lift=2.0)
    >>> parts = [Goal(session_id="s", turns=(turn,)) for turn in (a, b)]
    >>> len(join_goals(parts, {"a": again})), len(join_goals(parts, {}))
    (1, 2)
    """
    joined: list[Goal] = []
    for goal in goals:
        ids = {turn.turn_id for turn in goal.turns}
        first = next((place for place, earlier in enumerate(joined) if _awaits(earlier, ids, rephrases)), len(joined))
        # What was said in between goes with them: a goal is a stretch of its session.
        turns = tuple(turn for part in [*joined[first:], goal] for turn in part.turns)
        joined[first:] = [msgspec.structs.replace(goal, turns=turns)]
    return joined


def _awaits(goal: Goal, turn_ids: Container[str], rephrases: Mapping[str, Rephrase]) -> bool:
    """Return whether one of some later turns rephrases a turn of a goal."""
    return any(turn.turn_id in rephrases and rephrases[turn.turn_id].target_id in turn_ids for turn in goal.turns)


def _is_another_request(source: Turn, target: Turn, names: frozenset[str]) -> str | None:
    return refuse(
        source.heard,
        None,
        target.request,
        target.understood if target.understood.intent != SAID else None,
        confirmed=True,
        names=names,
        language=source.language,
    )
