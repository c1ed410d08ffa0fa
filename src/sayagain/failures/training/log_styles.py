"""Data augmentation: a whole log as another assistant would write it, so that the isolator depends on no field."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sayagain.failures.log_fields import LOG_FIELDS, without
from sayagain.labels.judge.training.log_variants import session_variant
from sayagain.turns import Session

__all__ = ["OMITTED", "style_log"]

OMITTED = 0.3
"""Share of the styles that lack a field, for each field."""


def style_log(log: Sequence[Session], *, seed: int) -> list[Session]:
    """Return the sessions of one log in one style: answers in other words, intents with other names, fields missing.

    Args:
        log: the sessions.
        seed: seed of the style.

    >>> from sayagain.turns import Turn
    >>> log = [Session(session_id="s", turns=(Turn(turn_id="t", started=0, request="lamp on"),))]
    >>> style_log(log, seed=1)[0].turns[0].request
    'lamp on'
    """
    rng = np.random.default_rng(seed)
    omitted = [name for name in LOG_FIELDS if rng.random() < OMITTED]
    styled = [session_variant(session, seed=seed) for session in log]
    for name in omitted:
        styled = [
            msgspec.structs.replace(session, turns=tuple(without(turn, name) for turn in session.turns))
            for session in styled
        ]
    return styled
