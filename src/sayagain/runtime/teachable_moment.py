"""Teachable moments: asks what words mean that the assistant keeps not understanding, once in a while.

A question annoys, and is answered now and then. It is asked only where the assistant would fail anyway, and where the
same words have failed before: who has said them twice within the latest turns will say them again.
"""

from collections.abc import Sequence

from sayagain.languages import Language
from sayagain.runtime.decision import Decision
from sayagain.runtime.oracle import Oracle
from sayagain.runtime.teaching_reply import teaching_reply
from sayagain.store import Store
from sayagain.teaching import EXCHANGE_LIFETIME, TEACHING, Exchange, exchange_place, find_gap, taught_key
from sayagain.turns import Turn

__all__ = ["ask_about_gap"]

_ANSWERED = 0.1
"""How often a question leads to a lesson: in SAIF (LIA; `python -m benchmarks teach`) 52 of 526 offers to learn did."""

_COST = 0.2
"""Cost of a question, in failed turns: the turn fails anyway, so it is the annoyance alone. A guess."""

_NIGHT = ("22:00", "07:00")
"""When nothing is asked, by the user's clock."""


def ask_about_gap(
    turn: Turn, session: Sequence[Turn], latest: Sequence[Turn], pack: Language, oracle: Oracle, store: Store
) -> Decision | None:
    """Ask what the unknown words of a request mean; None where it is not worth a question.

    Args:
        turn: under way; it would be passed on as it is.
        session: the turns before it in its session.
        latest: the latest turns of its user, or on its device.
        pack: the language that it is in.
        oracle: knows what the assistant understands.
        store: keeps the question.
    """
    place = exchange_place(turn)
    if place is None or not turn.started or _is_night(turn) or any(_is_question(earlier) for earlier in session):
        return None
    if all(earlier.trouble is None for earlier in latest):
        # Cheaper than to look for a gap, and so it is with most requests.
        return None
    gap = find_gap(turn.heard, pack, lambda words: oracle.understands(words, turn))
    if gap is None or (gap.is_name and oracle.knows_name(gap.phrase, turn)):
        return None
    key = f" {taught_key(gap.phrase)} "
    before = [earlier for earlier in latest if key in f" {taught_key(earlier.heard)} "]
    if any(_is_question(earlier) for earlier in before):
        # It was asked about, and nothing was taught.
        return None
    failed = sum(earlier.trouble is not None for earlier in before)
    # As many uses are expected as there were, this one among them.
    if failed < len(before) or _ANSWERED * (failed + 1) < _COST:
        return None
    exchange = Exchange(
        place=place,
        opened=turn.started,
        expires=turn.started + EXCHANGE_LIFETIME,
        gap=gap,
        speaker=turn.user_id,
        said=turn.heard,
    )
    store.open_exchange(exchange)
    says = pack.teaching.says
    question = (says.ask_name if gap.is_name else says.ask_meaning).format(phrase=gap.phrase)
    return teaching_reply(turn, question, f"“{gap.phrase}” is not known, and failed {failed} times before")


def _is_night(turn: Turn) -> bool:
    now = None if turn.context is None else turn.context.local_time
    return now is not None and not _NIGHT[1] <= now < _NIGHT[0]


def _is_question(turn: Turn) -> bool:
    """Return whether we asked something in a turn."""
    applied, response = turn.applied_rewrite, turn.response
    is_own = applied is not None and applied.layer == TEACHING
    return is_own and response is not None and (response.text or "").rstrip().endswith("?")
