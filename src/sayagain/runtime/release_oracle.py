"""What the release in use tells of requests: whether they worked in its log."""

import msgspec

from sayagain.runtime.decider import Decider
from sayagain.runtime.oracle import Oracle
from sayagain.turns import Turn

__all__ = ["ReleaseOracle"]


class ReleaseOracle:
    """An `Oracle` that knows what worked and what failed in the log, and nothing of what was never said.

    Args:
        decider: of the release in use; without one it knows nothing.
        assistant: knows what the assistant understands, if anybody does. What worked counts in any case: the assistant
            may have learnt it elsewhere.

    >>> ReleaseOracle(None).understands("lamp on", Turn(turn_id="t", started=0, request="study mode")) is None
    True
    """

    def __init__(self, decider: Decider | None, assistant: Oracle | None = None) -> None:
        self._decider = decider
        self._assistant = assistant

    def understands(self, words: str, turn: Turn, /) -> bool | None:
        """Return whether most of the turns with these words went well; None if nobody said them."""
        verdict = None if self._assistant is None else self._assistant.understands(words, turn)
        if verdict or self._decider is None:
            return verdict
        row = self._decider.known(msgspec.structs.replace(turn, request=words, asr=None, nlu=None))
        worked = None if row is None or not row.heard else row.failed * 2 < row.heard
        return worked if worked or verdict is None else verdict

    def knows_name(self, name: str, turn: Turn, /) -> bool | None:
        """Return whether a thing has this name; a log alone need not name everything."""
        if self._assistant is not None:
            return self._assistant.knows_name(name, turn)
        contents = None if self._decider is None else self._decider.contents
        return True if contents is not None and name.casefold() in contents.names else None
