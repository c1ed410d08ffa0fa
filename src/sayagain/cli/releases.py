"""Commands over releases: learn one, judge it, put it into use, take it back, list them, show one."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Group
from rich.text import Text

from sayagain.cli.options import COMMON, LEARNING, CommonOptions, LearningOptions, open_learner
from sayagain.cli.output import count, facts, iso, plain_text, share, table

if TYPE_CHECKING:
    from sayagain.evaluation import Report, Result
    from sayagain.learner import ReleaseLine
    from sayagain.releases.release import Manifest, Release

__all__ = ["evaluate", "learn", "promote", "release_list", "release_show", "rollback"]


def learn(*, settings: LearningOptions = LEARNING, common: CommonOptions = COMMON) -> None:
    """Learn from the whole log and write a release; it decides nothing until it is promoted.

    The latest fifth of the log is first held out, to replay on it what the rest teaches.
    """
    out = common.output
    with open_learner(common, **settings.given) as learner:
        with out.progress() as progress:
            release = learner.learn(progress=progress)
        report = learner.evaluate(release)
    what = release.manifest.counts
    turns, users, failed = (count(what.get(name, 0), name[:-1]) for name in ("turns", "users", "defects"))
    lines = [
        f"release {release.number}: learnt from {turns} of {users}, {failed} among them",
        *_shared(release),
        *_judged(release),
        f"replay: {report.why}",
    ]
    out.result(_release(release), lines)
    if not out.as_json:
        better = f"sayagain promote {release.number}" if report.better else f"sayagain evaluate {release.number}"
        out.remark(f"next: {better}")


def _shared(release: "Release") -> list[str]:
    """Say whose words a release holds where too few users spoke for any to be left out."""
    users, asked = release.manifest.counts.get("users", 0), release.manifest.settings.get("min_users")
    if not isinstance(asked, int) or users >= asked:
        return []
    whose = "one person, or one home where nobody is identified," if users == 1 else f"{users} users"
    return [f"{whose} learns from itself: its words stand in the release, so give it to nobody else"]


def evaluate(release: int | None = None, /, *, common: CommonOptions = COMMON) -> None:
    """Say what a release won and lost in its replay, beside the release in use, and whether it is better.

    Args:
        release: Its number; the newest when not given.
        common: What every command takes.
    """
    with open_learner(common) as learner:
        report = learner.evaluate(release)
    common.output.result(_report(report), _evaluation(report))


def promote(
    release: int | None = None,
    /,
    *,
    force: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> None:
    """Put a release into use, if its replay shows a gain.

    Args:
        release: Its number; the newest when not given.
        force: Whatever its replay shows; without it a refusal exits with 3.
        common: What every command takes.
    """
    out = common.output
    with open_learner(common) as learner:
        before = learner.store.release_in_use()
        mine = learner.release(release)
        report = learner.evaluate(mine)
        learner.promote(mine, force=force)
    was = f" in place of release {before}" if before not in {None, mine.number} else ""
    out.result({"in_use": mine.number, "before": before}, [f"release {mine.number} is in use{was}"])
    if not report.better:
        out.remark(f"forced: {report.why}")


def rollback(*, common: CommonOptions = COMMON) -> None:
    """Go back to the release before the one in use; again goes back further."""
    with open_learner(common) as learner:
        before = learner.store.release_in_use()
        now = learner.rollback()
    named = "no release" if now is None else f"release {now}"
    common.output.result({"in_use": now, "before": before}, [f"{named} is in use again, in place of release {before}"])


def release_list(*, common: CommonOptions = COMMON) -> None:
    """List all releases, oldest first."""
    out = common.output
    with open_learner(common) as learner:
        lines = learner.release_list()
        name = learner.settings.db_name
    if not lines and not out.as_json:
        out.remark(f"{name}: there is no release yet; run: sayagain learn")
        return
    shown = table(
        "release",
        "turns",
        "users",
        "defects",
        "wins",
        "losses",
        "gain",
        "",
        rows=(_row(line) for line in lines),
        right=("release", "turns", "users", "defects", "wins", "losses", "gain"),
    )
    out.result(lines, shown)


def release_show(release: int | None = None, /, *, common: CommonOptions = COMMON) -> None:
    """Show what a release was learnt from and holds, after checking every byte of it.

    Args:
        release: Its number; the newest when not given.
        common: What every command takes.
    """
    with open_learner(common) as learner:
        mine = learner.release(release)
        in_use = learner.store.release_in_use() == mine.number
    manifest = mine.manifest
    rows = [
        ("digest", mine.digest[:16]),
        ("folder", str(mine.folder)),
        ("log", f"{iso(manifest.log_since)} … {iso(manifest.log_until)}"),
        ("seed", str(manifest.seed)),
    ]
    used = " (in use)" if in_use else ""
    parts = [
        facts(f"Release {mine.number}{used}", rows),
        facts("Learnt from and found", [(name, f"{value:,}") for name, value in sorted(manifest.counts.items())]),
        facts("Replay", [(name, _number(value)) for name, value in manifest.metrics.items()]),
        facts("Settings", [(name, str(value)) for name, value in sorted(manifest.settings.items())]),
        facts("Files", [(name, _size(mine.folder / name)) for name in manifest.files]),
    ]
    if manifest.judging:
        parts.insert(2, facts("Judges", [(name, _number(value)) for name, value in manifest.judging.items()]))
    common.output.result({**_release(mine), "in_use": in_use}, Group(*_spaced(parts)))


def _judged(release: "Release") -> list[str]:
    """Say which judge was believed, where there were two."""
    found = release.manifest.judging
    if not found:
        return []
    shipped, learnt = found["agreement_shipped"], found["agreement_learnt"]
    if shipped is None or learnt is None:
        why = "the log is too small to learn one" if found["shipped_judge"] else "its assistant is new to the other"
    else:
        why = f"agreement with what followed {shipped:.3f}, learnt from the log {learnt:.3f}"
    who = "the one that comes with sayagain" if found["shipped_judge"] else "learnt from the log"
    if found.get("adapted_judge"):
        who += ", together with the one that comes with sayagain as adapted to it"
        why += f", together {found['agreement_adapted']:.3f}"
    off = found.get("bias_shipped")
    if off is not None and not found["shipped_judge"]:
        why += f"; P(defect) as it comes lies {off:+.2f} off what followed"
    return [f"judge: {who}; {why}"]


def _release(release: "Release") -> dict[str, object]:
    manifest: Manifest = release.manifest
    return {"number": release.number, "digest": release.digest, "folder": release.folder, "manifest": manifest}


def _report(report: "Report") -> dict[str, object]:
    """The report with what follows from its counts, so that nobody has to work it out again."""
    record: dict[str, object] = msgspec.structs.asdict(report)
    for name in ("result", "in_use_result"):
        result = record[name]
        if result is not None:
            record[name] = _result(getattr(report, name))
    return record


def _result(result: "Result") -> dict[str, object]:
    tally = result.tally
    return {
        **msgspec.structs.asdict(tally),
        "ratio": tally.ratio,
        "ratio_interval": result.ratio,
        "coverage": tally.coverage,
        "trigger_rate": tally.trigger_rate,
        "gain": (tally.wins - tally.losses) / tally.turns if tally.turns else 0.0,
        "gain_interval": result.gain,
    }


def _evaluation(report: "Report") -> Group:
    results = [report.result]
    heads = [f"release {report.release}", "90% interval"]
    if report.in_use_result is not None:
        results.append(report.in_use_result)
        heads += [f"release {report.in_use}", "90% interval "]
    measured = table(
        "",
        *heads,
        rows=((name, *(cell for found in results for cell in measure(found))) for name, measure in _MEASURES.items()),
        right=[head for head in heads if head.startswith("release")],
    )
    if report.in_use is None:
        beside = "no release is in use"
    elif report.in_use == report.release:
        beside = "this is the release in use"
    elif report.in_use_result is None:
        beside = f"release {report.in_use} is in use; it has learnt from these turns or is damaged, so it is not beside"
    else:
        beside = f"release {report.in_use} is in use"
    verdict = Text("better: yes", style="bold green") if report.better else Text("better: no", style="bold yellow")
    return Group(
        Text(f"Release {report.release}, replayed on turns that it has not learnt from; {beside}"),
        Text(),
        measured,
        Text(),
        verdict,
        Text(plain_text(report.why)),
    )


def _ratio(found: "Result") -> tuple[str, str]:
    if round(found.tally.losses, 1) == 0 or found.tally.ratio is None:
        return ("no loss" if found.tally.wins > 0 else "–"), ""
    return f"{found.tally.ratio:.1f}", f"{found.ratio[0]:.1f} … {found.ratio[1]:.1f}" if found.ratio else ""


def _gain(found: "Result") -> float:
    return (found.tally.wins - found.tally.losses) / found.tally.turns if found.tally.turns else 0.0


_MEASURES: dict[str, Callable[["Result"], tuple[str, str]]] = {
    "turns": lambda found: (f"{found.tally.turns:,}", ""),
    "defective": lambda found: (f"{found.tally.defective:,.1f}", ""),
    "triggers": lambda found: (f"{found.tally.triggers:,}", share(found.tally.trigger_rate)),
    "wins": lambda found: (f"{found.tally.wins:,.1f}", ""),
    "losses": lambda found: (f"{found.tally.losses:,.1f}", ""),
    "wins ÷ losses": _ratio,
    "coverage": lambda found: (f"{found.tally.coverage:.1%}", ""),
    "gain": lambda found: (f"{_gain(found):+.1%}", f"{found.gain[0]:+.1%} … {found.gain[1]:+.1%}"),
}


def _row(line: "ReleaseLine") -> list[str | Text]:
    remark = Text("in use", style="bold green") if line.in_use else Text()
    if line.trouble is not None:
        remark.append(f"{'; ' if line.in_use else ''}{plain_text(line.trouble)}", style="red")
    counts = (f"{line.counts[name]:,}" if name in line.counts else "–" for name in ("turns", "users", "defects"))
    turns, wins, losses = (line.metrics.get(name) for name in ("turns", "wins", "losses"))
    gain = f"{((wins or 0) - (losses or 0)) / turns:+.1%}" if turns else "–"
    results = (f"{value:,.1f}" if value is not None else "–" for value in (wins, losses))
    return [str(line.number), *counts, *results, gain, remark]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}"


def _size(path: Path) -> str:
    return f"{path.stat().st_size:,} bytes"


def _spaced(parts: Iterable[Group]) -> list[Group | Text]:
    spaced: list[Group | Text] = []
    for part in parts:
        spaced += [part, Text()]
    return spaced[:-1]
