"""Features of a turn for a judge, in addition to its words: categories, and numbers that may be missing.

`BEFORE_FIELDS` are known when the turn is answered; an online judge uses them alone. `AFTER_FIELDS` depend on later
turns. A judge's manifest names the fields that it was trained on, so a new field does not affect trained judges.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import log1p, nan

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from sayagain.feedback import detect, phrases, trouble
from sayagain.feedback.phrase_lists import Phrases, said
from sayagain.labels.next_turns import SIGNALS, signal_strengths
from sayagain.text import normalise, sound_similarity
from sayagain.turns import NOTHING, Hypothesis, Session, Turn, silence

__all__ = ["AFTER_FIELDS", "BEFORE_FIELDS", "CATEGORIES", "categories", "judge_fields", "numbers", "unknown_fields"]

Floats = npt.NDArray[np.float32]

_WORDINGS: tuple[str, ...] = (
    *("yes", "no", "reply", "cancel", "stop", "thanks", "praise", "corrects", "contradicts", "undo", "follows"),
)
"""Patterns of `Phrases` to search in a request."""

_CUES: tuple[str, ...] = (
    *("not", "but", "else", "other", "instead", "wrong", "never", "sorry", "please", "what", "why", "love", "great"),
    *("any", "another", "already", "still", "actually", "just", "dont", "cant", "havent", "didnt", "hate", "bad"),
    *("good", "like", "perfect", "sure", "awesome", "wow", "oh", "um", "well", "ok", "hello", "bye", "again", "all"),
)
"""Words of a request that often judge the previous response, normalised by `said`."""

_ANSWERS: tuple[str, ...] = (
    *("sorry", "unfortunately", "unable", "cannot", "cant", "couldnt", "not", "no", "available", "but", "instead"),
    *("booked", "confirmed", "successful", "done", "enjoy", "welcome", "goodbye", "else", "anything", "which", "what"),
)
"""Words of a response that often distinguish success from failure, normalised by `said`."""

BEFORE_FIELDS: tuple[str, ...] = (
    *("place", "first", "request_words", "response_words", "question", "answered", "asks", "exclaims"),
    *(
        "asr_confidence",
        "asr_margin",
        "asr_readings",
        "misheard",
        "nlu_confidence",
        "nlu_margin",
        "nlu_readings",
        "slots",
    ),
    *("nothing_read", "complained", "trouble", "actions", "actions_failed", "wake", "spoken_seconds"),
    *("gap_before", "same_words_before", "same_sound_before", "same_words_earlier", "same_reading_before"),
    *("conflict_before", "same_response_before", "trouble_before", "response_says_request"),
    *(f"says_{name}" for name in _WORDINGS),
    *(f"word_{name}" for name in _CUES),
    *(f"answer_{name}" for name in _ANSWERS),
)
"""Numeric fields known when the turn is answered."""

_FOLLOWING: tuple[str, ...] = (
    *("turns_left", "last", "gap_after", "cut_short", "same_words_after", "same_sound_after", "same_reading_after"),
    *("conflict_after", "same_response_after", "trouble_after", "read_in_the_end"),
    *(f"next_says_{name}" for name in _WORDINGS),
)

_SIGNAL = "signal_"

AFTER_FIELDS: tuple[str, ...] = (*_FOLLOWING, *(f"{_SIGNAL}{kind}" for kind in SIGNALS))
"""Numeric fields that depend on later turns."""

_KNOWN_AT_ONCE = frozenset(BEFORE_FIELDS)
_KNOWN = _KNOWN_AT_ONCE.union(AFTER_FIELDS)

CATEGORIES: tuple[str, ...] = ("assistant", "domain", "intent", "response_type", "error", "act", "act_before")
"""The categorical fields."""


def categories(session: Session) -> list[dict[str, str | None]]:
    """Return the categorical fields of each turn; None if the assistant does not report a field."""
    records: list[dict[str, str | None]] = []
    act_before: str | None = None
    for turn in session.turns:
        hypothesis, response = turn.hypothesis, turn.response
        # Use the first act alone: combinations of acts are too many categories to train on.
        act = response.acts[0].intent if response is not None and response.acts else None
        records.append(
            {
                "assistant": turn.assistant,
                "domain": None if hypothesis is None else hypothesis.domain,
                "intent": None if hypothesis is None else hypothesis.intent or "nothing",
                "response_type": None if response is None else response.type,
                "error": None if response is None else response.error_code,
                "act": act,
                "act_before": act_before,
            }
        )
        act_before = act
    return records


def judge_fields(*, later: bool) -> tuple[str, ...]:
    """Return the numeric fields for training a judge with this version.

    Args:
        later: whether to append `AFTER_FIELDS`.
    """
    return (*BEFORE_FIELDS, *AFTER_FIELDS) if later else BEFORE_FIELDS


def unknown_fields(fields: Sequence[str]) -> list[str]:
    """Return the fields that `numbers` cannot compute; every kind of signal has a field.

    >>> unknown_fields(["place", "signal_rephrase", "signal_sigh", "blood_pressure"])
    ['blood_pressure']
    """
    return [name for name in fields if name not in _KNOWN and not name.startswith(_SIGNAL)]


def numbers(session: Session, fields: Sequence[str]) -> Floats:
    """Return the given numeric fields of each turn.

    Args:
        session: the whole session, or its turns so far.
        fields: names from `BEFORE_FIELDS` and `AFTER_FIELDS`, or `signal_` and a kind; 0 if no detector has the kind.

    Returns:
        Shape (turns, fields), NaN where missing. With fields of `BEFORE_FIELDS` alone, no row depends on a later turn.
    """
    turns = session.turns
    columns = np.array([_before_numbers(turns, index) for index in range(len(turns))], np.float32)
    names = list(BEFORE_FIELDS)
    if not _KNOWN_AT_ONCE.issuperset(fields):
        kinds = [name.removeprefix(_SIGNAL) for name in fields if name.startswith(_SIGNAL)]
        after_columns = np.array([_after_numbers(turns, index) for index in range(len(turns))], np.float32)
        strengths = signal_strengths(session, detect(session), kinds).astype(np.float32)
        columns = np.hstack([columns, after_columns, strengths])
        names += [*_FOLLOWING, *(f"{_SIGNAL}{kind}" for kind in kinds)]
    positions = {name: index for index, name in enumerate(names)}
    selected: Floats = columns[:, [positions[name] for name in fields]]
    return selected


def _before_numbers(turns: Sequence[Turn], index: int) -> list[float]:
    turn = turns[index]
    previous_turn = turns[index - 1] if index else None
    wording = phrases(turn)
    hypothesis = _understood(turn)
    answer = turn.response.text if turn.response is not None else None
    asr = [transcript.confidence for transcript in turn.asr.nbest] if turn.asr is not None else []
    nlu = [candidate.confidence for candidate in turn.hypotheses]
    request_text = said(turn.heard)
    request_words, answer_words = set(request_text.split()), set(said(answer or "").split())
    return [
        log1p(index),
        float(index == 0),
        log1p(len(request_words)),
        nan if answer is None else log1p(len(answer.split())),
        float("?" in turn.request),
        float(answer is not None),
        nan if answer is None else float("?" in answer),
        float("!" in turn.request),
        _best_confidence(asr, turn.asr.confidence if turn.asr is not None else None),
        _margin(asr),
        nan if turn.asr is None else log1p(len(asr)),
        nan if turn.asr is None or turn.asr.misheard is None else turn.asr.misheard,
        _best_confidence(nlu, None),
        _margin(nlu),
        nan if turn.nlu is None else log1p(len(nlu)),
        nan if turn.hypothesis is None else float(len(turn.hypothesis.slots)),
        nan if turn.hypothesis is None else float(turn.hypothesis.empty),
        _complained(turn),
        _strength(turn),
        log1p(len(turn.actions)),
        float(sum(not action.ok for action in turn.actions)),
        nan if turn.wake is None or turn.wake.probability is None else turn.wake.probability,
        nan if turn.ended is None else (turn.ended - turn.started) / 1000,
        *_pair_numbers(turn, previous_turn),
        nan if index < 2 else _letter_likeness(turns[index - 2].heard, turn.heard),
        nan
        if previous_turn is None
        else float(_understood(previous_turn).key == hypothesis.key and not hypothesis.empty),
        nan if previous_turn is None else float(hypothesis.conflicts(_understood(previous_turn))),
        nan if previous_turn is None else _letter_likeness(_answer(previous_turn), _answer(turn)),
        nan if previous_turn is None else _strength(previous_turn),
        nan if answer is None else fuzz.token_set_ratio(request_text, said(answer)) / 100,
        *_wordings(wording, request_text),
        *(float(word in request_words) for word in _CUES),
        *(float(word in answer_words) for word in _ANSWERS),
    ]


def _pair_numbers(turn: Turn, previous_turn: Turn | None) -> list[float]:
    if previous_turn is None:
        return [nan, nan, nan]
    return [
        _seconds(previous_turn, turn),
        _letter_likeness(previous_turn.heard, turn.heard),
        _sound_likeness(previous_turn.heard, turn.heard),
    ]


def _after_numbers(turns: Sequence[Turn], index: int) -> list[float]:
    turn = turns[index]
    next_turn = turns[index + 1] if index + 1 < len(turns) else None
    interrupted = nan if turn.interrupted is None else float(turn.interrupted.yes)
    if next_turn is None:
        return [0.0, 1.0, nan, interrupted, nan, nan, nan, nan, nan, nan, nan, *([nan] * len(_WORDINGS))]
    hypothesis, next_hypothesis = _understood(turn), _understood(next_turn)
    return [
        log1p(len(turns) - 1 - index),
        0.0,
        _seconds(turn, next_turn),
        interrupted,
        _letter_likeness(turn.heard, next_turn.heard),
        _sound_likeness(turn.heard, next_turn.heard),
        float(hypothesis.key == next_hypothesis.key and not hypothesis.empty),
        float(hypothesis.conflicts(next_hypothesis)),
        _letter_likeness(_answer(turn), _answer(next_turn)),
        _strength(next_turn),
        float(any(_is_alternative(turn, _understood(later_turn)) for later_turn in turns[index + 1 : index + 4])),
        *_wordings(phrases(next_turn), said(next_turn.heard)),
    ]


def _complained(turn: Turn) -> float:
    """Return whether the assistant reports a failure; NaN if it reports no outcomes."""
    response = turn.response
    outcome_reported = response is not None and (response.type is not None or response.error_code is not None)
    return float(turn.complained) if outcome_reported else nan


def _understood(turn: Turn) -> Hypothesis:
    """Return the hypothesis of a turn that did not fail: the judges were trained without those of failed turns."""
    return NOTHING if turn.failed else turn.understood


def _is_alternative(turn: Turn, later_hypothesis: Hypothesis) -> bool:
    """Return whether a later hypothesis is in this turn's n-best but was not the one acted on."""
    return (
        not later_hypothesis.empty
        and later_hypothesis.key != _understood(turn).key
        and any(r.key == later_hypothesis.key for r in turn.hypotheses)
    )


