"""The live evidence of a rewrite, as sentences."""

from collections.abc import Mapping

from sayagain.guardrails import RewriteTotals
from sayagain.turns import Turn

__all__ = ["live_sentences", "totals_sentence"]


def live_sentences(turn: Turn, totals: RewriteTotals | None, withdrawn: Mapping[str, str]) -> list[str]:
    """Return what is known of the rewrite that a turn was given: its live evidence, and whether it was withdrawn.

    Args:
        turn: the turn.
        totals: outcomes of its rewrite; None without any.
        withdrawn: reasons by rewrite id.
    """
    applied = turn.applied_rewrite
    if applied is None or applied.id == "none":
        return []
    sentences = [] if totals is None else [f"Of rewrite {applied.id}, {totals_sentence(totals)}."]
    if applied.id in withdrawn:
        sentences.append(f"It was withdrawn: {withdrawn[applied.id]}.")
    return sentences


def totals_sentence(totals: RewriteTotals) -> str:
    """Return the end of a sentence such as "11 of 12 rewritten turns went well, 1 drew an objection"."""
    turns = totals.good + totals.bad
    sentence = f"{totals.good:.0f} of {turns:.0f} rewritten turns went well"
    if totals.complaints:
        sentence += f", {totals.complaints} drew an objection"
    alone = totals.good_alone + totals.bad_alone
    return f"{sentence}; left alone, {totals.good_alone:.0f} of {alone:.0f}" if alone else sentence
