"""Evidence of the failure point in the rest of the log: whether its words, hypothesis and things work elsewhere."""

from math import log1p, nan

from sayagain.failures.log_knowledge import Outcomes, SessionKnowledge, heard_words
from sayagain.failures.measures import MEASURES
from sayagain.feedback.retries import sounds_misheard
from sayagain.text import limit_text, normalise
from sayagain.turns import Turn

__all__ = ["KNOWLEDGE_FIELDS", "log_evidence"]

KNOWLEDGE_FIELDS: tuple[str, ...] = (
    *("words_worked", "words_failed", "words_share", "words_known"),
    *("near_letters", "near_sound", "near_times", "near_same", "near_misheard", "near_added", "near_missing"),
    *("unknown_words", "unknown_share", "rarest_word", "words_fail_share", "first_word_worked", "first_word_share"),
    *("nbest_works", "nbest_near", "nbest_gain"),
    *("hypothesis_worked", "hypothesis_failed", "hypothesis_share", "value_worked", "value_share"),
    *(f"{name}_rank" for name in MEASURES),
    *("target_worked", "target_failed", "target_share", "target_rivals", "hypothesis_targets"),
)
"""The fields of `log_evidence`."""

_MOST_ALTERNATIVES = 5


def log_evidence(turn: Turn, knowledge: SessionKnowledge) -> list[float]:
    """Return the values of `KNOWLEDGE_FIELDS`; NaN where the log does not tell.

    Args:
        turn: the turn, as logged.
        knowledge: what the rest of the log tells.
    """
    heard = heard_words(turn)
    near = _near(heard, knowledge)
    return [
        *_outcomes(knowledge.request(heard)),
        _known(heard, knowledge),
        *near,
        *_vocabulary(heard, knowledge),
        *_alternatives(turn, heard, near[0], knowledge),
        *_hypothesis(turn, knowledge),
        *knowledge.ranks(turn),
        *_targets(turn, knowledge),
    ]


def _outcomes(outcomes: Outcomes) -> list[float]:
    total = outcomes.worked + outcomes.failed
    return [log1p(outcomes.worked), log1p(outcomes.failed), (outcomes.worked + 0.5) / (total + 1) if total else nan]


def _known(heard: str, knowledge: SessionKnowledge) -> float:
    return float(knowledge.request(heard).worked > 0)


def _near(heard: str, knowledge: SessionKnowledge) -> list[float]:
    by_letters = knowledge.similar(heard)
    by_sound = knowledge.similar(heard, by_sound=True)
    best = by_sound if by_letters is None or (by_sound and by_sound.similarity > by_letters.similarity) else by_letters
    if best is None:
        return [0.0, 0.0, 0.0, nan, nan, nan, nan]
    words, near_words = heard.split(), best.words.split()
    misheard = sounds_misheard(heard, best.words)
    return [
        0.0 if by_letters is None else by_letters.similarity,
        0.0 if by_sound is None else by_sound.similarity,
        log1p(best.times),
        float(by_letters is not None and by_sound is not None and by_letters.words == by_sound.words),
        nan if misheard is None else misheard,
        float(len([word for word in words if word not in near_words])),
        float(len([word for word in near_words if word not in words])),
    ]


def _vocabulary(heard: str, knowledge: SessionKnowledge) -> list[float]:
    words = heard.split()
    if not words:
        return [nan] * 6
    tallies = [knowledge.word(word) for word in words]
    unknown = sum(tally.worked == 0 for tally in tallies)
    shares = [_share(tally) for tally in tallies]
    first = knowledge.first_word(words[0])
    return [
        float(unknown),
        unknown / len(words),
        log1p(min(tally.worked for tally in tallies)),
        min(shares),
        log1p(first.worked),
        _share(first),
    ]


def _share(outcomes: Outcomes) -> float:
    return (outcomes.worked + 0.5) / (outcomes.worked + outcomes.failed + 1)


def _alternatives(turn: Turn, heard: str, near: float, knowledge: SessionKnowledge) -> list[float]:
    texts = [] if turn.asr is None else [normalise(limit_text(transcript.text)) for transcript in turn.asr.nbest]
    others = [text for text in texts if text != heard][:_MOST_ALTERNATIVES]
    if not others:
        return [nan] * 3
    similar = [1.0 if knowledge.request(text).worked else _similarity(knowledge, text) for text in others]
    works = [place for place, text in enumerate(others, 1) if knowledge.request(text).worked]
    return [1 / works[0] if works else 0.0, max(similar), max(similar) - near]


def _similarity(knowledge: SessionKnowledge, text: str) -> float:
    similar = knowledge.similar(text)
    return 0.0 if similar is None else similar.similarity


def _hypothesis(turn: Turn, knowledge: SessionKnowledge) -> list[float]:
    hypothesis = turn.hypothesis
    if hypothesis is None or hypothesis.empty:
        return [nan] * 5
    values = [knowledge.value(f"{slot.name}={slot.value}") for slot in hypothesis.slots]
    return [
        *_outcomes(knowledge.hypothesis(hypothesis.key)),
        log1p(min((tally.worked for tally in values), default=0)) if values else nan,
        min(map(_share, values), default=nan),
    ]


def _targets(turn: Turn, knowledge: SessionKnowledge) -> list[float]:
    tallies = [knowledge.target(action.target) for action in turn.actions]
    if not tallies:
        return [nan] * 5
    worst = min(tallies, key=_share)
    return [
        log1p(worst.worked),
        log1p(worst.failed),
        _share(worst),
        float(knowledge.rivals(turn.actions[0].target)) if len(turn.actions) == 1 else nan,
        nan if turn.hypothesis is None else float(knowledge.meanings(turn.hypothesis.key)),
    ]
