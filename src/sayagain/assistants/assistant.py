"""The protocol of an assistant: its own log becomes turns, labels become its training data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sayagain.formats import BadRecord
from sayagain.turns import Turn

if TYPE_CHECKING:
    # Only for the reader of types: what makes labels needs numpy, which a plugin inside an assistant does without.
    from sayagain.labels import Example

__all__ = ["Assistant", "Event"]

Event = Mapping[str, Any]
"""One record of an assistant's own log, message bus or event stream, as JSON gives it."""


@runtime_checkable
class Assistant(Protocol):
    """One kind of assistant, as the rest of sayagain sees it; every implementation passes one contract suite."""

    @property
    def name(self) -> str:
        """Value of `Turn.assistant`, for example `rasa`."""
        ...

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather the assistant's events into turns; a turn is yielded once no further event can belong to it.

        The same events give the same turns with the same ids, so reading a log again adds nothing. A turn that the
        assistant could not serve is `failed`, by its response or its hypothesis. An event that cannot be used gives a
        `BadRecord`, and reading continues.

        Args:
            events: in the order of the log; several conversations may be interleaved.
            source: name of the log in a `BadRecord`.
        """
        ...

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:
        """Return training files for the assistant, by file name; none if it is not trained by files."""
        ...
