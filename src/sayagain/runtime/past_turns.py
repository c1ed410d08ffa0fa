"""Past turns of whoever speaks: the latest ones, and those of the session."""

from collections.abc import Sequence

from sayagain.store import Store
from sayagain.turns import Turn, silence

__all__ = ["answers_question", "latest_turns", "same_session"]


def latest_turns(store: Store, turn: Turn, limit: int) -> list[Turn]:
    """Return the latest turns before this one of its user on its device, oldest first.

    Args:
        store: the log.
        turn: one without a time, or without both a user and a device, has none.
        limit: at most so many.
    """
    device = turn.device_id or turn.satellite_id
    if not turn.started or (turn.user_id is None and device is None):
        return []
    tail = store.session_tail(turn.user_id, device, turn.started, limit)
    # Devices of two homes may have one name.
    return [earlier for earlier in tail if earlier.home == turn.home]


def same_session(turn: Turn, latest: Sequence[Turn], gap: int) -> list[Turn]:
    """Return those of the latest turns that are in the session of this one, oldest first.

    Args:
        turn: the turn.
        latest: as made by `latest_turns`.
        gap: silence that ends a session, in milliseconds.
    """
    if turn.session_id is not None:
        # The assistant's own session id is believed whatever the gap, as it is in learning.
        return [earlier for earlier in latest if earlier.session_id == turn.session_id]
    session_turns: list[Turn] = []
    for earlier in reversed(latest):
        if silence(earlier, session_turns[-1] if session_turns else turn) > gap:
            break
        session_turns.append(earlier)
    return session_turns[::-1]


def answers_question(history: Sequence[Turn]) -> bool:
    """Return whether the assistant asked something in the last turn."""
    response = history[-1].response if history else None
    return response is not None and (response.type == "question" or (response.text or "").rstrip().endswith("?"))
