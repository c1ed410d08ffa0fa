"""The report of failures: how many turns broke at which stage, the trend, and the requests behind it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

import msgspec

from sayagain.failures import ALL_STAGES, FAILURE_POINTS, FailurePoint, Isolation
from sayagain.languages import language_of
from sayagain.reports.movement import Movement, share_interval, share_movement
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = [
    "DIMENSIONS",
    "UNKNOWN",
    "Dimension",
    "FailureCause",
    "FailureGroup",
    "FailureReport",
    "failure_report",
    "group_name",
]

Dimension = Literal["stage", "device", "room", "intent", "language"]
"""What failures are counted by."""

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""All dimensions."""

UNKNOWN = "unknown"
"""The group of turns whose log does not tell."""

_MOST_EXAMPLES = 3


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The failures of one stage, device, room, intent or language."""

    name: str
    """The stage, device, room, intent or language; `unknown` where the log does not tell."""
    turns: int
    """Turns that could have failed so: all of the period for a stage, else those of the group."""
    failed: int
    """Those that failed."""
    share: float
    """Failed over all."""
    low: float
    """Lower bound of the share (Wilson, 95%)."""
    high: float
    """Upper bound of the share."""
    earlier: float | None
    """The share in the period before, of the same length; None where it has no turns."""
    moved: Movement | None
    """Whether the share moved from the period before by more than chance (Newcombe 1998, 95%)."""
    stages: dict[FailurePoint, int]
    """Failed turns by stage."""


class FailureCause(msgspec.Struct, frozen=True, kw_only=True):
    """One request that fails at one stage, all its wordings that differ in case and marks alone together."""

    words: str
    """The words as heard, normalised."""
    language: str | None
    """Their language (ISO 639); None where the log states none."""
    stage: FailurePoint
    """Where it fails."""
    times: int
    """How often it failed there."""
    users: int
    """Users for whom it did; those that are not known count as one."""
    last: int
    """When it failed last, in milliseconds since 1970."""
    probability: float
    """Mean probability of the stage."""
    remedy: str | None
    """What to do about it."""
    examples: list[str]
    """Ids of turns, the latest first."""


class FailureReport(msgspec.Struct, frozen=True, kw_only=True):
    """The failures of a period."""

    since: int
    """Start of the period, in milliseconds since 1970."""
    until: int
    """End of the period."""
    is_cut: bool
    """Whether earlier turns were left out, since no start was given and the log is long."""
    turns: int
    """Turns of the period."""
    failed: int
    """Those that failed."""
    judged: int
    """Those that learning has judged; of the others the isolator alone says whether they failed."""
    by: Dimension
    """What the groups are."""
    groups: list[FailureGroup]
    """The groups, the most failures first."""
    causes: list[FailureCause]
    """The requests behind it, the most frequent first."""


def failure_report(
    isolated: Iterable[tuple[Turn, Isolation]],
    *,
    since: int,
    until: int,
    is_cut: bool = False,
    judged: int,
    by: Dimension,
    limit: int,
    remedy: Callable[[Turn, FailurePoint], str | None],
) -> FailureReport:
    """Count failures by group and by request.

    Args:
        isolated: turns with their failure points; those before `since` are the period before.
        since: start of the period, in milliseconds.
        until: end of the period.
        is_cut: whether the log has earlier turns that nobody asked to leave out.
        judged: turns of the period that learning has judged.
        by: what the groups are.
        limit: most causes to list.
        remedy: says what to do about a turn that failed at a stage; asked about the latest turn of each cause listed.
    """
    period: list[tuple[Turn, Isolation]] = []
    before: list[tuple[Turn, Isolation]] = []
    for turn, isolation in isolated:
        (period if turn.started >= since else before).append((turn, isolation))
    return FailureReport(
        since=since,
        until=until,
        is_cut=is_cut,
        turns=len(period),
        failed=sum(isolation.stage != "correct" for _, isolation in period),
        judged=judged,
        by=by,
        groups=_groups(period, before, by),
        causes=_causes(period, limit, remedy),
    )


def _groups(
    period: Sequence[tuple[Turn, Isolation]], before: Sequence[tuple[Turn, Isolation]], by: Dimension
) -> list[FailureGroup]:
    now, earlier = _Counts(period, by), _Counts(before, by)
    groups = []
    for name in now.names:
        turns, failed = now.of(name)
        earlier_turns, earlier_failed = earlier.of(name)
        low, high = share_interval(failed, turns)
        groups.append(
            FailureGroup(
                name=name,
                turns=turns,
                failed=failed,
                share=failed / turns if turns else 0.0,
                low=low,
                high=high,
                earlier=earlier_failed / earlier_turns if earlier_turns else None,
                moved=share_movement((failed, turns), (earlier_failed, earlier_turns)),
                stages=now.stages(name),
            )
        )
    groups.sort(key=lambda group: (-group.failed, group.name))
    return groups


class _Counts:
    """Turns and failed turns by group; every turn could fail at every stage, so a stage has all turns."""

    def __init__(self, isolated: Sequence[tuple[Turn, Isolation]], by: Dimension) -> None:
        self._by = by
        self._turns: Counter[str] = Counter()
        self._failed: Counter[tuple[str, FailurePoint]] = Counter()
        self._total = len(isolated)
        for turn, isolation in isolated:
            name = isolation.stage if by == "stage" else group_name(turn, by)
            self._turns[name] += 1
            if isolation.stage != "correct":
                self._failed[name, isolation.stage] += 1

    @property
    def names(self) -> Sequence[str]:
        if self._by == "stage":
            # An assistant has its own stages, an LLM agent others: those are listed where one of them failed.
            others = [name for name in ALL_STAGES if name not in FAILURE_POINTS and self._turns[name]]
            return [name for name in (*FAILURE_POINTS, *others) if name != "correct"]
        return list(self._turns)

    def of(self, name: str) -> tuple[int, int]:
        turns = self._total if self._by == "stage" else self._turns[name]
        return turns, sum(self.stages(name).values())

    def stages(self, name: str) -> dict[FailurePoint, int]:
        return {stage: self._failed[name, stage] for stage in ALL_STAGES if self._failed[name, stage]}


def group_name(turn: Turn, by: Dimension) -> str:
    """Return the device, room, intent or language of a turn; `unknown` where the log does not tell.

    >>> group_name(Turn(turn_id="t", started=0, request="lamp on", area="kitchen"), "room")
    'kitchen'
    """
    match by:
        case "device":
            return turn.device_id or turn.satellite_id or UNKNOWN
        case "room":
            return turn.area or (turn.context.area if turn.context is not None else None) or UNKNOWN
        case "intent":
            return UNKNOWN if turn.hypothesis is None else turn.hypothesis.intent or "nothing understood"
        case _:
            return language_of(turn.language) or UNKNOWN


def _causes(
    period: Sequence[tuple[Turn, Isolation]], limit: int, remedy: Callable[[Turn, FailurePoint], str | None]
) -> list[FailureCause]:
    by_request: defaultdict[tuple[str, str | None, FailurePoint], list[tuple[Turn, Isolation]]] = defaultdict(list)
    for turn, isolation in period:
        if isolation.stage != "correct":
            key = normalise(turn.heard), language_of(turn.language), isolation.stage
            by_request[key].append((turn, isolation))
    ordered = sorted(
        by_request.items(), key=lambda cause: (-len(cause[1]), cause[0][0], cause[0][1] or "", cause[0][2])
    )
    causes = []
    for (words, language, stage), failures in ordered[:limit]:
        latest = sorted((turn for turn, _ in failures), key=lambda turn: (-turn.started, turn.turn_id))
        causes.append(
            FailureCause(
                words=words,
                language=language,
                stage=stage,
                times=len(failures),
                users=len({turn.user_id for turn in latest}),
                last=latest[0].started,
                probability=sum(isolation.probabilities[stage] for _, isolation in failures) / len(failures),
                remedy=remedy(latest[0], stage),
                examples=[turn.turn_id for turn in latest[:_MOST_EXAMPLES]],
            )
        )
    return causes
