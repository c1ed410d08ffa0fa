"""Evidence of the failure point in the turns that follow: the next try, its words, its hypothesis and its outcome."""

from collections.abc import Sequence
from math import log1p, nan

from sayagain.failures.log_knowledge import SessionKnowledge, heard_words
from sayagain.failures.missing_name import missing_name
from sayagain.failures.name_evidence import differing_sound
from sayagain.feedback import trouble
from sayagain.feedback.retries import is_repeat, sounds_misheard
from sayagain.text import letter_similarity, limit_text, sound_similarity
from sayagain.turns import Turn, silence

__all__ = ["LATER_FIELDS", "later_evidence"]

LATER_FIELDS: tuple[str, ...] = (
    *("tries", "try_letters", "try_sound", "try_misheard", "try_repeats", "try_worked", "try_gap"),
    *("try_same_hypothesis", "try_same_intent", "try_same_target", "try_target_was_candidate", "try_actions_failed"),
    *("try_added", "try_missing", "try_known", "try_in_nbest", "worked_after", "worked_letters", "worked_sound"),
    *("worked_same_words", "worked_same_hypothesis", "worked_known"),
    *("worked_differs_sound", "worked_differs_letters", "worked_end_cut", "worked_holds_missing", "alone"),
)
"""The fields of `later_evidence`."""

_REACH = 4
"""Later turns that may be another try."""

_WINDOW = 60_000
"""Longest silence before another try, in milliseconds."""

_ALIKE = 0.35
"""Least similarity of another try, by letters or by sound."""


def later_evidence(turns: Sequence[Turn], index: int, knowledge: SessionKnowledge) -> list[float]:
    """Return the values of `LATER_FIELDS` of one turn; NaN where nothing follows.

    Args:
        turns: the session.
        index: position of the turn.
        knowledge: what the rest of the log tells.
    """
    turn = turns[index]
    tries = _tries(turns, index)
    alone = float(len(turns) == 1)
    if not tries:
        return [0.0, *([nan] * 15), *([nan] * 10), alone]
    return [float(len(tries)), *_next_try(turn, tries[0], knowledge), *_working_try(turn, tries, knowledge), alone]


def _tries(turns: Sequence[Turn], index: int) -> list[Turn]:
    """Return the later turns that may be another try of the same request."""
    tries: list[Turn] = []
    previous, heard = turns[index], limit_text(turns[index].heard)
    for turn in turns[index + 1 : index + 1 + _REACH]:
        if silence(previous, turn) > _WINDOW:
            break
        previous, words = turn, limit_text(turn.heard)
        if max(letter_similarity(heard, words), sound_similarity(heard, words)) >= _ALIKE:
            tries.append(turn)
    return tries


def _next_try(turn: Turn, following: Turn, knowledge: SessionKnowledge) -> list[float]:
    heard, words = heard_words(turn), heard_words(following)
    heard_set, word_set = set(heard.split()), set(words.split())
    misheard = sounds_misheard(heard, words)
    hypothesis, next_hypothesis = turn.hypothesis, following.hypothesis
    both_read = (
        hypothesis is not None and next_hypothesis is not None and not hypothesis.empty and not next_hypothesis.empty
    )
    targets, next_targets = ({action.target for action in each.actions} for each in (turn, following))
    candidates = {candidate.id for slot in turn.resolution for candidate in slot.candidates}
    nbest = set() if turn.asr is None else {limit_text(transcript.text).lower() for transcript in turn.asr.nbest[1:]}
    return [
        letter_similarity(heard, words),
        sound_similarity(heard, words),
        nan if misheard is None else misheard,
        float(is_repeat(turn, following)),
        float(trouble(following) is None),
        log1p(max(silence(turn, following), 0) / 1000),
        float(hypothesis.key == next_hypothesis.key) if both_read and hypothesis and next_hypothesis else nan,
        float(hypothesis.intent == next_hypothesis.intent) if both_read and hypothesis and next_hypothesis else nan,
        float(targets == next_targets) if targets and next_targets else nan,
        float(bool(candidates & next_targets)) if candidates and next_targets else nan,
        float(any(not action.ok for action in following.actions)) if following.actions else nan,
        float(len(word_set - heard_set)),
        float(len(heard_set - word_set)),
        log1p(knowledge.request(words).worked),
        float(words in nbest) if nbest else nan,
    ]


def _working_try(turn: Turn, tries: Sequence[Turn], knowledge: SessionKnowledge) -> list[float]:
    working = next((later_turn for later_turn in tries if trouble(later_turn) is None), None)
    if working is None:
        return [0.0, *([nan] * 9)]
    heard, words = heard_words(turn), heard_words(working)
    hypothesis, working_hypothesis = turn.hypothesis, working.hypothesis
    return [
        1.0,
        letter_similarity(heard, words),
        sound_similarity(heard, words),
        float(heard == words),
        nan
        if hypothesis is None or hypothesis.empty or working_hypothesis is None
        else float(hypothesis.key == working_hypothesis.key),
        log1p(knowledge.request(words).worked),
        *_replaced(turn, heard, words),
    ]


def _replaced(turn: Turn, heard: str, words: str) -> list[float]:
    """Return how the words that worked differ: by sound and letters, in the end cut off, in the name not found."""
    missing = missing_name(turn)
    return [
        *differing_sound(heard, words),
        float(heard.startswith(f"{words} ")),
        float(missing in words) if missing else nan,
    ]
