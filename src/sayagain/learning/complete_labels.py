"""Labels seen again with the lexicon: the next reading adds what this turn's words held already."""

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
    """Return the labels of a session, with those mended whose reading was only a part of what was said.

    The lexicon asked is the one of the turn's language that never heard this session's fitting unit.
    """
    unit = fitting_unit(session)
    mended, social = list(labels), declared_acts(session.turns).social
    for place, (turn, label) in enumerate(zip(session.turns[:-1], labels, strict=False)):
        read, after = turn.understood, session.turns[place + 1].understood
        more = after.items - read.items
        lexicon = counted.parts[counted.other_language(turn)].crossed[fold(unit)]
        if label is None or label.provenance not in _SIGNS or not more or read.empty or after.empty:
            continue
        if read.conflicts(after) or after.intents & social or not all(item in lexicon.items for item in more):
            continue
        before = session.turns[place - 1].response if place else None
        p = lexicon.predict(terms(transcripts(turn), before.acts if before is not None else ()))
        if all(p[lexicon.items[item]] >= LIKELY for item in more):
            probability, weight = RELIABILITY["completed"]
            mended[place] = msgspec.structs.replace(
                label,
                reading=read.union(after),
                words=None,
                provenance="completed",
                probability=probability,
                weight=weight,
            )
    return mended
