"""Features of a candidate, computed from the turn and its history; never from later turns.

No feature is named after an assistant or a data set: counts, lengths, differences between sets, what the assistant
asked for and said, whether a value was heard, and log priors learnt from verified turns. Unknown values are NaN.
"""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from sayagain.labels.weak_labels import response_items
from sayagain.rewriting.candidates import UNRANKED, Candidate, Position
from sayagain.rewriting.in_context import interpret_request
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.lexicon import terms
from sayagain.rewriting.steps import state_key
from sayagain.rewriting.table import shares, transcripts
from sayagain.text import letter_similarity, limit_text, normalise, sound_similarity, word_overlap
from sayagain.turns import HISTORY, REQUEST, Hypothesis, Turn

__all__ = ["CONTEXT", "CONTEXT_SHARE", "NAMES", "RANKED", "SHARE", "context_of", "features"]

NAMES: tuple[str, ...] = (
    # the assistant's own opinion of the candidate, and how it differs from what would be done
    *("rank", "is_best", "listed", "confidence", "log_ratio", "entropy", "nothing_confidence", "best_confidence"),
    *("margin", "n_listed", "best_is_nothing", "added", "dropped", "conflicts", "same_shape"),
    # what it is
    *("is_nothing", "n_items", "n_values", "n_prefixed", "n_acts", "n_social"),
    # the verified table on what was heard
    *("share", "best_share", "share_of_best", "support", "users", "support_same_string"),
    # the lexicon on the words that were heard
    *("lexicon_log", "lexicon_least", "lexicon_missing", "lexicon_behind", "lexicon_rank"),
    # log priors in this context
    *("prior_shape", "prior_reading", "prior_after", "prior_any"),
    # the session so far
    *("answers_question", "echoes", "echoes_all", "same_as_last", "held_last", "confidence_last", "conflicts_past"),
    *("agrees_past", "last_failed", "n_prompt_acts", "prompt_asks", "last_interrupted", "place"),
    # its values in the words that were heard
    *("values_heard", "value_closeness", "value_mass", "names_heard"),
    # the words that were heard
    *("n_words", "n_letters", "asr_confidence", "asr_entropy", "n_asr", "rare_words", "same_words_as_last"),
    *("like_last", "heard_before", "failed_before"),
    # the candidate's words beside them, where another wording would be passed on
    *("letters_alike", "sounds_alike", "words_alike", "wording_heard", "wording_failed", "wording_good"),
    # retrieval, and what this user does
    *("likeness", "own_times", "own_share", "own_same_string"),
    # the chain
    *("chain_leads_here", "chain_probability", "chain_lift"),
    # what an ambiguous request means in this situation, and to this user
    *("context_share", "context_best", "context_examples", "context_habit"),
)
"""The columns of `features`."""

RANKED: frozenset[str] = frozenset(
    {
        *("rank", "is_best", "listed", "confidence", "log_ratio", "entropy", "nothing_confidence", "best_confidence"),
        *("margin", "added", "dropped", "conflicts", "same_shape", "confidence_last"),
    }
)
"""Columns that tell what the assistant itself preferred; one of the two rankers must do without them."""

CONTEXT: frozenset[str] = frozenset({"context_share", "context_best", "context_examples", "context_habit"})
"""Columns of ambiguous requests; unknown for all others."""

SHARE, CONTEXT_SHARE = NAMES.index("share"), NAMES.index("context_share")

Floats = npt.NDArray[np.float64]


def context_of(before: Turn | None) -> str:
    """Return what the assistant had just done, without values but with what it asked for."""
    if before is None or before.response is None:
        return ""
    return " ".join(sorted({_act_label(act) for act in before.response.acts})) or (before.response.type or "")


