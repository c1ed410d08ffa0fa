"""Features of a turn's NLU hypotheses from the turns that follow it, for the offline judge alone.

Decisions at run time never use them: they exist only after later turns.
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
"""Columns whose best value over the other hypotheses of the turn is a feature too."""

SIGNALS: tuple[str, ...] = get_args(Kind)
"""The kinds of signals that the package detects."""

Floats = npt.NDArray[np.float64]


def signal_kinds(signals: Iterable[Sequence[Signal]]) -> tuple[str, ...]:
    """Return the kinds of the package, followed by the sorted kinds of added detectors.

    >>> signal_kinds([[Signal(turn_id="t", kind="sigh", positive=False, strength=0.5, evidence="a sigh")]])[-2:]
    ('thanks', 'sigh')
    """
    kinds = {signal.kind for session in signals for signal in session}
    return (*SIGNALS, *sorted(kinds.difference(SIGNALS)))


def signal_strengths(session: Session, signals: Sequence[Signal], kinds: Sequence[str] = SIGNALS) -> Floats:
    """Return the strongest signal of each kind for each turn, negative if it is evidence of a failure.

    Args:
        session: the whole session.
        signals: signals of the session; those of other kinds are ignored.
        kinds: kinds of the columns.

    Returns:
        Shape (turns, kinds), in [-1, 1].
    """
    table = np.zeros((len(session.turns), len(kinds)))
    rows = {turn.turn_id: i for i, turn in enumerate(session.turns)}
    columns = {kind: i for i, kind in enumerate(kinds)}
    for signal in signals:
        if signal.kind not in columns:
            continue
        cell = rows[signal.turn_id], columns[signal.kind]
        value = signal.strength if signal.positive else -signal.strength
        if abs(value) > abs(table[cell]):
            table[cell] = value
    return table


def next_turn_features(session: Session, position: int, hypotheses: Sequence[Hypothesis]) -> Floats:
    """Return the features of each hypothesis of one turn.

    Args:
        session: the whole session.
        position: position of the turn in the session.
        hypotheses: hypotheses of the turn; the first is the one that was acted on.

    Returns:
        Shape (hypotheses, `AFTER`).
    """
    features = _TurnFeatures(session, position, hypotheses)
    return np.array([features.row(hypothesis) for hypothesis in hypotheses], np.float64)


class _TurnFeatures:
    """The features of one turn's hypotheses, with the parts that all hypotheses share."""

    def __init__(self, session: Session, position: int, hypotheses: Sequence[Hypothesis]) -> None:
        turn, later_turns = session.turns[position], session.turns[position + 1 :]
        previous_turn = session.turns[position - 1] if position else None
        self.hypothesis = hypotheses[0]
        self.later_turns = later_turns
        self.next_turn = later_turns[0] if later_turns else None
        self.next_hypothesis = self.next_turn.understood if self.next_turn is not None else NOTHING
        self.acts = declared_acts((turn, *later_turns[:1]))
        self.second_hypothesis = later_turns[1].understood if len(later_turns) > 1 else NOTHING
        self.next_keys = (
            {hypothesis.key for hypothesis in self.next_turn.hypotheses} if self.next_turn is not None else set()
        )
        self.next_nbest_items = _all_items(self.next_turn.hypotheses if self.next_turn is not None else ())
        self.later_items = _all_items([later_turn.understood for later_turn in later_turns[1:]])
        self.response_items = response_items(turn)
        self.next_response_items = response_items(self.next_turn) if self.next_turn is not None else set()
        self.previous_response_items = response_items(previous_turn) if previous_turn is not None else set()
        self.final_response_items = response_items(session.turns[-2]) if len(later_turns) > 0 else set()
        self.nbest_items = [hypothesis.items for hypothesis in turn.hypotheses]
        self.shared_features = self._shared_features(turn, previous_turn)

    def _shared_features(self, turn: Turn, previous_turn: Turn | None) -> tuple[float, ...]:
        next_turn = self.next_turn
        acts, acts_before = _acts(turn), _acts(previous_turn)
        words = normalise(turn.heard)
        return (
            fuzz.ratio(normalise(next_turn.heard), words) / 100 if next_turn is not None else -1.0,
            next_turn is not None and normalise(next_turn.heard) == words,
            (next_turn.started - (turn.ended or turn.started)) / 1000 if next_turn is not None else -1.0,
            _reply(turn) == _reply(previous_turn),
            len(acts),
            acts != acts_before,
            any(map(is_question, acts)),
            turn.interrupted is not None and turn.interrupted.yes,
            len(self.later_turns),
        )

    def row(self, hypothesis: Hypothesis) -> tuple[float, ...]:
        items, is_last = hypothesis.items, not self.later_turns
        values = {value for slot_values in hypothesis.facts.values() for value in slot_values}
        names = {str(slot.value) for slot in hypothesis.slots if "." in slot.name}
        item_count = max(len(items), 1)
        new_items = self.next_hypothesis.items - items
        slots = {item for item in items if item[0]}
        return (
            hypothesis.key == self.hypothesis.key,
            hypothesis.empty,
            self.hypothesis.empty,
            len(items),
            bool(items) and hypothesis.intents <= self.acts.social,
            not is_last and hypothesis.key == self.next_hypothesis.key,
            len(self.later_turns) > 1 and hypothesis.key == self.second_hypothesis.key,
            hypothesis.key in self.next_keys,
            len(items & self.next_hypothesis.items) / item_count,
            len(slots & self.later_items) / item_count,
            len(new_items),
            hypothesis.conflicts(self.next_hypothesis),
            sum(hypothesis.conflicts(later_turn.understood) for later_turn in self.later_turns),
            not is_last and self.next_hypothesis.empty,
            not self.next_hypothesis.empty and self.next_hypothesis.intents <= self.acts.social,
            bool(self.next_hypothesis.intents & self.acts.agreement),
            bool(self.next_hypothesis.intents & self.acts.refusal),
            is_last,
            _share(values, self.response_items),
            _share(values, self.next_response_items),
            _share(names, self.response_items),
            _share(names, self.next_response_items),
            len((names | values) & (self.response_items - self.previous_response_items)),
            bool(new_items)
            and any(items_held == items | self.next_hypothesis.items for items_held in self.nbest_items),
            *self.shared_features,
            len(items & self.next_nbest_items) / item_count,
            _share(values, self.final_response_items),
        )


def _all_items(hypotheses: Sequence[Hypothesis]) -> frozenset[tuple[str, str]]:
    return frozenset(item for hypothesis in hypotheses for item in hypothesis.items)


def _share(expected: set[str], mentioned: set[str]) -> float:
    return len(expected & mentioned) / len(expected) if expected else -1.0


def _acts(turn: Turn | None) -> list[str]:
    return sorted(act.intent for act in turn.response.acts) if turn is not None and turn.response is not None else []


def _reply(turn: Turn | None) -> str:
    return turn.response.text if turn is not None and turn.response is not None else ""
