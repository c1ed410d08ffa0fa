"""The features of a turn that a judge sees beside its words: categories, and numbers that may be missing.

Two lists, told apart by when they exist. `BEFORE_FIELDS` is known as soon as the turn is answered and is all that an
online judge may see; `AFTER_FIELDS` exists only once the session has gone on. A judge names the fields that it was
trained on, so a field that is added here changes nothing for a judge that was trained before.
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
"""Patterns of `Phrases` that are looked for in a request."""

_CUES: tuple[str, ...] = (
    *("not", "but", "else", "other", "instead", "wrong", "never", "sorry", "please", "what", "why", "love", "great"),
    *("any", "another", "already", "still", "actually", "just", "dont", "cant", "havent", "didnt", "hate", "bad"),
    *("good", "like", "perfect", "sure", "awesome", "wow", "oh", "um", "well", "ok", "hello", "bye", "again", "all"),
)
"""Words of a request that often judge the last response, as `said` writes them."""

_ANSWERS: tuple[str, ...] = (
    *("sorry", "unfortunately", "unable", "cannot", "cant", "couldnt", "not", "no", "available", "but", "instead"),
    *("booked", "confirmed", "successful", "done", "enjoy", "welcome", "goodbye", "else", "anything", "which", "what"),
)
"""Words of a response that often tell success from failure, as `said` writes them."""

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
"""The numbers known once the turn is answered."""

_FOLLOWING: tuple[str, ...] = (
    *("turns_left", "last", "gap_after", "cut_short", "same_words_after", "same_sound_after", "same_reading_after"),
    *("conflict_after", "same_response_after", "trouble_after", "read_in_the_end"),
    *(f"next_says_{name}" for name in _WORDINGS),
)

_SIGNAL = "signal_"

AFTER_FIELDS: tuple[str, ...] = (*_FOLLOWING, *(f"{_SIGNAL}{kind}" for kind in SIGNALS))
"""The numbers known only later; see `BEFORE_FIELDS`."""

_KNOWN_AT_ONCE = frozenset(BEFORE_FIELDS)
_KNOWN = _KNOWN_AT_ONCE.union(AFTER_FIELDS)

CATEGORIES: tuple[str, ...] = ("assistant", "domain", "intent", "response_type", "error", "act", "act_before")
"""The fields that have names for values."""


def categories(session: Session) -> list[dict[str, str | None]]:
    """Return the categorical fields of each turn; None where the assistant reports none."""
    found: list[dict[str, str | None]] = []
    act_before: str | None = None
    for turn in session.turns:
        reading, response = turn.reading, turn.response
        # The first act says most; combinations of acts are too many categories to learn.
        act = response.acts[0].intent if response is not None and response.acts else None
        found.append(
            {
                "assistant": turn.assistant,
                "domain": None if reading is None else reading.domain,
                "intent": None if reading is None else reading.intent or "nothing",
                "response_type": None if response is None else response.type,
                "error": None if response is None else response.error_code,
                "act": act,
                "act_before": act_before,
            }
        )
        act_before = act
    return found


def judge_fields(*, later: bool) -> tuple[str, ...]:
    """Return the numeric fields that a judge is trained on today.

    Args:
        later: whether the fields of `AFTER_FIELDS` follow those of `BEFORE_FIELDS`.
    """
    return (*BEFORE_FIELDS, *AFTER_FIELDS) if later else BEFORE_FIELDS


def unknown_fields(fields: Sequence[str]) -> list[str]:
    """Return the fields that `numbers` cannot make; any kind of signal has one.

    >>> unknown_fields(["place", "signal_rephrase", "signal_sigh", "blood_pressure"])
    ['blood_pressure']
    """
    return [name for name in fields if name not in _KNOWN and not name.startswith(_SIGNAL)]


def numbers(session: Session, fields: Sequence[str]) -> Floats:
    """Return the numeric fields of each turn, in the order asked for.

    Args:
        session: whole, or as far as it has gone.
        fields: of `BEFORE_FIELDS` and `AFTER_FIELDS`, or `signal_` and a kind; 0 for a kind that nothing detects.

    Returns:
        Shape (turns, fields), NaN where missing. With fields of `BEFORE_FIELDS` alone, no row depends on a later turn.
    """
    turns = session.turns
    columns = np.array([_before(turns, at) for at in range(len(turns))], np.float32)
    names = list(BEFORE_FIELDS)
    if not _KNOWN_AT_ONCE.issuperset(fields):
        kinds = [name.removeprefix(_SIGNAL) for name in fields if name.startswith(_SIGNAL)]
        after = np.array([_after(turns, at) for at in range(len(turns))], np.float32)
        strengths = signal_strengths(session, detect(session), kinds).astype(np.float32)
        columns = np.hstack([columns, after, strengths])
        names += [*_FOLLOWING, *(f"{_SIGNAL}{kind}" for kind in kinds)]
    place = {name: at for at, name in enumerate(names)}
    picked: Floats = columns[:, [place[name] for name in fields]]
    return picked


def _before(turns: Sequence[Turn], at: int) -> list[float]:
    turn = turns[at]
    earlier = turns[at - 1] if at else None
    known = phrases(turn)
    read = _understood(turn)
    answer = turn.response.text if turn.response is not None else None
    asr = [each.confidence for each in turn.asr.nbest] if turn.asr is not None else []
    nlu = [each.confidence for each in turn.readings]
    heard = said(turn.heard)
    spoken, told = set(heard.split()), set(said(answer or "").split())
    return [
        log1p(at),
        float(at == 0),
        log1p(len(spoken)),
        nan if answer is None else log1p(len(answer.split())),
        float("?" in turn.request),
        float(answer is not None),
        nan if answer is None else float("?" in answer),
        float("!" in turn.request),
        _first(asr, turn.asr.confidence if turn.asr is not None else None),
        _margin(asr),
        nan if turn.asr is None else log1p(len(asr)),
        nan if turn.asr is None or turn.asr.misheard is None else turn.asr.misheard,
        _first(nlu, None),
        _margin(nlu),
        nan if turn.nlu is None else log1p(len(nlu)),
        nan if turn.reading is None else float(len(turn.reading.slots)),
        nan if turn.reading is None else float(turn.reading.empty),
        _complained(turn),
        _strength(turn),
        log1p(len(turn.actions)),
        float(sum(not action.ok for action in turn.actions)),
        nan if turn.wake is None or turn.wake.probability is None else turn.wake.probability,
        nan if turn.ended is None else (turn.ended - turn.started) / 1000,
        *_beside(turn, earlier),
        nan if at < 2 else _alike(turns[at - 2].heard, turn.heard),
        nan if earlier is None else float(_understood(earlier).key == read.key and not read.empty),
        nan if earlier is None else float(read.conflicts(_understood(earlier))),
        nan if earlier is None else _alike(_answer(earlier), _answer(turn)),
        nan if earlier is None else _strength(earlier),
        nan if answer is None else fuzz.token_set_ratio(heard, said(answer)) / 100,
        *_wordings(known, heard),
        *(float(word in spoken) for word in _CUES),
        *(float(word in told) for word in _ANSWERS),
    ]


def _beside(turn: Turn, earlier: Turn | None) -> list[float]:
    if earlier is None:
        return [nan, nan, nan]
    return [_seconds(earlier, turn), _alike(earlier.heard, turn.heard), _sounds_alike(earlier.heard, turn.heard)]


def _after(turns: Sequence[Turn], at: int) -> list[float]:
    turn = turns[at]
    following = turns[at + 1] if at + 1 < len(turns) else None
    cut = nan if turn.interrupted is None else float(turn.interrupted.yes)
    if following is None:
        return [0.0, 1.0, nan, cut, nan, nan, nan, nan, nan, nan, nan, *([nan] * len(_WORDINGS))]
    read, after = _understood(turn), _understood(following)
    return [
        log1p(len(turns) - 1 - at),
        0.0,
        _seconds(turn, following),
        cut,
        _alike(turn.heard, following.heard),
        _sounds_alike(turn.heard, following.heard),
        float(read.key == after.key and not read.empty),
        float(read.conflicts(after)),
        _alike(_answer(turn), _answer(following)),
        _strength(following),
        float(any(_holds(turn, _understood(each)) for each in turns[at + 1 : at + 4])),
        *_wordings(phrases(following), said(following.heard)),
    ]


def _complained(turn: Turn) -> float:
    """Return whether the assistant reports a failure; NaN where it reports no outcomes."""
    response = turn.response
    told = response is not None and (response.type is not None or response.error_code is not None)
    return float(turn.complained) if told else nan


def _understood(turn: Turn) -> Hypothesis:
    """Return what was understood and led to something: the judges were trained without hypotheses of failed turns."""
    return NOTHING if turn.failed else turn.understood


def _holds(turn: Turn, later: Hypothesis) -> bool:
    """Return whether a later hypothesis is in this turn's n-best but was not the one acted on."""
    return not later.empty and later.key != _understood(turn).key and any(r.key == later.key for r in turn.readings)