def features(
    turn: Turn,
    history: Sequence[Turn],
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    position: Position,
) -> Floats:
    """Describe each candidate.

    Args:
        turn: the turn under way.
        history: the turns before it in its session, oldest first.
        candidates: as gathered; the first leaves the request as it is.
        knowledge: what was learnt; while learning, without the turn's own user.
        position: what is known when the decision is made.

    Returns:
        One row a candidate, columns as in `NAMES`.
    """
    scene = _Scene(turn, history[-HISTORY:], candidates, knowledge, position)
    table = np.array([scene.row(candidate) for candidate in candidates], np.float64)
    logs = table[:, NAMES.index("lexicon_log")]
    table[:, NAMES.index("lexicon_behind")] = logs - logs.max()
    table[:, NAMES.index("lexicon_rank")] = np.argsort(np.argsort(-logs, kind="stable"), kind="stable")
    return table


class _Scene:
    """The values that all candidates of one turn share, computed once."""

    def __init__(
        self,
        turn: Turn,
        history: Sequence[Turn],
        candidates: Sequence[Candidate],
        knowledge: Knowledge,
        position: Position,
    ) -> None:
        self.knowledge = knowledge
        self.heard = limit_text(turn.heard)
        self.strings = transcripts(turn)
        self.scores = knowledge.own.shrink_shares(self.strings[0][0], shares(self.strings, knowledge.row))
        self.total_uses = sum(use.times for use in knowledge.own.uses.values())
        self.best = candidates[0]
        self.place = len(history)
        self.link = knowledge.link(state_key(candidates[0].hypothesis, self.strings[0][0]))
        self.words = position != "read"
        last = history[-1] if history else None
        self.last = last
        acts = last.response.acts if last is not None and last.response is not None else ()
        self.reply = last.response.text.lower() if last is not None and last.response is not None else ""
        self.mentioned_values = response_items(last) if last is not None else set()
        self.asked_slots = {str(act.slots[0].value) for act in acts if act.intent == REQUEST and act.slots}
        self.past_values: dict[str, set[str]] = defaultdict(set)
        for earlier in history:
            for name, values in earlier.understood.facts.items():
                self.past_values[name] |= values
        self.context = context_of(last)
        self.last_shape = last.understood.shape if last is not None else "<"
        self.last_held = (
            {hypothesis.key: hypothesis.confidence or 0.0 for hypothesis in last.hypotheses} if last is not None else {}
        )
        self.listed_confidences = {
            c.rank: c.confidence for c in candidates if c.rank < UNRANKED and not math.isnan(c.confidence)
        }
        self.n_listed = sum(c.rank < UNRANKED for c in candidates)
        self.nothing_confidence = next((c.confidence for c in candidates if c.hypothesis.empty), math.nan)
        self.predicted = knowledge.lexicon.predict(terms(self.strings, acts))
        # One ten-thousandth keeps the logarithm of an impossible item finite and still damning.
        self.log_absent = np.log(np.maximum(1 - self.predicted, 0.01))
        self.log_none = float(self.log_absent.sum())
        self.entropy = _entropy(list(self.listed_confidences.values()))
        self.best_share = max((score[1] for score in self.scores.values()), default=0.0)
        self.turn_features = self._turn_features(turn)
        # Without a candidate that the situation speaks for, a request is weighed as any other.
        self.interpretation = (
            interpret_request(turn, history, knowledge, candidates[0].hypothesis, position != "heard")
            if any(candidate.in_context for candidate in candidates)
            else None
        )

    def _turn_features(self, turn: Turn) -> tuple[float, ...]:
        last = self.last
        text = self.strings[0][0]
        nbest = turn.asr.nbest if turn.asr is not None else ()
        row = self.knowledge.row(text)
        asr = nbest[0].confidence if nbest else (turn.asr.confidence if turn.asr is not None else None)
        last_text = normalise(limit_text(last.heard)) if last is not None else ""
        tokens = text.split()
        return (
            len(tokens),
            len(text),
            math.nan if asr is None else asr,
            _entropy([weight for _, weight in self.strings]) if asr is not None else math.nan,
            len(nbest),
            sum(self.knowledge.frequency(word) < 5 for word in tokens),
            float(last is not None and last_text == text),
            fuzz.ratio(last_text, text) / 100 if last is not None else 0.0,
            row.heard if row is not None else 0.0,
            row.failed / row.heard if row is not None and row.heard else math.nan,
        )

    def row(self, candidate: Candidate) -> tuple[float, ...]:
        hypothesis = candidate.hypothesis
        items, best_items = hypothesis.items, self.best.hypothesis.items
        values = [value for fact_values in hypothesis.facts.values() for value in fact_values]
        return (
            *self._opinion(candidate, items, best_items),
            hypothesis.empty,
            len(items),
            len(values),
            sum("." in slot.name for slot in hypothesis.slots),
            len(hypothesis.intents),
            len(hypothesis.intents & self.knowledge.social_acts),
            *self._table(hypothesis),
            *self._lexicon(items),
            self.knowledge.prior(f"shape {self.context}", hypothesis.shape),
            self.knowledge.prior(f"reading {self.context}", hypothesis.key),
            self.knowledge.prior(f"after {self.last_shape}", hypothesis.shape),
            self.knowledge.prior("any", hypothesis.key),
            *self._session(hypothesis, values),
            *self._values(hypothesis, values),
            *self.turn_features,
            *self._wording(candidate),
            *self._own(candidate),
            *self._chain(hypothesis),
            *self._context(hypothesis),
        )

    def _context(self, hypothesis: Hypothesis) -> list[float]:
        interpretation = self.interpretation
        if interpretation is None:
            return [math.nan] * 4
        habit = self.knowledge.own.habits.get(interpretation.situation)
        return [
            interpretation.shares.get(hypothesis.key, 0.0),
            max(interpretation.shares.values()),
            math.log1p(interpretation.leaf.examples),
            habit.turns if habit is not None else 0.0,
        ]

    def _opinion(self, candidate: Candidate, items: frozenset[object], best_items: frozenset[object]) -> list[float]:
        p, best = candidate.confidence, self.best.confidence
        if candidate.rank == UNRANKED and self.listed_confidences:
            p = 0.0
        other_confidences = [
            confidence for rank, confidence in self.listed_confidences.items() if rank != candidate.rank
        ]
        return [
            candidate.rank,
            candidate.rank == 0,
            candidate.rank < UNRANKED,
            p,
            math.log((p + 1e-3) / (best + 1e-3)) if p >= 0 and best >= 0 else math.nan,
            self.entropy,
            0.0 if math.isnan(self.nothing_confidence) and self.listed_confidences else self.nothing_confidence,
            best,
            p - max(other_confidences) if other_confidences else math.nan,
            self.n_listed,
            self.best.hypothesis.empty,
            len(items - best_items),
            len(best_items - items),
            candidate.hypothesis.conflicts(self.best.hypothesis),
            candidate.hypothesis.shape == self.best.hypothesis.shape,
        ]

    def _table(self, hypothesis: Hypothesis) -> list[float]:
        _, share, support = self.scores.get(hypothesis.key, (hypothesis, 0.0, 0.0))
        row = self.knowledge.row(self.strings[0][0])
        matching_use = (
            next((use for use in row.uses if use.hypothesis.key == hypothesis.key), None) if row is not None else None
        )
        return [
            share,
            self.best_share,
            self.scores.get(self.best.hypothesis.key, (hypothesis, 0.0, 0.0))[1],
            math.log1p(support),
            matching_use.users if matching_use is not None else 0,
            matching_use.weight if matching_use is not None else 0.0,
        ]

    def _lexicon(self, items: frozenset[tuple[str, str]]) -> list[float]:
        columns = self.knowledge.lexicon.items
        item_columns = [columns[item] for item in items if item in columns]
        unknown_items = len(items) - len(item_columns)
        log = self.log_none + unknown_items * math.log(0.01)
        log += sum(
            math.log(max(float(self.predicted[k]), 0.01)) - float(self.log_absent[k]) for k in sorted(item_columns)
        )
        outside = 0.0
        if len(item_columns) < len(self.predicted):
            remaining = self.predicted.copy()
            remaining[item_columns] = -1.0
            outside = float(remaining.max())
        return [
            log,
            0.0 if unknown_items else float(self.predicted[item_columns].min()) if item_columns else 1.0,
            outside,
            0.0,
            0.0,
        ]

    def _session(self, hypothesis: Hypothesis, values: Sequence[str]) -> list[float]:
        facts, last = hypothesis.facts, self.last
        return [
            sum(name in self.asked_slots for name in facts) + 10 * bool(self.asked_slots),
            sum(value in self.mentioned_values for value in values),
            bool(values) and all(value in self.mentioned_values or value in self.reply for value in values),
            last is not None and hypothesis.key == last.understood.key,
            hypothesis.key in self.last_held,
            self.last_held.get(hypothesis.key, 0.0),
            sum(
                name in self.past_values and not self.past_values[name] & fact_values
                for name, fact_values in facts.items()
            ),
            sum(bool(self.past_values.get(name, set()) & fact_values) for name, fact_values in facts.items()),
            last is not None and last.understood.empty,
            len(last.response.acts) if last is not None and last.response is not None else 0,
            "?" in self.reply,
            last is not None and last.interrupted is not None and last.interrupted.yes,
            self.place,
        ]

    def _values(self, hypothesis: Hypothesis, values: Sequence[str]) -> list[float]:
        text = self.strings[0][0]
        # What is not understood is known by its words, and those may be many.
        values = [limit_text(value) for value in values]
        mass = [sum(weight for transcript, weight in self.strings if value in transcript) for value in values]
        close = [max(fuzz.partial_ratio(value, transcript) for transcript, _ in self.strings) / 100 for value in values]
        names_heard = sum(name in text for name in hypothesis.facts)
        names_heard += sum(str(slot.value) in text for slot in hypothesis.slots if "." in slot.name)
        return [sum(value in text for value in values), min(close, default=1.0), min(mass, default=1.0), names_heard]

    def _wording(self, candidate: Candidate) -> list[float]:
        if not self.words:
            return [math.nan] * 6
        text = limit_text(candidate.text)
        row = self.knowledge.row(normalise(text))
        wording = self.knowledge.wording(candidate.hypothesis.key)
        return [
            letter_similarity(self.heard, text),
            sound_similarity(self.heard, text),
            word_overlap(self.heard, text),
            math.log1p(row.heard) if row is not None else 0.0,
            row.failed / row.heard if row is not None and row.heard else math.nan,
            math.log1p(wording.good) if wording is not None else 0.0,
        ]

    def _own(self, candidate: Candidate) -> list[float]:
        uses = self.knowledge.own.uses
        if not self.words or not uses:
            return [candidate.likeness, math.nan, math.nan, math.nan]
        use = uses.get(candidate.hypothesis.key)
        if use is None:
            return [candidate.likeness, 0.0, 0.0, 0.0]
        return [
            candidate.likeness,
            use.times,
            use.times / max(self.total_uses, 1e-9),
            use.heard.get(self.strings[0][0], 0.0),
        ]

    def _chain(self, hypothesis: Hypothesis) -> list[float]:
        if self.link is None or self.link.target.key != hypothesis.key:
            return [0.0, math.nan, math.nan]
        return [1.0, self.link.rewrite.probability, self.link.rewrite.why.lift_low]


def _act_label(act: Hypothesis) -> str:
    return act.intent + (f"={act.slots[0].value}" if act.intent == REQUEST and act.slots else "")


def _entropy(weights: Sequence[float]) -> float:
    return -sum(p * math.log(p) for p in weights if p > 0)
