"""The rephrase detector: for a request that failed, which of the later ones that work says it again, if any.

A boosted model gives the odds that a later request rephrases the failed one, from both turns and their context; the
lift of the pair over the whole log is added to them. A softmax over the later requests and "none" makes probabilities.

Source: Wang et al. 2021, "Contextual rephrase detection" (the candidates, the context, "none"); docs/references.md.
"""

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import lightgbm
import msgspec
import numpy as np

from sayagain.errors import MissingExtra, ModelError
from sayagain.feedback.abandonment_signal import abandons
from sayagain.feedback.phrase_lists import phrases, said, told_language
from sayagain.feedback.retries import AGAIN_WINDOW
from sayagain.labels.rephrase.follow_lift import FollowLift, later_turns
from sayagain.labels.rephrase.pair_features import (
    CONTEXT_FEATURES,
    Floats,
    Meaning,
    pair_features,
    pair_texts,
)
from sayagain.languages import DEFAULT, language_of
from sayagain.models import Encoder, load_encoder, read_manifest
from sayagain.turns import Session, Turn

__all__ = ["SHIPPED", "Rephrase", "RephraseDetector", "choice_probabilities", "open_detector"]

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the shipped model."""

MODEL = "model.txt"
"""The boosted model, in LightGBM's format."""

LIFT_WEIGHT = 1.5
"""Log-odds for each unit of lift; chosen on the written half for development."""

_WORDS_AT_FAULT = frozenset({"not recognised", "not understood"})
"""Kinds of trouble after which other words may say the same. What was understood and not done, or not found, is
followed by another request as often as by the same."""

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Rephrase(msgspec.Struct, frozen=True, kw_only=True):
    """The likeliest rephrase of a failed request."""

    turn_id: str
    """Id of the turn that failed."""
    target_id: str
    """Id of the later turn."""
    probability: Probability
    """Probability that the later request says the failed one again, and no other later request does."""
    lift: float
    """Lift of the pair in this log, as `FollowLift` gives it."""


class RephraseDetector:
    """Finds rephrases in a log.

    Args:
        model: the boosted model, in LightGBM's format; its columns are features by name.
        encoder: of the embeddings that the model was trained with; None leaves features of meaning out.

    Raises:
        ModelError: the model takes a feature that this version lacks.
    """

    def __init__(self, model: str, encoder: Encoder | None) -> None:
        self._model = lightgbm.Booster(model_str=model)
        names = self._model.feature_name()
        if unknown := [name for name in names if name not in CONTEXT_FEATURES]:
            raise ModelError(f"the rephrase detector takes {', '.join(unknown)}, which this version lacks; upgrade")
        self._columns = [CONTEXT_FEATURES.index(name) for name in names]
        self.encoder = encoder

    def rephrases(self, log: Iterable[Session], *, window: int = AGAIN_WINDOW) -> list[Rephrase]:
        """Return the likeliest rephrase of each request that was not understood, sure or not, in order of the log.

        Candidates are the later requests that were understood.

        Only English is compared by meaning, which is the language that the encoder knows well.

        Args:
            log: all sessions; the lift is counted over them.
            window: longest gap between a request and its rephrase, in milliseconds.
        """
        log = [told_language(session) for session in log]
        lift = FollowLift(log, window=window)
        pairs = [
            (session, place, [later for later, turn in later_turns(session, place, window) if _may_rephrase(turn)])
            for session in log
            for place, source in enumerate(session.turns)
            if source.trouble in _WORDS_AT_FAULT
        ]
        pairs = [pair for pair in pairs if pair[2]]
        meaning = self.meaning(
            text
            for session, place, targets in pairs
            if language_of(session.turns[place].language) == DEFAULT
            for text in pair_texts(session, (place, *targets))
        )
        rows = [
            pair_features(session, place, target, meaning) for session, place, targets in pairs for target in targets
        ]
        odds = iter(self.log_odds(np.array(rows)) if rows else ())
        found = []
        for session, place, targets in pairs:
            source = session.turns[place]
            lifts = [lift.lift(source, session.turns[target]) for target in targets]
            shares = choice_probabilities([next(odds) + LIFT_WEIGHT * value for value in lifts])
            best = max(range(len(targets)), key=shares.__getitem__)
            found.append(
                Rephrase(
                    turn_id=source.turn_id,
                    target_id=session.turns[targets[best]].turn_id,
                    probability=shares[best],
                    lift=lifts[best],
                )
            )
        return found

    def meaning(self, texts: Iterable[str]) -> Meaning | None:
        """Return the embeddings of texts; None without an encoder."""
        if self.encoder is None:
            return None
        distinct = sorted(set(texts))
        return dict(zip(distinct, self.encoder.vectors(distinct), strict=True))

    def log_odds(self, rows: Floats) -> Floats:
        """Return the log-odds that the later request of each pair rephrases the earlier one, without the lift.

        Args:
            rows: as made by `pair_features`, shape (pairs, `CONTEXT_FEATURES`).
        """
        return np.asarray(self._model.predict(rows[:, self._columns], raw_score=True, num_threads=1), np.float64)


def choice_probabilities(log_odds: Sequence[float]) -> list[float]:
    """Return the probability that each later request is the rephrase; the rest to 1 is that none is.

    >>> [round(p, 2) for p in choice_probabilities([0.0, 0.0])]
    [0.33, 0.33]
    """
    highest = max(0.0, *log_odds)
    weights = [math.exp(value - highest) for value in log_odds]
    total = sum(weights) + math.exp(-highest)
    return [weight / total for weight in weights]


def open_detector(folder: Path = SHIPPED, *, encoder: Encoder | None = None) -> RephraseDetector:
    """Open the shipped detector; without the extra `models`, or with another encoder, it leaves meaning out.

    Args:
        folder: folder of the model.
        encoder: of the embeddings; MiniLM's, where it is installed, if not given.

    Raises:
        ModelError: there is no detector, or this version lacks one of its features.
        CorruptModel: a file has another checksum.
    """
    manifest = read_manifest(folder, MODEL)
    if encoder is None:
        with suppress(MissingExtra):
            encoder = load_encoder()
    if encoder is not None and encoder.digest != manifest.encoder:
        encoder = None
    text = (folder / MODEL).read_text(encoding="utf-8")
    return RephraseDetector(text, encoder)


def _may_rephrase(turn: Turn) -> bool:
    """Whether a later request was understood and asks for something; what only gives up or replies does not.

    A retry that fails too is no wording that works, and would only take probability from the one that does.
    """
    if turn.understood.empty:
        return False
    wording = phrases(turn)
    text = said(turn.heard)
    return bool(text) and abandons(turn) is None and (wording is None or wording.reply.search(text) is None)
