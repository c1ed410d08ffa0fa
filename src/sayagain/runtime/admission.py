"""Admission of a proposal: what holds for the rewrites of a release holds for it, too, and it is logged like one."""

import hashlib
from collections.abc import Callable, Collection, Mapping

import msgspec

from sayagain.exploration import split_holdout
from sayagain.guardrails import refuse
from sayagain.languages import DEFAULT, language_of, request_key
from sayagain.runtime.decision import COLD_START, Decision
from sayagain.runtime.proposal import Proposal, decline_proposal, does_nothing
from sayagain.text import normalise, too_long
from sayagain.turns import Turn

__all__ = ["admit_proposal", "is_proposal_id", "proposal_id"]

_PREFIX = "cold-"


def proposal_id(heard: str, text: str, *, home: str | None = None, language: str | None = None) -> str:
    """Name the rewrite that a proposal makes: one of its home alone, so that no home withdraws it from another.

    Args:
        heard: the words as heard.
        text: the words to be passed on.
        home: the home, where it is known.
        language: of the request; one that is not known is taken for `DEFAULT`.

    >>> proposal_id("lamp of", "lamp off") == proposal_id("Lamp of!", "lamp off", language="en-GB")
    True
    >>> proposal_id("lamp of", "lamp off") == proposal_id("lamp of", "lamp off", home="hut")
    False
    """
    code = language_of(language)
    heard_key = request_key(normalise(heard), None if code == DEFAULT else code)
    content = msgspec.json.encode((home, heard_key, normalise(text)))
    return _PREFIX + hashlib.blake2b(content, digest_size=6).hexdigest()


def is_proposal_id(rewrite_id: str) -> bool:
    """Return whether a rewrite was proposed, and so concerns one home alone."""
    return rewrite_id.startswith(_PREFIX)


def admit_proposal(
    turn: Turn,
    proposal: Proposal,
    *,
    language: str | None,
    withdrawn: Mapping[str, str],
    check: Callable[[Decision], Decision],
    same_rewrite: str | None = None,
    blocked: Collection[str] = (),
    release: int | None = None,
    seed: int = 1,
    share: float = 0.0,
) -> Decision:
    """Return the decision that comes of a proposal: as proposed, asked about, held out, or refused.

    Args:
        turn: under way.
        proposal: what another source would do with it.
        language: of the request (ISO 639), where known.
        withdrawn: reasons by rewrite id.
        check: returns a decision as it may be made after what users did about it before.
        same_rewrite: id that a release gives the same rewrite.
        blocked: words, intents and ids that no rewrite may touch or produce.
        release: the release in use; None for none.
        seed: of the holdout.
        share: of the rewrites that are held out, in [0, 1].

    >>> turn = Turn(turn_id="t", started=0, request="lamp of")
    >>> proposal = Proposal(text="lamp off", why="they sound alike")
    >>> reasons = {proposal_id("lamp of", "lamp off"): "not here"}
    >>> admit_proposal(turn, proposal, language="en", withdrawn=reasons, check=lambda decision: decision).why
    'left as it is: “lamp off” was withdrawn: not here'
    """
    identity = proposal_id(turn.heard, proposal.text, home=turn.home, language=language)
    refusal = _refusal(turn, proposal, identity, same_rewrite, withdrawn, blocked, language)
    if refusal is not None:
        return decline_proposal(turn, proposal, refusal, release=release)
    decision = _decision(turn, proposal, identity, release)
    # To do nothing is no guess: nobody would be asked about it, and objections to it ask for nothing else.
    checked = decision if does_nothing(proposal.text, language) else check(decision)
    if not checked.changed:
        if checked.ask is not None:
            return checked
        return decline_proposal(turn, proposal, checked.why.removeprefix("left as it is: "), release=release)
    holdout = split_holdout(
        seed=seed,
        release=release or 0,
        unit=turn.turn_id,
        rewrite_id=identity,
        share=share if proposal.may_hold_out else 0.0,
    )
    if not holdout.left_alone:
        return msgspec.structs.replace(checked, propensity=holdout.propensity)
    return Decision(
        heard=turn.heard,
        text=turn.heard,
        probability=None if checked.probability is None else 1 - checked.probability,
        propensity=holdout.propensity,
        rewrite_id=identity,
        release=release,
        arm="holdout",
        why=f"left as it is: {share:.0%} are kept back to learn what a rewrite is worth",
    )


def _refusal(
    turn: Turn,
    proposal: Proposal,
    identity: str,
    same_rewrite: str | None,
    withdrawn: Mapping[str, str],
    blocked: Collection[str],
    language: str | None,
) -> str | None:
    """Say why a proposal is refused whatever users did about it, or None."""
    if too_long(proposal.text):
        return "what is proposed is too long"
    reason = withdrawn.get(identity) or withdrawn.get(same_rewrite or "")
    if reason is not None:
        return f"“{proposal.text}” was withdrawn: {reason}"
    if does_nothing(proposal.text, language):
        return None
    # Its source knows what the assistant would do, and has judged the words by that; what users block it does not know.
    refused = refuse(
        turn.heard,
        None,
        proposal.text,
        None,
        blocked,
        rewrite_id=identity,
        confirmed=True,
        taught=True,
        language=language,
    )
    return None if refused is None else f"“{proposal.text}” was refused: {refused}"


def _decision(turn: Turn, proposal: Proposal, identity: str, release: int | None) -> Decision:
    if proposal.asks:
        return Decision(
            heard=turn.heard,
            text=turn.heard,
            ask=proposal.text,
            ask_each_time=proposal.ask_each_time,
            probability=None if proposal.probability is None else 1 - proposal.probability,
            rewrite_id=identity,
            release=release,
            why=proposal.why,
        )
    return Decision(
        heard=turn.heard,
        text=proposal.text,
        layer=COLD_START,
        probability=proposal.probability,
        rewrite_id=identity,
        release=release,
        why=proposal.why,
    )
