"""Metrics of a replay: wins, losses, their ratio, coverage and trigger rate, with intervals over users."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

__all__ = ["Replayed", "Tally", "gain_interval", "ratio_interval", "tally"]


FEW_UNITS = 20
"""Units below which intervals resample sessions."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """One replayed turn, its decision and its outcome.

    `win`, `loss` and `defect` are 0 or 1 where the truth is known and probabilities where it is judged.
    """

    user: str
    """The fitting unit of the turn: its user, or its session where nobody is known; intervals resample whole units."""
    session: str = ""
    """The session of the turn; where there are few units, intervals resample whole sessions."""
    trigger: bool
    """Whether the request was rewritten."""
    win: float
    """The rewrite repaired a failing request."""
    loss: float
    """The rewrite spoiled a working one."""
    defect: float
    """The turn would fail when left alone."""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over many turns; see DESIGN for the words."""

    turns: int
    """All turns."""
    defective: float
    """Those that fail when left alone."""
    triggers: int
    """Those that were rewritten."""
    wins: float
    """Rewrites that repaired a failing request."""
    losses: float
    """Rewrites that spoiled a working one."""

    @property
    def ratio(self) -> float | None:
        """Wins per loss; None without a loss, since a ratio of nothing says nothing."""
        return self.wins / self.losses if self.losses else None

    @property
    def coverage(self) -> float:
        """Repaired share of all defective turns."""
        return self.wins / self.defective if self.defective else 0.0

    @property
    def trigger_rate(self) -> float:
        """Rewritten share of all turns."""
        return self.triggers / self.turns if self.turns else 0.0


def tally(replayed: Iterable[Replayed]) -> Tally:
    """Count.

    >>> tally([Replayed(user="u", trigger=True, win=1, loss=0, defect=1)]).coverage
    1.0
    """
    turns = triggers = 0
    wins = losses = defective = 0.0
    for turn in replayed:
        turns += 1
        triggers += turn.trigger
        wins += turn.win
        losses += turn.loss
        defective += turn.defect
    return Tally(turns=turns, defective=defective, triggers=triggers, wins=wins, losses=losses)


def ratio_interval(
    replayed: Sequence[Replayed], *, level: float = 0.9, rounds: int = 2000, seed: int = 1
) -> tuple[float, float] | None:
    """Interval of wins ÷ losses by bootstrap over users; a round with less than half a loss counts half of one.

    Args:
        replayed: any number of turns.
        level: two-sided, in (0, 1).
        rounds: of resampling.
        seed: of the resampling.

    Returns:
        The lower and upper end, or None when nothing was won or lost.
    """
    by_user = _totals_by_unit(replayed)
    if not by_user.any():
        return None
    drawn = _resample(by_user, rounds, seed)
    ratios = drawn[:, 0] / np.maximum(drawn[:, 1], 0.5)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def gain_interval(
    replayed: Sequence[Replayed], *, level: float = 0.9, rounds: int = 2000, seed: int = 1
) -> tuple[float, float]:
    """Interval of (wins - losses) ÷ turns by bootstrap over users; arguments as for `ratio_interval`."""
    by_user = _totals_by_unit(replayed)
    if not len(by_user):
        return 0.0, 0.0
    drawn = _resample(by_user, rounds, seed) / max(len(replayed), 1)
    low, high = np.quantile(drawn[:, 0] - drawn[:, 1], [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _totals_by_unit(replayed: Sequence[Replayed]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return wins and losses, one row a unit, or one a session where there are few units."""
    # Resampling a few units gives few distinct draws: five wins to four losses of one user would look sure.
    few_users = len({one.user for one in replayed}) < FEW_UNITS
    totals: dict[tuple[str, str], list[float]] = {}
    for one in replayed:
        row = totals.setdefault((one.user, one.session if few_users else ""), [0.0, 0.0])
        row[0] += one.win
        row[1] += one.loss
    return np.array(list(totals.values()), dtype=np.float64).reshape(-1, 2)


def _resample(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]], rounds: int, seed: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    # Most users have neither won nor lost: equal rows are drawn together, so a million users cost no more than a few.
    kinds, sizes = np.unique(rows, axis=0, return_counts=True)
    counts = np.random.default_rng(seed).multinomial(len(rows), sizes / len(rows), size=rounds)
    drawn: np.ndarray[tuple[int, int], np.dtype[np.float64]] = counts @ kinds
    return drawn
