"""Evidence of the failure point in the record of the turn itself: recognition, hypotheses, resolution, actions."""

from collections.abc import Sequence
from math import log1p, nan

from sayagain.feedback import phrases
from sayagain.feedback.phrase_lists import said
from sayagain.text import letter_similarity, limit_text, normalise, sound_similarity
from sayagain.turns import Resolution, Turn

__all__ = ["TURN_FIELDS", "turn_evidence"]

_TROUBLES = ("not recognised", "not understood", "not found", "not done")

TURN_FIELDS: tuple[str, ...] = (
    *(f"trouble_{name.replace(' ', '_')}" for name in _TROUBLES),
    *("has_code", "says_failed", "says_misunderstood", "response_known"),
    *("nbest_alike", "nbest_least_alike", "second_alike", "second_sounds_alike", "nbest_differing_words"),
    *("values_said", "value_least_said", "second_same_intent", "hypothesis_intents"),
    *("resolved", "not_found", "ambiguous", "resolution_candidates", "resolution_confidence", "name_alike"),
    *("targets", "targets_here", "letters_a_word"),
)
"""The fields of `turn_evidence`."""

_MOST_ALTERNATIVES = 5
"""Alternatives of an n-best that are compared with the best."""


def turn_evidence(turn: Turn) -> list[float]:
    """Return the values of `TURN_FIELDS`; NaN where the log does not tell.

    Args:
        turn: the turn, as logged.
    """
    return [
        *_outcome(turn),
        *_recognition(turn),
        *_understanding(turn),
        *_resolution(turn.resolution),
        *_actions(turn),
        _letters(turn),
    ]


def _outcome(turn: Turn) -> list[float]:
    kind, response, wording = turn.trouble, turn.response, phrases(turn)
    flags = [float(kind == name) for name in _TROUBLES]
    if response is None:
        return [*flags, nan, nan, nan, 0.0]
    answer = said(response.text[:200])
    spoken = (
        [nan, nan]
        if wording is None
        else [
            float(wording.failed.search(answer) is not None),
            float(wording.misunderstood.search(answer) is not None),
        ]
    )
    return [*flags, float(response.error_code is not None), *spoken, 1.0]


def _recognition(turn: Turn) -> list[float]:
    best = limit_text(turn.heard)
    texts = [] if turn.asr is None else [limit_text(transcript.text) for transcript in turn.asr.nbest]
    others = [text for text in texts if text != best][:_MOST_ALTERNATIVES]
    if not others:
        return [nan] * 5
    similarities = [letter_similarity(best, text) for text in others]
    best_words = set(normalise(best).split())
    differing = set(normalise(others[0]).split()) ^ best_words
    return [
        sum(similarities) / len(similarities),
        min(similarities),
        similarities[0],
        sound_similarity(best, others[0]),
        log1p(len(differing)),
    ]


def _understanding(turn: Turn) -> list[float]:
    hypotheses = turn.hypotheses
    if not hypotheses:
        return [nan] * 4
    heard, best_hypothesis = normalise(limit_text(turn.heard)), hypotheses[0]
    heard_set = set(heard.split())
    shares = [
        _share_said(str(slot.value), heard, heard_set) for slot in best_hypothesis.slots if slot.value is not None
    ]
    intents = {hypothesis.intent for hypothesis in hypotheses}
    return [
        sum(shares) / len(shares) if shares else nan,
        min(shares, default=nan),
        float(hypotheses[1].intent == best_hypothesis.intent) if len(hypotheses) > 1 else nan,
        log1p(len(intents)),
    ]


def _share_said(value: str, heard: str, heard_set: set[str]) -> float:
    words = normalise(value.replace("_", " ")).split()
    if not words or " ".join(words) in heard:
        return 1.0
    return sum(word in heard_set for word in words) / len(words)


def _resolution(resolution: Sequence[Resolution]) -> list[float]:
    if not resolution:
        return [nan] * 6
    confidences = [
        candidate.confidence
        for slot in resolution
        for candidate in slot.candidates[:1]
        if candidate.confidence is not None
    ]
    names = [
        letter_similarity(str(slot.raw), candidate.name)
        for slot in resolution
        if slot.raw is not None
        for candidate in slot.candidates
        if candidate.name and candidate.id == slot.id
    ]
    return [
        log1p(len(resolution)),
        float(any(slot.status == "not_found" or slot.id is None for slot in resolution)),
        float(any(slot.status == "ambiguous" for slot in resolution)),
        log1p(max(len(slot.candidates) for slot in resolution)),
        min(confidences, default=nan),
        min(names, default=nan),
    ]


def _actions(turn: Turn) -> list[float]:
    if not turn.actions:
        return [nan, nan]
    targets = {action.target for action in turn.actions}
    here = [turn.area in target for target in targets] if turn.area else []
    return [log1p(len(targets)), sum(here) / len(here) if here else nan]


def _letters(turn: Turn) -> float:
    words = limit_text(turn.heard).split()
    return sum(map(len, words)) / len(words) if words else nan
