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
"""Words that can mean nothing else ("never mind", "forget it")."""
STOPPED = 0.6
"""Words that may also stop something that goes on ("stop", "cancel")."""
UNANSWERED = 0.5
"""A question with which the session ends."""

_GIVING_UP = frozenset({"nevermind", "never", "mind", "cancel", "abort", "exit", "quit"})
_GOES_ON = frozenset({"timer", "timers", "alarm", "alarms", "media", "music", "song", "radio", "play", "player"})


def abandonment(session: Session) -> list[Signal]:
    """Find the turns after which the user gave up.

    "Stop" counts only where nothing goes on that it could stop: it is no giving up when it did something itself, or
    when the turn before played something or set a timer and worked.

    >>> from sayagain.turns import Response
    >>> asked = Response(text="Which lamp?", type="question")
    >>> turn = Turn(turn_id="t", started=0, request="turn on the lamp", response=asked)
    >>> [signal.evidence for signal in abandonment(Session(session_id="s", turns=(turn,)))]
    ["the assistant's question was never answered"]
    """
    found = []
    for before, after, wait in followed(session, GIVING_UP_WINDOW):
        clarity = gives_up(before, after)
        if clarity is None:
            continue
        strength = clarity * fading(wait, GIVING_UP_WINDOW)
        found.append(_signal(before, strength, f'the user gave up: "{after.heard}"'))
    last = session.turns[-1]
    if asks(last) and trouble(last) is None:
        found.append(_signal(last, UNANSWERED, "the assistant's question was never answered"))
    return found


def abandons(turn: Turn) -> float | None:
    """Return how clearly the words of a turn give up, or None when they do not.

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
    """Return how clearly a turn gives up what the turn before it asked for; None where it does not.

    As `abandons`, but "stop" does not count where something goes on that it could stop.

    >>> jazz, stop = Turn(turn_id="a", started=0, request="jazz radio"), Turn(turn_id="b", started=9, request="stop")
    >>> gives_up(jazz, stop) is None, gives_up(stop, stop)
    (True, 0.6)
    """
    clarity = abandons(after)
    return None if clarity == STOPPED and _stops_something(before, after) else clarity


def _stops_something(before: Turn, after: Turn) -> bool:
    if trouble(before) is not None:
        return False
    if any(action.ok for action in after.actions):
        return True
    hypothesis = after.reading
    if hypothesis is not None and not hypothesis.empty and not set(identifier_words(hypothesis.intent)) & _GIVING_UP:
        # The assistant took it for a command of its own; that it then worked is the sign that there was one.
        return worked(after)
    return plays(before) or _keeps_time(before)


def _keeps_time(turn: Turn) -> bool:
    named = {word for action in turn.actions for word in identifier_words(action.target)}
    if turn.reading is not None:
        named |= {*identifier_words(turn.reading.intent), *identifier_words(turn.reading.domain or "")}
    return bool(named & _GOES_ON) or bool(set(said(turn.heard).split()) & _GOES_ON)


def _signal(turn: Turn, strength: float, evidence: str) -> Signal:
    return Signal(
        turn_id=turn.turn_id, kind="abandonment", positive=False, strength=round(strength, 3), evidence=evidence
    )