def _wordings(known: Phrases | None, heard: str) -> list[float]:
    if known is None:
        return [nan] * len(_WORDINGS)
    return [float(getattr(known, name).search(heard) is not None) for name in _WORDINGS]


def _first(confidences: Sequence[float | None], stated: float | None) -> float:
    best = stated if stated is not None else confidences[0] if confidences else None
    return nan if best is None else float(np.clip(best, -20, 1))


def _margin(confidences: Sequence[float | None]) -> float:
    if len(confidences) < 2 or confidences[0] is None or confidences[1] is None:
        return nan
    return float(np.clip(confidences[0] - confidences[1], -20, 20))


def _answer(turn: Turn) -> str:
    return turn.response.text if turn.response is not None else ""


def _strength(turn: Turn) -> float:
    failing = trouble(turn)
    return 0.0 if failing is None else failing.strength


def _seconds(earlier: Turn, later: Turn) -> float:
    return log1p(max(silence(earlier, later), 0) / 1000)


@lru_cache(maxsize=1 << 14)
def _alike(a: str, b: str) -> float:
    return fuzz.ratio(normalise(a), normalise(b)) / 100 if a and b else 0.0


@lru_cache(maxsize=1 << 14)
def _sounds_alike(a: str, b: str) -> float:
    return sound_similarity(a, b)
