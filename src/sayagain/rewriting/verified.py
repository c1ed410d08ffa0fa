"""The rule for languages without a pack: pass on only what users verified for these very words."""

from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.rewriting.candidates import Candidate

__all__ = ["needs_pack"]


def needs_pack(candidate: Candidate, language: str | None) -> str | None:
    """Say why a candidate is not passed on in a language without a pack, or None.

    Without its negations, directions and kinds of things no guardrail can judge a guess. What users did after these
    very words stays, and the guardrails decide whether it is the same act.

    Args:
        candidate: what would be passed on.
        language: of the request (BCP 47); English where it is not known.

    >>> from sayagain.turns import Hypothesis
    >>> guess = Candidate(text="kapcsold le", hypothesis=Hypothesis(intent="off"), layer="global", guessed=True)
    >>> needs_pack(guess, "xx")
    'there is no language pack for xx, so nothing is guessed in it'
    >>> needs_pack(guess, "en")
    """
    code = language_of(language) or DEFAULT
    if candidate.verified or language_pack(code) is not None:
        return None
    return f"there is no language pack for {code}, so nothing is guessed in it"
