"""The session judge: which turns failed, where a goal begins, whether it was reached."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.labels.judge.session_judge import Opinion, SessionJudge, open_judge

__all__ = ["Opinion", "SessionJudge", "open_judge"]

# Late, so that a module of this room is imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Opinion": "session_judge",
        "SessionJudge": "session_judge",
        "open_judge": "session_judge",
    },
)
