"""The reasons for a candidate, in plain words."""

from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.table import transcripts
from sayagain.turns import Turn

__all__ = ["explain_candidate"]


def explain_candidate(knowledge: Knowledge, turn: Turn, candidate: Candidate, probability: float) -> str:
    """Explain in plain words what supports a candidate.

    Args:
        knowledge: what the decision looked up.
        turn: the turn.
        candidate: of the turn.
        probability: that the candidate is better than the request as it is.
    """
    text = transcripts(turn)[0][0]
    row = knowledge.row(text)
    reasons = [f"{candidate.description(turn.heard)} is {probability:.0%} sure to be better"]
    if candidate.completed:
        reasons.append(f"in this session {candidate.completed}")
    if row is not None and row.heard:
        reasons.append(f"“{text}” failed {row.failed:g} of {row.heard:g} times when left alone")
    use = next((u for u in row.uses if u.hypothesis.key == candidate.hypothesis.key), None) if row is not None else None
    if use is not None:
        reasons.append(f"{_user_count(use.users)} meant this by it ({use.weight:.1f} verified turns)")
    wording = knowledge.wording(candidate.hypothesis.key)
    if wording is not None:
        reasons.append(f"“{wording.text}” went well {wording.good:.0f} times")
    return "; ".join(reasons)


def _user_count(count: int) -> str:
    return "1 user" if count == 1 else f"{count} users"
