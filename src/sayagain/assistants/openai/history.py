"""What was passed on for earlier words of a conversation, so that the model is shown the same past again.

A client keeps the user's own words and sends them all with every call. The model answered the words that were passed
on instead, so these stand in the past that it is shown, whatever would be decided about them today.
"""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from sayagain.assistants.openai.exchange import Exchange

__all__ = ["PassedOn", "Said"]

_KEPT = 10_000
"""So many words of users are kept; the oldest go first, and are then shown to the model as the user said them."""


class Said(msgspec.Struct, kw_only=True):
    """Words of a user that were passed on."""

    words: str
    """As they were passed on."""
    changed: bool
    """Whether they differ from the user's own."""
    session_id: str
    """The session that they belong to."""
    exchange: Exchange | None = None
    """The turn, while the client is expected to come back with it."""


class PassedOn:
    """Words passed on, by the digest of all that was said up to them.

    >>> history = PassedOn(most=1)
    >>> history.keep("a", Said(words="turn on the lamp", changed=True, session_id="s"))
    >>> history.keep("b", Said(words="thanks", changed=False, session_id="s"))
    >>> history.of("a") is None, history.of("b").words
    (True, 'thanks')
    """

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._said: OrderedDict[str, Said] = OrderedDict()

    def of(self, key: str) -> Said | None:
        """Return what is known of some words, and keep it longer."""
        said = self._said.get(key)
        if said is not None:
            self._said.move_to_end(key)
        return said

    def keep(self, key: str, said: Said) -> None:
        """Keep what was passed on."""
        self._said[key] = said
        self._said.move_to_end(key)
        while len(self._said) > self._most:
            self._said.popitem(last=False)

    def session(self, keys: Iterable[str]) -> str | None:
        """Return the session of the latest words that are known, or None.

        Args:
            keys: of what was said, latest first.
        """
        return next((said.session_id for said in map(self.of, keys) if said is not None), None)
