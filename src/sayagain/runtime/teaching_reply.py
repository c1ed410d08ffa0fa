"""The decision that answers the user instead of passing anything on."""

from sayagain.runtime.decision import Decision
from sayagain.teaching import TEACHING
from sayagain.turns import Turn

__all__ = ["teaching_reply"]


def teaching_reply(turn: Turn, reply: str, why: str, lesson_id: str | None = None) -> Decision:
    """Return the decision that answers a turn of a teaching exchange.

    Args:
        turn: as heard.
        reply: what is said to the user.
        why: in plain words.
        lesson_id: of what was kept.
    """
    return Decision(
        heard=turn.heard,
        text=turn.heard,
        layer=TEACHING,
        rewrite_id=lesson_id or TEACHING,
        reply=reply,
        why=f"answered by sayagain: {why}",
    )
