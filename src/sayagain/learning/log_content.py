"""What the turns of a log hold besides the request: the signs that a failure can be told by."""

from collections.abc import Iterable

from sayagain.turns import Turn

__all__ = ["count_content"]


def count_content(turns: Iterable[Turn]) -> dict[str, int]:
    """Return how many turns there are, and how many hold a reply, an error code, a hypothesis, a user and a language.

    >>> count_content([Turn(turn_id="t", started=0, request="lamp on", user_id="ann")])["with_users"]
    1
    """
    names = ("read_turns", "with_replies", "with_error_codes", "with_hypotheses", "with_users", "with_languages")
    counts = dict.fromkeys(names, 0)
    for turn in turns:
        counts["read_turns"] += 1
        response = turn.response
        counts["with_replies"] += response is not None and bool(response.text)
        counts["with_error_codes"] += response is not None and response.error_code is not None
        counts["with_hypotheses"] += turn.nlu is not None and turn.nlu.intent is not None
        counts["with_users"] += turn.user_id is not None
        counts["with_languages"] += turn.language is not None
    return counts
