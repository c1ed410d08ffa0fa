"""The words of a candidate as people write them, not as they are compared."""

from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.own import PersonalRequests
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["original_spelling"]


def original_spelling(knowledge: Knowledge, turn: Turn, candidate: Candidate, own: PersonalRequests) -> str:
    """Return the words of a candidate in their original spelling rather than normalised.

    Args:
        knowledge: what the decision looked up.
        turn: the turn.
        candidate: of the turn.
        own: the requests of its user, whose spelling comes first.
    """
    text = normalise(candidate.text)
    if candidate.text != text:
        return candidate.text
    use = own.uses.get(candidate.hypothesis.key)
    if use is not None and use.text == text and use.surface:
        return use.surface
    surface = knowledge.surface(text)
    if surface is None and candidate.layer == "n-best" and turn.asr is not None:
        surface = next((transcript.text for transcript in turn.asr.nbest if normalise(transcript.text) == text), None)
    return surface or candidate.text
