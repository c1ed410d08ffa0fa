"""Completion of labels: the lexicon confirms that a turn's words already held what the next hypothesis adds."""

from collections.abc import Sequence

import msgspec

from sayagain.labels import Label
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.learning.count import Counted
from sayagain.rewriting.lexicon import LIKELY, fold, terms
from sayagain.rewriting.table import transcripts
from sayagain.turns import Session, declared_acts, fitting_unit

__all__ = ["complete_labels"]

_SIGNS = frozenset({"moved on", "moved on, answered", "refused"})


def complete_labels(session: Session, labels: Sequence[Label | None], counted: Counted) -> list[Label | None]:
    """Return the labels of a session; a label whose hypothesis was only a part of what was said is completed.

    The lexicon is the one of the turn's language that was trained without this session's fitting unit.
    """
    unit = fitting_unit(session)
    completed, social = list(labels), declared_acts(session.turns).social
    for place, (turn, label) in enumerate(zip(session.turns[:-1], labels, strict=False)):
        current, following = turn.understood, session.turns[place + 1].understood
        added_items = following.items - current.items
        lexicon = counted.parts[counted.other_language(turn)].crossed[fold(unit)]
        if label is None or label.provenance not in _SIGNS or not added_items or current.empty or following.empty:
            continue
        if (
            current.conflicts(following)
            or following.intents & social
            or not all(item in lexicon.items for item in added_items)
        ):
            continue
        previous_response = session.turns[place - 1].response if place else None
        p = lexicon.predict(terms(transcripts(turn), previous_response.acts if previous_response is not None else ()))
        if all(p[lexicon.items[item]] >= LIKELY for item in added_items):
            probability, weight = RELIABILITY["completed"]
            completed[place] = msgspec.structs.replace(
                label,
                hypothesis=current.union(following),
                words=None,
                provenance="completed",
                probability=probability,
                weight=weight,
            )
    return completed
