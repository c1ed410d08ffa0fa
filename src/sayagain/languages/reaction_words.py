"""How people of one language react to an answer, and how assistants of that language say that they failed."""

import msgspec

__all__ = ["Answers", "ReactionWords", "Whole"]

Phrases = tuple[tuple[str, ...], ...]
Patterns = tuple[str, ...]


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """Whole answers to a question of yes or no."""

    yes: Phrases
    """What says yes."""
    no: Phrases
    """What says no, or gives up."""
    around: Phrases = ()
    """What may stand before and behind either and says nothing by itself."""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """Texts that are one of the phrases and nothing else but the small words that may stand around it."""

    phrases: Patterns
    """The phrases."""
    before: Patterns = ()
    """What may stand before them, any number of times."""
    after: Patterns = ()
    """What may stand behind them, any number of times."""


class ReactionWords(msgspec.Struct, frozen=True, kw_only=True):
    """The telling wordings of one language.

    A pattern is a phrase, or a regular expression over normalised text without apostrophes. It is searched for at the
    borders of words; `^` ties it to the beginning.
    """

    failed: Patterns
    """In a response: it did not understand, or could not."""
    misunderstood: Patterns = ()
    """In a response: it did not understand the words; whoever says so did not try and fail."""
    asks_if_it_helped: Patterns = ()
    """In a response: asks how the turn went."""
    closing_question: Patterns = ()
    """In a response: a question that needs no answer."""
    yes: Patterns
    """In a request: agrees, at its beginning."""
    no: Patterns
    """In a request: denies, at its beginning."""
    reply: Whole
    """In a request: nothing but yes, no, thanks or a greeting, so that saying it again means nothing."""
    cancel: Whole
    """In a request: gives up and can mean nothing else."""
    stop: Whole
    """In a request: gives up, or stops something that goes on."""
    backchannel: Whole
    """In a request: nothing but a sign of listening ("uh huh", "okay"), which is no wish to interrupt."""
    thanks: Whole
    """In a request: thanks."""
    praise: Whole
    """In a request: praise alone."""
    corrects: Patterns
    """In a request: says that the answer was wrong, or what was meant, and can mean nothing else."""
    contradicts: Patterns
    """In a request: "no" and more, which corrects unless it answers."""
    no_correction: Patterns
    """In a request: begins like the two before and corrects nothing."""
    undo: Whole
    """In a request: asks to take back what was just done."""
    repeatable: Patterns = ()
    """In a request: a step or a draw that one asks for again when it worked ("louder", "next", "flip a coin")."""
    plays: Patterns = ()
    """In a request: starts something that plays."""
    follows: Patterns = ()
    """In a request: leans on the answer before ("and tomorrow", "what about …", "turn it …")."""
    pronouns: frozenset[str]
    """Words that stand for the thing named before."""
    common: frozenset[str]
    """Words that say little about what is wanted."""
    opposites: tuple[tuple[str, str], ...]
    """Pairs of words of which one takes back the other."""
    steps: frozenset[str] = frozenset()
    """Those words among the opposites that mean a step; going back one is weaker than taking back."""
