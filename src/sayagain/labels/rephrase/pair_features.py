"""Features of a request and a later request that may rephrase it: words, sound, meaning, outcome, time and context."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from sayagain.feedback.abandonment_signal import abandons
from sayagain.feedback.correction_signal import corrects
from sayagain.feedback.outcome import asks, trouble, worked
from sayagain.feedback.phrase_lists import Phrases, phrases, said
from sayagain.feedback.retries import repeatable
from sayagain.feedback.timing import gap
from sayagain.text import letter_similarity, limit_text, normalise, sound_similarity, words
from sayagain.turns import Hypothesis, Session, Turn

__all__ = ["CONTEXT_FEATURES", "MEANING_FEATURES", "PAIR_FEATURES", "Meaning", "pair_features", "pair_texts"]

Floats = npt.NDArray[np.float64]

Meaning = Mapping[str, npt.NDArray[np.float32]]
"""From a text, as `pair_texts` gives it, to its embedding of length 1; an unknown text is a missing value."""

_WORDS: tuple[str, ...] = (
    *("letters", "sounds", "content_alike", "source_in_target", "target_in_source", "same_words", "same_start"),
    *("token_set", "changed_sounds", "changed_letters", "only_adds", "only_removes", "numbers_differ", "opposites"),
    *("source_words", "target_words"),
)
"""Features of the two wordings."""

MEANING_FEATURES: tuple[str, ...] = ("meaning", "answer_meaning", "meaning_lead")
"""Features that need an encoder; NaN without one."""

PAIR_FEATURES: tuple[str, ...] = (*_WORDS, *MEANING_FEATURES[:1], "gap", "trouble", "target_trouble", "same_reading")
"""Features of the two turns alone, without context: the columns of a pairwise model."""

CONTEXT_FEATURES: tuple[str, ...] = (
    *PAIR_FEATURES,
    *MEANING_FEATURES[1:],
    *("place", "failed_between", "not_understood", "not_found", "not_done", "worked", "target_worked", "cut_short"),
    *("unanswered", "asked", "target_asked", "echoed", "target_in_answer", "same_answer", "answer_words"),
    *(
        "target_replies",
        "target_abandons",
        "target_corrects",
        "target_follows",
        "repeatable",
        "same_intent",
        "conflict",
    ),
    *("asr_confidence", "target_asr_confidence"),
    *("before_letters", "before_trouble", "after", "after_source", "after_target", "after_trouble"),
)
"""All features, in the order of the columns of `pair_features`."""

_SHORT_REPLY = 3
"""Most words of a request that may only reply to the answer before it."""


def pair_texts(session: Session, places: Iterable[int]) -> Iterator[str]:
    """Yield the texts of a session whose embeddings `pair_features` looks up for pairs of some of its turns.

    Args:
        session: the whole session.
        places: positions of the turns, the earliest first.
    """
    places = list(places)
    for turn in session.turns[: max(places) + 1]:
        yield _text(turn)
    answer = session.turns[places[0]].response
    if answer is not None and answer.text:
        yield limit_text(answer.text)


def pair_features(session: Session, source: int, target: int, meaning: Meaning | None = None) -> Floats:
    """Describe a request and a later one of its session.

    Args:
        session: the whole session: what came before and after counts.
        source: position of the request.
        target: position of the later request.
        meaning: embeddings of the session's texts; None where there is no encoder.

    Returns:
        Shape (`CONTEXT_FEATURES`,), NaN where a value is missing.

    >>> from sayagain.turns import Response
    >>> a = Turn(turn_id="a", started=0, request="friend door", response=Response(type="error"))
    >>> b = Turn(turn_id="b", started=5_000, request="lock the front door")
    >>> row = pair_features(Session(session_id="s", turns=(a, b)), 0, 1)
    >>> dict(zip(CONTEXT_FEATURES, row.round(2).tolist(), strict=True))["source_in_target"]
    0.5
    """
    turns = session.turns
    first, second = turns[source], turns[target]
    wording = phrases(first)
    values = _wording_features(_text(first), _text(second), wording)
    values |= _meaning_features(session, source, target, meaning)
    values |= _outcome_features(first, second, wording)
    values |= _context_features(session, source, target)
    return np.array([values[name] for name in CONTEXT_FEATURES], np.float64)


def _text(turn: Turn) -> str:
    return normalise(limit_text(turn.heard))


@lru_cache(maxsize=1 << 14)
def _wording_features(a: str, b: str, wording: Phrases | None) -> dict[str, float]:
    words_a, words_b = words(a), words(b)
    common = wording.common if wording is not None else frozenset()
    content_a, content_b = _content(words_a, common), _content(words_b, common)
    only_a = [word for word in words_a if word not in words_b]
    only_b = [word for word in words_b if word not in words_a]
    replaced = bool(only_a and only_b)
    shared_start = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    opposites = wording.opposites if wording is not None else ()
    return {
        "letters": letter_similarity(a, b),
        "sounds": sound_similarity(a, b),
        "content_alike": len(content_a & content_b) / max(len(content_a | content_b), 1),
        "source_in_target": len(content_a & content_b) / max(len(content_a), 1),
        "target_in_source": len(content_a & content_b) / max(len(content_b), 1),
        "same_words": float(a == b),
        "same_start": shared_start / max(len(a), len(b), 1),
        "token_set": fuzz.token_set_ratio(a, b) / 100,
        "changed_sounds": sound_similarity(" ".join(only_a), " ".join(only_b)) if replaced else math.nan,
        "changed_letters": letter_similarity(" ".join(only_a), " ".join(only_b)) if replaced else math.nan,
        "only_adds": float(bool(only_b) and not only_a),
        "only_removes": float(bool(only_a) and not only_b),
        "numbers_differ": float(_numbers(words_a) != _numbers(words_b)),
        "opposites": float(any({x, y} <= {*only_a, *only_b} and (x in only_a) != (y in only_a) for x, y in opposites)),
        "source_words": len(words_a),
        "target_words": len(words_b),
    }


def _meaning_features(session: Session, source: int, target: int, meaning: Meaning | None) -> dict[str, float]:
    turns = session.turns
    likeness = _likeness(meaning, _text(turns[source]), _text(turns[target]))
    answer = turns[source].response
    others = [
        _likeness(meaning, _text(turn), _text(turns[target]))
        for place, turn in enumerate(turns[:target])
        if place != source
    ]
    return {
        "meaning": likeness,
        "answer_meaning": _likeness(meaning, limit_text(answer.text), _text(turns[target])) if answer else math.nan,
        "meaning_lead": likeness - max(others) if others else math.nan,
    }


def _likeness(meaning: Meaning | None, a: str, b: str) -> float:
    if meaning is None or a not in meaning or b not in meaning:
        return math.nan
    return float(meaning[a] @ meaning[b])


def _outcome_features(first: Turn, second: Turn, wording: Phrases | None) -> dict[str, float]:
    first_trouble, second_trouble = trouble(first), trouble(second)
    kind = None if first_trouble is None else first_trouble.kind
    answer = said(first.response.text) if first.response is not None else ""
    second_answer = said(second.response.text) if second.response is not None else ""
    common = wording.common if wording is not None else frozenset()
    request, later_request = said(first.heard), said(second.heard)
    return {
        "gap": math.log1p(gap(first, second) / 1000),
        "trouble": 0.0 if first_trouble is None else first_trouble.strength,
        "target_trouble": 0.0 if second_trouble is None else second_trouble.strength,
        "not_understood": float(kind in ("not understood", "not recognised")),
        "not_found": float(kind == "not found"),
        "not_done": float(kind == "not done"),
        "worked": float(worked(first)),
        "target_worked": float(worked(second)),
        "cut_short": float(first.interrupted is not None and first.interrupted.yes),
        "unanswered": float(first.response is None),
        "asked": float(asks(first)),
        "target_asked": float(asks(second)),
        "echoed": _share_said(request, answer, common),
        "target_in_answer": _share_said(later_request, answer, common),
        "same_answer": letter_similarity(answer, second_answer) if answer and second_answer else math.nan,
        "answer_words": len(answer.split()) if first.response is not None else math.nan,
        "target_replies": float(
            wording is not None
            and len(later_request.split()) <= _SHORT_REPLY
            and wording.reply.search(later_request) is not None
        ),
        "target_abandons": float(bool(abandons(second))),
        "target_corrects": float(bool(corrects(second))),
        "target_follows": float(wording is not None and wording.follows.search(later_request) is not None),
        "repeatable": float(repeatable(first)),
        **_hypothesis_features(first.hypothesis, second.hypothesis),
        "asr_confidence": _confidence(first),
        "target_asr_confidence": _confidence(second),
    }


def _hypothesis_features(a: Hypothesis | None, b: Hypothesis | None) -> dict[str, float]:
    if a is None or b is None or a.empty or b.empty:
        return {"same_reading": math.nan, "same_intent": math.nan, "conflict": math.nan}
    return {
        "same_reading": float(a.key == b.key),
        "same_intent": float(a.intent == b.intent),
        "conflict": float(a.conflicts(b)),
    }


def _context_features(session: Session, source: int, target: int) -> dict[str, float]:
    turns = session.turns
    first, second = turns[source], turns[target]
    between = turns[source + 1 : target]
    before = turns[source - 1] if source else None
    after = turns[target + 1] if target + 1 < len(turns) else None
    before_trouble = None if before is None else trouble(before)
    after_trouble = None if after is None else trouble(after)
    return {
        "place": target - source,
        "failed_between": sum(trouble(turn) is not None for turn in between) / len(between) if between else math.nan,
        "before_letters": math.nan if before is None else letter_similarity(_text(before), _text(first)),
        "before_trouble": math.nan if before is None else float(before_trouble is not None),
        "after": float(after is not None),
        "after_source": math.nan if after is None else letter_similarity(_text(after), _text(first)),
        "after_target": math.nan if after is None else letter_similarity(_text(after), _text(second)),
        "after_trouble": math.nan if after is None else float(after_trouble is not None),
    }


def _content(spoken: Iterable[str], common: frozenset[str]) -> frozenset[str]:
    all_words = frozenset(spoken)
    return all_words - common or all_words


def _numbers(spoken: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in spoken if any(character.isdigit() for character in word))


def _share_said(request: str, answer: str, common: frozenset[str]) -> float:
    content, answer_words = _content(request.split(), common), set(answer.split())
    return len(content & answer_words) / max(len(content), 1) if answer else math.nan


def _confidence(turn: Turn) -> float:
    if turn.asr is None:
        return math.nan
    confidence = turn.asr.nbest[0].confidence if turn.asr.nbest else turn.asr.confidence
    # Some recognisers report logarithms, which tell nothing across logs.
    return math.nan if confidence is None or not 0 <= confidence <= 1 else confidence
