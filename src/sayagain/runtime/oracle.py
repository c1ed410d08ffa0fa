"""The oracle of teaching: what the assistant understands, as far as anybody can tell."""

from typing import Protocol

from sayagain.turns import Turn

__all__ = ["Oracle"]


class Oracle(Protocol):
    """Knows what an assistant understands; called from threads, in some milliseconds."""

    def understands(self, words: str, turn: Turn, /) -> bool | None:
        """Return whether the assistant would act on a request made in place of a turn; None if nobody can tell."""
        ...

    def knows_name(self, name: str, turn: Turn, /) -> bool | None:
        """Return whether a thing has this name; None if nobody can tell."""
        ...
