"""Abandonment: the user cancels, gives up, or leaves a question unanswered."""

from sayagain.feedback.outcome import asks, plays, trouble, worked
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.text import identifier_words
from sayagain.turns import Session, Turn

__all__ = ["abandonment", "abandons", "gives_up"]

GIVING_UP_WINDOW = 20_000
"""Milliseconds after a turn in which "stop" or "never mind" speaks about it."""
CANCELLED = 0.8
"""Strength of unambiguous words ("never mind", "forget it")."""
STOPPED = 0.6
"""Strength of words that may also stop an ongoing activity ("stop", "cancel")."""
UNANSWERED = 0.5
"""Strength of a question that ends the session."""

_GIVING_UP = frozenset({"nevermind", "never", "mind", "cancel", "abort", "exit", "quit"})
_GOES_ON = frozenset({"timer", "timers", "alarm", "alarms", "media", "music", "song", "radio", "play", "player"})


def abandonment(session: Session) -> list[Signal]:
    """Find the turns after which the user gave up.

    "Stop" counts only where no activity is ongoing: it is a request of its own if it did something, or if the previous
    turn successfully played something or set a timer.

    >>> from sayagain.turns import Response
    >>> asked = Response(text="Which lamp?", type="question")
    >>> turn = Turn(turn_id="t", started=0, request="turn on the lamp", response=asked)
    >>> [signal.evidence for signal in abandonment(Session(session_id="s", turns=(turn,)))]
    ["the assistant's question was never answered"]
    """
    signals = []
    for turn, next_turn, wait in followed(session, GIVING_UP_WINDOW):
        clarity = gives_up(turn, next_turn)
        if clarity is None:
            continue
        strength = clarity * fading(wait, GIVING_UP_WINDOW)
        signals.append(Signal.about(turn, "abandonment", strength, f'the user gave up: "{next_turn.heard}"'))
    last_turn = session.turns[-1]
    if asks(last_turn) and trouble(last_turn) is None:
        signals.append(
            Signal.about(last_turn, "abandonment", UNANSWERED, "the assistant's question was never answered")
        )
    return signals


def abandons(turn: Turn) -> float | None:
    """Return how clearly the words of a turn give up, or None if they do not.

    >>> abandons(Turn(turn_id="t", started=0, request="oh, never mind"))
    0.8
    """
    wording = phrases(turn)
    if wording is None:
        return None
    text = said(turn.heard)
    if wording.cancel.search(text):
        return CANCELLED
    return STOPPED if wording.stop.search(text) else None


def gives_up(before: Turn, after: Turn) -> float | None:
    """Return how clearly a turn gives up the request of the previous turn, or None if it does not.

    Like `abandons`, but "stop" does not count where an activity is ongoing that it could stop.

    >>> jazz, stop = Turn(turn_id="a", started=0, request="jazz radio"), Turn(turn_id="b", started=9, request="stop")
    >>> gives_up(jazz, stop) is None, gives_up(stop, stop)
    (True, 0.6)
    """
    clarity = abandons(after)
    return None if clarity == STOPPED and _stops_activity(before, after) else clarity


def _stops_activity(turn: Turn, next_turn: Turn) -> bool:
    if trouble(turn) is not None:
        return False
    if any(action.ok for action in next_turn.actions):
        return True
    hypothesis = next_turn.hypothesis
    if hypothesis is not None and not hypothesis.empty and not set(identifier_words(hypothesis.intent)) & _GIVING_UP:
        # The assistant took it for a command of its own; its success shows that there was something to stop.
        return worked(next_turn)
    return plays(turn) or _may_continue(turn)


def _may_continue(turn: Turn) -> bool:
    name_words = {word for action in turn.actions for word in identifier_words(action.target)}
    if turn.hypothesis is not None:
        name_words |= {*identifier_words(turn.hypothesis.intent), *identifier_words(turn.hypothesis.domain or "")}
    return bool(name_words & _GOES_ON) or bool(set(said(turn.heard).split()) & _GOES_ON)
