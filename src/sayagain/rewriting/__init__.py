"""What to say instead: rewrites learnt from what people said next."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.rewriting.candidates import SOURCES, Candidate, Layer, Position
    from sayagain.rewriting.knowledge import Knowledge

__all__ = ["SOURCES", "Candidate", "Knowledge", "Layer", "Position"]

# Late, so that a module of this room is imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "SOURCES": "candidates",
        "Candidate": "candidates",
        "Knowledge": "knowledge",
        "Layer": "candidates",
        "Position": "candidates",
    },
)
