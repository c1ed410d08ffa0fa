"""The report on a release: the result of its replay, that of the release in use, and whether it is better."""

from collections.abc import Mapping, Sequence

import msgspec

from sayagain.evaluation.metrics import Replayed, Tally, gain_interval, ratio_interval, tally

__all__ = ["Report", "Result", "as_metrics", "from_metrics", "gate", "result"]


TOO_FEW = 30.0
"""Wins and losses in a replay below which it is too small to refuse what the whole log promises."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a replay."""

    tally: Tally
    """Counts; wins and losses are sums of probabilities."""
    gain: tuple[float, float]
    """90% interval of (wins - losses) ÷ turns, over users."""
    ratio: tuple[float, float] | None
    """90% interval of wins ÷ losses, over users; None without any."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A release beside the one in use, replayed on the same turns, which neither has learnt from."""

    release: int
    """The release under evaluation."""
    in_use: int | None
    """The release in use; None for none."""
    result: Result
    """Of the release, learnt from the log up to the turns that were replayed."""
    in_use_result: Result | None
    """Of the one in use, learnt again from what it had seen before these turns; None when there is none."""
    better: bool
    """Whether the lower bound of the gain is above 0 and the gain no less than that of the release in use."""
    why: str
    """In plain words."""


def result(replayed: Sequence[Replayed]) -> Result:
    """Sum up a replay."""
    return Result(tally=tally(replayed), gain=gain_interval(replayed), ratio=ratio_interval(replayed))


def gate(new: Result, old: Result | None, *, promised: float = 0.0) -> tuple[bool, str]:
    """Say whether a release may be published, and why.

    A release is published only if the lower bound of its gain is above zero (Sarikaya 2022; Kachuee et al. 2022), or
    in place of one that does harm: what live rewrites won is credited to neither, so a sure gain may be out of reach.
    The end of a small log is short; there, wins among cross-fitted decisions on the whole log that kept the promise
    count (`learning/risk_control.py`), as long as the replay shows no loss on balance.

    Args:
        new: the replay of the release.
        old: that of the release in use; None when there is none.
        promised: wins among decisions of classes whose promise was tested on the log that the release was learnt from.
    """
    counts = f"{new.tally.wins:.1f} wins and {new.tally.losses:.1f} losses in {new.tally.turns} replayed turns"
    balance = new.tally.wins - new.tally.losses
    balance_in_use = 0.0 if old is None else old.tally.wins - old.tally.losses
    if balance_in_use < 0 <= balance:
        return True, f"{counts}: the release in use does harm ({balance_in_use:.1f} on balance, against {balance:.1f})"
    few = new.tally.wins + new.tally.losses < TOO_FEW
    if new.gain[0] <= 0 and few and promised > 0 and balance >= max(balance_in_use, 0.0):
        return True, f"{counts}: too few to tell, and {promised:.0f} wins in the whole log keep the promise"
    if new.gain[0] <= 0:
        return False, f"{counts}: the gain is not sure (lower bound {new.gain[0]:+.2%} of the turns)"
    if old is not None and balance < balance_in_use:
        return (
            False,
            f"{counts}: the release in use does better ({balance_in_use:.1f} won on balance, against {balance:.1f})",
        )
    return True, f"{counts}: the gain is sure (lower bound {new.gain[0]:+.2%} of the turns)"


def as_metrics(replayed: Result) -> dict[str, float | None]:
    """Return a result as the metrics of a manifest."""
    counts = replayed.tally
    return {
        "turns": counts.turns,
        "defective": counts.defective,
        "triggers": counts.triggers,
        "wins": counts.wins,
        "losses": counts.losses,
        "gain_low": replayed.gain[0],
        "gain_high": replayed.gain[1],
        "ratio_low": replayed.ratio[0] if replayed.ratio else None,
        "ratio_high": replayed.ratio[1] if replayed.ratio else None,
    }


def from_metrics(metrics: Mapping[str, float | None]) -> Result:
    """Return the result that a manifest's metrics state; nothing was won or lost where they say nothing.

    >>> from_metrics(as_metrics(result([]))) == result([])
    True
    """

    def number(name: str) -> float:
        return metrics.get(name) or 0.0

    low, high = metrics.get("ratio_low"), metrics.get("ratio_high")
    return Result(
        tally=Tally(
            turns=int(number("turns")),
            defective=number("defective"),
            triggers=int(number("triggers")),
            wins=number("wins"),
            losses=number("losses"),
        ),
        gain=(number("gain_low"), number("gain_high")),
        ratio=(low, high) if low is not None and high is not None else None,
    )
