"""From the log to a release."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.learning.judge import Judge
    from sayagain.learning.learn import LearningResult
    from sayagain.learning.settings import LearnSettings

__all__ = ["Judge", "LearnSettings", "LearningResult"]

# Late, so that a module of this room is imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Judge": "judge",
        "LearnSettings": "settings",
        "LearningResult": "learn",
    },
)
