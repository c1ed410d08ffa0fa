"""Features of a turn's NLU hypotheses from the turns that follow it, for the offline judge alone.

Decisions at run time never see them: they exist only after the session has gone on.
"""

from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from sayagain.feedback import Kind, Signal
from sayagain.labels.weak_labels import response_items
from sayagain.text import normalise
from sayagain.turns import NOTHING, Hypothesis, Session, Turn, declared_acts, is_question

__all__ = ["AFTER", "BEST_OF_OTHERS", "SIGNALS", "next_turn_features", "signal_kinds", "signal_strengths"]

AFTER: tuple[str, ...] = (
    *("is_read", "is_nothing", "read_nothing", "n_items", "is_social", "next_same", "second_same", "next_holds"),
    *("in_next", "in_later", "new_in_next", "next_conflicts", "later_conflicts", "next_nothing", "next_social"),
    *("next_agrees", "next_refuses", "is_last", "echoed", "echoed_next", "answered", "answered_next", "answered_first"),
    *("union_held", "next_alike", "next_same_words", "gap", "response_again", "n_acts", "response_changed"),
    *("response_asks", "interrupted", "n_later", "in_next_held", "in_final"),
)
"""The columns of `next_turn_features`."""

BEST_OF_OTHERS: tuple[int, ...] = tuple(
    AFTER.index(name) for name in ("next_same", "next_holds", "in_next", "answered_next", "union_held")
)
"""Columns whose best value over the turn's OTHER hypotheses is a feature too."""

SIGNALS: tuple[str, ...] = get_args(Kind)
"""The kinds of signals that the package detects."""

Floats = npt.NDArray[np.float64]


def signal_kinds(signals: Iterable[Sequence[Signal]]) -> tuple[str, ...]:
    """Return the kinds of the package and after them, sorted, those that added detectors found.

    >>> signal_kinds([[Signal(turn_id="t", kind="sigh", positive=False, strength=0.5, evidence="a sigh")]])[-2:]
    ('thanks', 'sigh')
    """
    found = {signal.kind for session in signals for signal in session}
    return (*SIGNALS, *sorted(found.difference(SIGNALS)))


def signal_strengths(session: Session, signals: Sequence[Signal], kinds: Sequence[str] = SIGNALS) -> Floats:
    """Return the strongest signal of each kind for each turn, negative where it speaks against the turn.

    Args:
        session: the whole session.
        signals: of the session; those of other kinds are not looked at.
        kinds: one column each.

    Returns:
        Shape (turns, kinds), in [-1, 1].
    """
    table = np.zeros((len(session.turns), len(kinds)))
    place = {turn.turn_id: i for i, turn in enumerate(session.turns)}
    column = {kind: i for i, kind in enumerate(kinds)}
    for signal in signals:
        if signal.kind not in column:
            continue
        at = place[signal.turn_id], column[signal.kind]
        value = signal.strength if signal.positive else -signal.strength
        if abs(value) > abs(table[at]):
            table[at] = value
    return table


def next_turn_features(session: Session, place: int, readings: Sequence[Hypothesis]) -> Floats:
    """Return the features of each hypothesis of one turn.

    Args:
        session: the whole session.
        place: the turn's place in it.
        readings: the first is the one that was acted on.

    Returns:
        Shape (hypotheses, `AFTER`).
    """
    scene = _Scene(session, place, readings)
    return np.array([scene.row(reading) for reading in readings], np.float64)


class _Scene:
    """The part of the features that all hypotheses of one turn share."""

    def __init__(self, session: Session, place: int, readings: Sequence[Hypothesis]) -> None:
        turn, later = session.turns[place], session.turns[place + 1 :]
        before = session.turns[place - 1] if place else None
        self.read = readings[0]
        self.later = later
        self.first = later[0] if later else None
        self.next = self.first.understood if self.first is not None else NOTHING
        self.acts = declared_acts((turn, *later[:1]))
        self.second = later[1].understood if len(later) > 1 else NOTHING
        self.next_held = {each.key for each in self.first.readings} if self.first is not None else set()
        self.next_wide = _all_items(self.first.readings if self.first is not None else ())
        self.later_items = _all_items([each.understood for each in later[1:]])
        self.mentioned, self.mentioned_next = (
            response_items(turn),
            response_items(self.first) if self.first is not None else set(),
        )
        self.mentioned_before = response_items(before) if before is not None else set()
        self.final = response_items(session.turns[-2]) if len(later) > 0 else set()
        self.held = [each.items for each in turn.readings]
        self.tail = self._tail(turn, before)

    def _tail(self, turn: Turn, before: Turn | None) -> tuple[float, ...]:
        first = self.first
        acts, acts_before = _acts(turn), _acts(before)
        words = normalise(turn.heard)
        return (
            fuzz.ratio(normalise(first.heard), words) / 100 if first is not None else -1.0,
            first is not None and normalise(first.heard) == words,
            (first.started - (turn.ended or turn.started)) / 1000 if first is not None else -1.0,
            _reply(turn) == _reply(before),
            len(acts),
            acts != acts_before,
            any(map(is_question, acts)),
            turn.interrupted is not None and turn.interrupted.yes,
            len(self.later),
        )

    def row(self, reading: Hypothesis) -> tuple[float, ...]:
        items, nothing = reading.items, not self.later
        values = {value for stated in reading.facts.values() for value in stated}
        names = {str(slot.value) for slot in reading.slots if "." in slot.name}
        n = max(len(items), 1)
        new = self.next.items - items
        slots = {item for item in items if item[0]}
        return (
            reading.key == self.read.key,
            reading.empty,
            self.read.empty,
            len(items),
            bool(items) and reading.intents <= self.acts.social,
            not nothing and reading.key == self.next.key,
            len(self.later) > 1 and reading.key == self.second.key,
            reading.key in self.next_held,
            len(items & self.next.items) / n,
            len(slots & self.later_items) / n,
            len(new),
            reading.conflicts(self.next),
            sum(reading.conflicts(each.understood) for each in self.later),
            not nothing and self.next.empty,
            not self.next.empty and self.next.intents <= self.acts.social,
            bool(self.next.intents & self.acts.agreement),
            bool(self.next.intents & self.acts.refusal),
            nothing,
            _share(values, self.mentioned),
            _share(values, self.mentioned_next),
            _share(names, self.mentioned),
            _share(names, self.mentioned_next),
            len((names | values) & (self.mentioned - self.mentioned_before)),
            bool(new) and any(held == items | self.next.items for held in self.held),
            *self.tail,
            len(items & self.next_wide) / n,
            _share(values, self.final),
        )


def _all_items(readings: Sequence[Hypothesis]) -> frozenset[tuple[str, str]]:
    return frozenset(item for reading in readings for item in reading.items)


def _share(wanted: set[str], found: set[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else -1.0


def _acts(turn: Turn | None) -> list[str]:
    return sorted(act.intent for act in turn.response.acts) if turn is not None and turn.response is not None else []


def _reply(turn: Turn | None) -> str:
    return turn.response.text if turn is not None and turn.response is not None else ""
