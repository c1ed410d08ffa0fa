"""The explanation of one turn in plain words: transcript, outcome, failure point, weak label, current decision."""

from collections.abc import Iterable, Iterator, Sequence

from sayagain.feedback import Signal
from sayagain.labels import Judgement
from sayagain.reports.missing_packs import missing_pack_sentences
from sayagain.runtime import COLD_START, Decision
from sayagain.teaching import TAUGHT_LAYERS, TEACHING
from sayagain.turns import TroubleKind, Turn

__all__ = ["TROUBLES", "explanation_sentences"]

TROUBLES: dict[TroubleKind, str] = {
    "not recognised": "no words were recognised",
    "not understood": "the words were not understood",
    "not found": "the request was understood, but the thing that it names was not found",
    "not done": "the request was understood, but it could not be carried out",
}
"""Each kind of trouble in plain words."""


def explanation_sentences(
    turn: Turn,
    judgement: Judgement | None,
    signals: Sequence[Signal],
    decision: Decision | None,
    language: str | None = None,
    failure: Iterable[str] = (),
) -> list[str]:
    """Return the explanation, one sentence an item.

    Args:
        turn: the turn.
        judgement: what learning made of it.
        signals: what the user did about it.
        decision: what the release in use would do now.
        language: of the turn (ISO 639), where it is known.
        failure: where the turn broke and what to do about it, one sentence an item.
    """
    return [
        *_what_happened(turn),
        *_how_it_went(judgement, signals),
        *failure,
        *_what_was_meant(turn, judgement),
        *_what_is_done(decision),
        *missing_pack_sentences([language] if language is not None else []),
    ]


def _what_happened(turn: Turn) -> Iterator[str]:
    yield f"Heard: “{turn.heard}”."
    applied = turn.applied_rewrite
    if applied is not None and applied.layer == TEACHING:
        yield "It was about lessons, and sayagain answered it itself."
    elif applied is not None and applied.layer != "leave":
        by = applied.layer if applied.release is None else f"{applied.layer}, release {applied.release}"
        yield f"It was rewritten to “{applied.target}” (layer {by})."
    elif applied is not None and applied.arm == "holdout":
        yield f"Rewrite {applied.id} was held back at random, to measure what rewrites gain."
    if turn.hypothesis is not None:
        yield (
            "The assistant understood nothing."
            if turn.hypothesis.empty
            else f"It was understood as {turn.hypothesis.description}."
        )
    if turn.response is not None and turn.response.text:
        failed = f" (error {turn.response.error_code})" if turn.response.error_code else ""
        yield f"The answer was “{turn.response.text}”{failed}."
    if turn.trouble is not None:
        yield f"What went wrong: {TROUBLES[turn.trouble]}."


def _how_it_went(judgement: Judgement | None, signals: Sequence[Signal]) -> Iterator[str]:
    for signal in signals:
        yield f"{'For' if signal.positive else 'Against'} it: {signal.kind}, {signal.evidence}."
    if not signals:
        yield "The user gave no sign of success or failure."
    if judgement is None:
        yield "The turn came after the last learning, so it has not been judged; run: sayagain learn"
        return
    verdict = "a defect" if judgement.defect else "in order"
    yield f"Judged {verdict}: the probability of a defect is {judgement.p_defect:.0%}."


def _what_was_meant(turn: Turn, judgement: Judgement | None) -> Iterator[str]:
    label = judgement.label if judgement is not None else None
    if label is None:
        return
    if label.hypothesis.key == turn.understood.key:
        yield f"What followed supports the hypothesis ({label.provenance}, {label.probability:.0%} sure)."
    elif label.words is not None:
        yield f"What was meant is “{label.words}” ({label.provenance}, {label.probability:.0%} sure)."
    elif label.verified:
        yield f"What was meant is {label.hypothesis.description} ({label.provenance}, {label.probability:.0%} sure)."
    else:
        yield f"What was meant cannot be told ({label.provenance})."


def _what_is_done(decision: Decision | None) -> Iterator[str]:
    if decision is None:
        yield "No release is in use, so nothing would be done about it."
    elif decision.layer in TAUGHT_LAYERS:
        yield f"“{decision.text}” would now be passed on: {decision.why}."
    elif decision.ask is not None and decision.ask_layer in TAUGHT_LAYERS:
        yield f"It would now be {decision.why}."
    elif decision.layer == COLD_START:
        yield f"The cold start would now pass on “{decision.text}”: {decision.why}."
    elif decision.release is None or decision.ask is not None:
        yield f"It would now be {decision.why}."
    elif decision.changed:
        yield f"Release {decision.release} would now pass on “{decision.text}” ({decision.layer}): {decision.why}."
    else:
        yield f"Release {decision.release} would pass it on {decision.why.removeprefix('left ')}."
