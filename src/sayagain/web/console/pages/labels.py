"""Labels: failed requests with what was probably meant, to train an assistant with."""

import msgspec

from sayagain.learner.recent_log import curate_turns
from sayagain.web.console.page import LATEST, Page, Paged, Visit, paged

__all__ = ["LABELS", "Labels"]


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    looked_back: int
    """Most turns that the page looks back on."""
    judged: int
    """Those that learning has judged."""
    examples: Paged
    """The examples, the surest first."""


def _load(visit: Visit) -> Labels:
    judged, examples = visit.snapshots.get(
        ("labels",), visit.version, lambda: curate_turns(visit.learner, visit.latest_turns())
    )
    return Labels(looked_back=LATEST, judged=judged, examples=paged(examples, visit))


LABELS = Page(name="labels", scope="read", load=_load)
"""The page."""
