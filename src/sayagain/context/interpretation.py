"""Interpretation: how likely each hypothesis of an ambiguous request is meant, here and by this person.

The tree of the request says what everybody means in such a situation, the person's habits what this person does. What
is meant instead of what the assistant does, where nobody has said so yet, is the likelier the more a hypothesis has
to do with what made the difference (the alarm that rings, the oven that is on) and with what the person usually asks
for.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sayagain.context.conditions import conditions
from sayagain.context.context_signal import context_signals
from sayagain.context.context_tree import ContextLeaf, ContextTree
from sayagain.context.evidence import UNKNOWN
from sayagain.context.habits import Habits, never_meant, situation_name
from sayagain.context.placed import in_room, listed_hypotheses, placed_hypothesis
from sayagain.text import identifier_words
from sayagain.turns import Hypothesis, Turn

__all__ = ["AmbiguousRequest", "Interpretation", "interpret"]

BASE = 0.05
"""Weight of all listed hypotheses of which nothing is known, together."""

RELATED = 0.5
"""Weight of a hypothesis that shares a word with what made the difference."""

_NOT_WORDS = re.compile(r"[^\w]+")

_EMPTY_WORDS = frozenset({"is", "on", "off", "was", "acted", "after", "not", "here", "something", "below", "a", "the"})


class AmbiguousRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt of one request."""

    name: str
    """What it shares with requests that may mean the same, as `request_key` gives it."""
    tree: ContextTree
    """What it means in which situation."""
    average: float
    """Share of its turns that went wrong, by the judge."""
    hypotheses: dict[str, Hypothesis]
    """The hypotheses that users meant by it, placed, by key."""


class Interpretation(msgspec.Struct, frozen=True, kw_only=True):
    """The hypotheses of one request in its situation."""

    shares: dict[str, float]
    """P(meant) by key, of what the assistant would do and of what else is known; they sum to 1 or less."""
    hypotheses: dict[str, Hypothesis]
    """The hypotheses by key, with the room of the request."""
    placed: dict[str, str]
    """Their keys with the room as `here`, by key."""
    leaf: ContextLeaf
    """What everybody means in such a situation."""
    situation: str
    """The name of the kind of situation, for habits."""


def interpret(
    turn: Turn,
    history: Sequence[Turn],
    request: AmbiguousRequest,
    done: Hypothesis,
    *,
    habits: Habits,
    usual: Mapping[str, float],
) -> Interpretation:
    """Interpret a request.

    Args:
        turn: under way.
        history: the turns before it in its session, oldest first.
        request: what was learnt of it.
        done: what the assistant would do.
        habits: the person's.
        usual: share of a hypothesis among what the person asks for with the same intent, by key.
    """
    leaf = request.tree.find(conditions(context_signals(turn, history)))
    listed = listed_hypotheses(turn)
    known = listed or [in_room(placed, turn) for placed in request.hypotheses.values()]
    hypotheses = {hypothesis.key: hypothesis for hypothesis in (done, *known)}
    placed = {key: placed_hypothesis(hypothesis, turn).key for key, hypothesis in hypotheses.items()}
    situation = situation_name(request.name, leaf.path, placed[done.key])
    habit = habits.get(situation)
    retries = habit.retries if habit is not None else {}
    difference = _words(condition for condition in leaf.path if not condition.startswith("not "))
    intents = Counter(hypothesis.intent for hypothesis in hypotheses.values())
    weights = {
        key: (BASE / len(listed) if listed else 0.0)
        + leaf.meant.get(placed_key, 0.0)
        + retries.get(placed_key, 0.0)
        # What a person usually asks for decides between values of one intent.
        + usual.get(key, 0.0) * (intents[hypotheses[key].intent] > 1)
        + RELATED * bool(difference & _words([placed_key]))
        for key, placed_key in placed.items()
        if key != done.key
    }
    total = sum(weights.values())
    # Without a list much else may be meant.
    wrong = never_meant(habits, situation, 1 - leaf.meant.get(placed[done.key], 0.0), now=turn.started)
    unknown = 0.0 if listed else leaf.meant.get(UNKNOWN, 0.0)
    shares = {key: wrong * weight / (total + unknown) for key, weight in weights.items() if weight}
    return Interpretation(
        shares={done.key: 1 - wrong} | shares, hypotheses=hypotheses, placed=placed, leaf=leaf, situation=situation
    )


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of keys and conditions that name something."""
    return {
        word
        for text in texts
        for part in _NOT_WORDS.split(text)
        for word in identifier_words(part)
        if word not in _EMPTY_WORDS
    }
