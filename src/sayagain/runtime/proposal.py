"""The proposal: what another source than a release would do with one request, for the one decision to judge."""

from typing import Annotated

import msgspec

from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.runtime.decision import COLD_START, Decision
from sayagain.turns import Turn

__all__ = ["DO_NOTHING", "Proposal", "decline_proposal", "does_nothing", "words_for_nothing"]

DO_NOTHING = "never mind"
"""English words that an assistant does nothing for; where they are proposed, the request as it is would do harm."""


def words_for_nothing(language: str | None) -> str:
    """Return words that an assistant does nothing for, in a language (BCP 47); English where it has no pack.

    >>> words_for_nothing("de-AT"), words_for_nothing(None)
    ('vergiss es', 'never mind')
    """
    pack = language_pack(language_of(language) or DEFAULT)
    return DO_NOTHING if pack is None else pack.nothing


def does_nothing(text: str, language: str | None) -> bool:
    """Return whether a text is such words, in a language or in English.

    >>> does_nothing("vergiss es", "de"), does_nothing("vergiss es", "en")
    (True, False)
    """
    return text in {DO_NOTHING, words_for_nothing(language)}


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source that knows the assistant, such as the cold start, would do with one request.

    The runtime judges it as it judges a candidate of a release: it may be withdrawn, refused, asked about or held out.

    >>> turn = Turn(turn_id="t", started=0, request="lamp of")
    >>> proposal = Proposal(text="lamp off", probability=0.9, why="they sound alike")
    >>> decline_proposal(turn, proposal, "it was withdrawn").why
    'left as it is: it was withdrawn'
    """

    text: Annotated[str, msgspec.Meta(min_length=1)]
    """The words to pass on, or to ask about."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """That they are what was meant; None where that is not known."""
    asks: bool = False
    """Whether the user is asked first; what they always said yes to is asked about no longer."""
    ask_each_time: bool = False
    """Whether a yes counts for one time alone."""
    may_hold_out: bool = True
    """Whether the holdout may leave the request as it is; not where the assistant would act on it."""
    otherwise: str | None = None
    """The words to pass on where the proposal is refused; None for the request as it is."""
    why: str = ""
    """In plain words."""


def decline_proposal(turn: Turn, proposal: Proposal | None, why: str, *, release: int | None = None) -> Decision:
    """Return the decision for a request whose proposal is refused: no harm is done, else it is left as it is.

    Args:
        turn: under way.
        proposal: what was proposed; None for nothing.
        why: in plain words.
        release: the release in use; None for none.
    """
    if proposal is None or proposal.otherwise is None:
        return Decision(heard=turn.heard, text=turn.heard, release=release, why=f"left as it is: {why}")
    return Decision(
        heard=turn.heard,
        text=proposal.otherwise,
        layer=COLD_START,
        release=release,
        why=f"“{proposal.otherwise}” is passed on, since the request as it is would do harm: {why}",
    )
