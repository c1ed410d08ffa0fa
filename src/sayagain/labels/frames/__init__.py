"""The frame labeller: from the turns of a session to intent and slots."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.labels.frames.labeller import FrameLabeller, open_frames

__all__ = ["FrameLabeller", "open_frames"]

# Lazy, so that one module of this package can be imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "FrameLabeller": "labeller",
        "open_frames": "labeller",
    },
)
