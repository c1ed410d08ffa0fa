"""The history of forwarded words, so that the model is shown the same past again.

A client keeps the user's own words and sends them all with every call. The model answered the forwarded words, so it
is shown these again, whatever would be decided about them today.
"""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from sayagain.assistants.openai.exchange import Exchange

__all__ = ["ForwardHistory", "ForwardedMessage"]

_CAPACITY = 10_000
"""Largest number of messages kept; an evicted one is shown to the model as the user said it."""


class ForwardedMessage(msgspec.Struct, kw_only=True):
    """A user's message that was forwarded."""

    words: str
    """The forwarded words."""
    changed: bool
    """Whether they differ from the user's own words."""
    session_id: str
    """The session of the message."""
    exchange: Exchange | None = None
    """The exchange, while the client is expected to return to it."""


class ForwardHistory:
    """Forwarded messages by digest of the conversation up to them, least recently used first.

    Args:
        capacity: largest number of messages kept.

    >>> history = ForwardHistory(capacity=1)
    >>> history.keep("a", ForwardedMessage(words="turn on the lamp", changed=True, session_id="s"))
    >>> history.keep("b", ForwardedMessage(words="thanks", changed=False, session_id="s"))
    >>> history.find("a") is None, history.find("b").words
    (True, 'thanks')
    """

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._messages: OrderedDict[str, ForwardedMessage] = OrderedDict()

    def find(self, key: str) -> ForwardedMessage | None:
        """Return a message and mark it as recently used; None if it is unknown."""
        message = self._messages.get(key)
        if message is not None:
            self._messages.move_to_end(key)
        return message

    def keep(self, key: str, message: ForwardedMessage) -> None:
        """Store a message; the least recently used one may be evicted."""
        self._messages[key] = message
        self._messages.move_to_end(key)
        while len(self._messages) > self._capacity:
            self._messages.popitem(last=False)

    def session_id(self, keys: Iterable[str]) -> str | None:
        """Return the session of the latest known message, or None.

        Args:
            keys: digests, latest first.
        """
        return next((message.session_id for message in map(self.find, keys) if message is not None), None)