def _wordings(wording: Phrases | None, request_text: str) -> list[float]:
    if wording is None:
        return [nan] * len(_WORDINGS)
    return [float(getattr(wording, name).search(request_text) is not None) for name in _WORDINGS]


def _best_confidence(confidences: Sequence[float | None], reported: float | None) -> float:
    confidence = reported if reported is not None else confidences[0] if confidences else None
    return nan if confidence is None else float(np.clip(confidence, -20, 1))


def _margin(confidences: Sequence[float | None]) -> float:
    if len(confidences) < 2 or confidences[0] is None or confidences[1] is None:
        return nan
    return float(np.clip(confidences[0] - confidences[1], -20, 20))


def _answer(turn: Turn) -> str:
    return turn.response.text if turn.response is not None else ""


def _strength(turn: Turn) -> float:
    turn_trouble = trouble(turn)
    return 0.0 if turn_trouble is None else turn_trouble.strength


def _seconds(turn: Turn, next_turn: Turn) -> float:
    return log1p(max(silence(turn, next_turn), 0) / 1000)


@lru_cache(maxsize=1 << 14)
def _letter_likeness(a: str, b: str) -> float:
    return fuzz.ratio(normalise(a), normalise(b)) / 100 if a and b else 0.0


@lru_cache(maxsize=1 << 14)
def _sound_likeness(a: str, b: str) -> float:
    return sound_similarity(a, b)
