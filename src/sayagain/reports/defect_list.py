"""The requests most surely judged to have failed, with the signs of failure."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from sayagain.errors import InputError
from sayagain.feedback import Signal
from sayagain.formats.times import period_start
from sayagain.labels import Judgement
from sayagain.languages import language_of
from sayagain.reports.failure_report import DIMENSIONS, Dimension, group_name
from sayagain.reports.records import Defect
from sayagain.store import Store
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["list_defects"]

_MOST_READ = 20_000
"""Most defects that are read, the surest first; they are counted among these."""

_Key = tuple[str | None, str, str | None]


def list_defects(
    store: Store,
    signals: Callable[[Turn], Sequence[Signal]],
    *,
    limit: int,
    since: str | None = None,
    by: Dimension | None = None,
) -> list[Defect]:
    """Return the requests most surely judged to have failed, each once.

    Args:
        store: holds turns and judgements.
        signals: feedback about a turn.
        limit: most requests.
        since: start of the period: `24h`, `7d` or `2w` before the last turn, or a time; without it the whole log.
        by: what the requests are grouped by, the group with the most defects first; where a turn broke (`stage`) is
            told by `failure_report`.

    Raises:
        InputError: `since` is no period, or nothing is grouped so.
    """
    if by is not None and (by not in DIMENSIONS or by == "stage"):
        raise InputError(f"defects are grouped by {', '.join(DIMENSIONS[1:])}, not by {by!r}")
    _, last = store.span() or (0, 0)
    start = 0 if since is None else period_start(since, last + 1)
    surest: dict[_Key, tuple[Turn, Judgement]] = {}
    times: Counter[_Key] = Counter()
    for judgement in islice(store.judgements(defects=True), _MOST_READ):
        turn = store.turn(judgement.turn_id)
        if turn is None or turn.started < start:
            continue
        group = None if by is None else group_name(turn, by)
        key = group, normalise(turn.heard), language_of(turn.language)
        times[key] += 1
        surest.setdefault(key, (turn, judgement))
    by_group: Counter[str | None] = Counter()
    for (group, _, _), count in times.items():
        by_group[group] += count
    # The judgements come with the surest first, and sorting keeps their order.
    keys = sorted(surest, key=lambda key: (-by_group[key[0]], key[0] or ""))
    return [_defect(*surest[key], times[key], key[0], signals) for key in keys[:limit]]


def _defect(
    turn: Turn, judgement: Judgement, times: int, group: str | None, signals: Callable[[Turn], Sequence[Signal]]
) -> Defect:
    label = judgement.label
    meant = None
    if label is not None and label.verified:
        meant = label.words or label.hypothesis.description
    return Defect(
        turn_id=turn.turn_id,
        times=times,
        group=group,
        at=turn.started,
        heard=turn.heard,
        p_defect=judgement.p_defect,
        meant=meant,
        signs=[f"{signal.kind}: {signal.evidence}" for signal in signals(turn) if not signal.positive],
    )
