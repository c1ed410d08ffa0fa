"""The session judge: defects, starts of goals, and whether goals are reached."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.labels.judge.session_judge import Opinion, SessionJudge, open_judge

__all__ = ["Opinion", "SessionJudge", "open_judge"]

# Lazy, so that one module of this package can be imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Opinion": "session_judge",
        "SessionJudge": "session_judge",
        "open_judge": "session_judge",
    },
)
