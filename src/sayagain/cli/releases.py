"""Commands for releases: learn, evaluate, promote, roll back, list, show."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Group
from rich.text import Text

from sayagain.cli.options import COMMON, LEARNING, CommonOptions, LearningOptions, open_learner
from sayagain.cli.output import count, facts, iso, plain_text, share, table
from sayagain.cli.plots import evaluation_rows, save_plot
from sayagain.cli.release_details import count_rows, judge_rows, judge_sentence, replay_rows, threshold_rows
from sayagain.errors import InputError
from sayagain.reports.log_content import log_content_sentences
from sayagain.reports.missing_packs import missing_pack_sentences

if TYPE_CHECKING:
    from sayagain.evaluation import Report, Result
    from sayagain.learner import ReleaseLine
    from sayagain.learner.policy_estimate import PolicyEstimate
    from sayagain.releases.release import Manifest, Release

__all__ = ["evaluate", "learn", "promote", "release_list", "release_show", "rollback"]


def learn(*, settings: LearningOptions = LEARNING, common: CommonOptions = COMMON) -> None:
    """Learn a release from the whole log; it decides nothing until it is promoted.

    The latest fifth of the log is first held out, and what the rest teaches is replayed on it.
    """
    out = common.output
    with open_learner(common, **settings.given) as learner:
        with out.progress() as progress:
            release = learner.learn(progress=progress)
        report = learner.evaluate(release)
    counts = release.manifest.counts
    turns, users, failed = (count(counts.get(name, 0), name[:-1]) for name in ("turns", "users", "defects"))
    lines = [
        f"release {release.number}: learnt from {turns} of {users}, with {failed}",
        *([judge_sentence(release.manifest.judging)] if release.manifest.judging else []),
        *_shared(release),
        *log_content_sentences(counts),
        *_languages(release.manifest),
        f"replay: {report.why}",
    ]
    out.result(_release_record(release), lines)
    if not out.as_json:
        command = "promote" if report.better else "evaluate"
        out.remark(f"next: sayagain {command} {release.number}")


def _languages(manifest: "Manifest") -> list[str]:
    """Say which languages were learnt apart, and in which of them nothing is guessed."""
    known = manifest.languages
    apart = [f"each language learns for itself: {', '.join(known)}"] if len(known) > 1 else []
    return [*apart, *missing_pack_sentences(known)]


def _shared(release: "Release") -> list[str]:
    """Say whose words a release holds where too few users spoke for any to be left out."""
    users, asked = release.manifest.counts.get("users", 0), release.manifest.settings.get("min_users")
    if not isinstance(asked, int) or users >= asked:
        return []
    whose = "one person, or one home where nobody is identified," if users == 1 else f"{users} users"
    return [f"{whose} learns from itself: its words stand in the release, so give it to nobody else"]


def evaluate(
    release: int | None = None,
    /,
    *,
    policy: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    plot: Path | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Compare the replay of a release with that of the release in use, and say whether it is better.

    Args:
        release: Number of the release; by default the newest.
        policy: Estimate instead what its decisions would have been worth, from logged decisions and their propensities.
        plot: File to write a plot of the gains to, as SVG.
        common: Options of every command.
    """
    if policy and plot is not None:
        raise InputError("--plot draws the replay; leave out --policy")
    with open_learner(common) as learner:
        if policy:
            estimate = learner.estimate_policy(release)
            common.output.result(estimate, _policy_lines(estimate))
            return
        report = learner.evaluate(release)
    common.output.result(_report_record(report), _report_text(report))
    if plot is not None:
        rows = evaluation_rows(report)
        save_plot(common.output, plot, "Gain in replay", rows, note="(wins - losses) ÷ turns; 90% intervals over users")


def promote(
    release: int | None = None,
    /,
    *,
    force: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    policy: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> None:
    """Put a release into use, if its replay shows a significant gain.

    Args:
        release: Number of the release; by default the newest.
        force: Promote whatever the replay shows; without it, a refusal exits with 3.
        policy: Refuse also unless the estimate of `evaluate --policy` says that it is better.
        common: Options of every command.
    """
    out = common.output
    with open_learner(common) as learner:
        previous = learner.store.release_in_use()
        opened = learner.release(release)
        report = learner.evaluate(opened)
        learner.promote(opened, force=force, by_policy=policy)
    replaced = f" in place of release {previous}" if previous not in {None, opened.number} else ""
    out.result({"in_use": opened.number, "before": previous}, [f"release {opened.number} is in use{replaced}"])
    if not report.better:
        out.remark(f"promoted by force: {report.why}")


def rollback(*, common: CommonOptions = COMMON) -> None:
    """Return to the release that was in use before; a second rollback goes one further back."""
    with open_learner(common) as learner:
        before = learner.store.release_in_use()
        now = learner.rollback()
    current = "no release" if now is None else f"release {now}"
    message = f"{current} is in use again, in place of release {before}"
    common.output.result({"in_use": now, "before": before}, [message])


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
        rows=(_release_row(line) for line in lines),
        right=("release", "turns", "users", "defects", "wins", "losses", "gain"),
    )
    out.result(lines, shown)


def release_show(release: int | None = None, /, *, common: CommonOptions = COMMON) -> None:
    """Check every file of a release, and show what it was learnt from and what it holds.

    Args:
        release: Number of the release; by default the newest.
        common: Options of every command.
    """
    with open_learner(common) as learner:
        opened = learner.release(release)
        in_use = learner.store.release_in_use() == opened.number
    manifest = opened.manifest
    rows = [
        ("digest", opened.digest[:16]),
        ("folder", str(opened.folder)),
        ("log", f"{iso(manifest.log_since)} … {iso(manifest.log_until)}"),
        ("seed", str(manifest.seed)),
        ("languages", ", ".join(manifest.languages) or "none stated"),
    ]
    suffix = " (in use)" if in_use else ""
    parts = [
        facts(f"Release {opened.number}{suffix}", rows),
        facts("Counts", count_rows(manifest.counts)),
        facts("Replay", replay_rows(manifest.metrics)),
        facts("Thresholds by class of change", threshold_rows(manifest.thresholds)),
        facts("Settings", [(name, _setting(value)) for name, value in sorted(manifest.settings.items())]),
        facts("Files", [(name, _size(opened.folder / name)) for name in manifest.files]),
    ]
    if manifest.judging:
        parts.insert(2, facts("Judges", judge_rows(manifest.judging)))
    common.output.result({**_release_record(opened), "in_use": in_use}, Group(*_with_blank_lines(parts)))


def _policy_lines(estimate: "PolicyEstimate") -> list[str]:
    lines = [f"release {estimate.release} as a policy: {estimate.verdict}", estimate.why]
    if estimate.comparison is not None:
        target = estimate.comparison.target
        lines.append(f"empirical Bernstein interval: {target.bernstein_low:.1%} … {target.bernstein_high:.1%}")
    return lines


def _release_record(release: "Release") -> dict[str, object]:
    manifest: Manifest = release.manifest
    return {"number": release.number, "digest": release.digest, "folder": release.folder, "manifest": manifest}


def _report_record(report: "Report") -> dict[str, object]:
    """Return the report with the rates and ratios that follow from its counts."""
    record: dict[str, object] = msgspec.structs.asdict(report)
    for name in ("result", "in_use_result"):
        result = record[name]
        if result is not None:
            record[name] = _result_record(getattr(report, name))
    return record


def _result_record(result: "Result") -> dict[str, object]:
    tally = result.tally
    return {
        **msgspec.structs.asdict(tally),
        "ratio": tally.ratio,
        "ratio_interval": result.ratio,
        "coverage": tally.coverage,
        "trigger_rate": tally.trigger_rate,
        "gain": _gain(result),
        "gain_interval": result.gain,
    }


def _report_text(report: "Report") -> Group:
    results = [report.result]
    heads = [f"release {report.release}", "90% interval"]
    if report.in_use_result is not None:
        results.append(report.in_use_result)
        heads += [f"release {report.in_use}", "90% interval "]
    measured = table(
        "",
        *heads,
        rows=((name, *(cell for result in results for cell in cells(result))) for name, cells in _MEASURES.items()),
        right=[head for head in heads if head.startswith("release")],
    )
    if report.in_use is None:
        comparison = "no release is in use"
    elif report.in_use == report.release:
        comparison = "this release is in use"
    elif report.in_use_result is None:
        comparison = (
            f"release {report.in_use} is in use, but cannot be compared: it has learnt from these turns, or is damaged"
        )
    else:
        comparison = f"release {report.in_use} is in use"
    conclusion = Text("better: yes", style="bold green") if report.better else Text("better: no", style="bold yellow")
    return Group(
        Text(f"Release {report.release}, replayed on turns that it has not learnt from; {comparison}"),
        Text(),
        measured,
        Text(),
        conclusion,
        Text(plain_text(report.why)),
    )


def _ratio(result: "Result") -> tuple[str, str]:
    if round(result.tally.losses, 1) == 0 or result.tally.ratio is None:
        return ("no loss" if result.tally.wins > 0 else "–"), ""
    return f"{result.tally.ratio:.1f}", f"{result.ratio[0]:.1f} … {result.ratio[1]:.1f}" if result.ratio else ""


def _gain(result: "Result") -> float:
    tally = result.tally
    return (tally.wins - tally.losses) / tally.turns if tally.turns else 0.0


_MEASURES: dict[str, Callable[["Result"], tuple[str, str]]] = {
    "turns": lambda result: (f"{result.tally.turns:,}", ""),
    "defective": lambda result: (f"{result.tally.defective:,.1f}", ""),
    "triggers": lambda result: (f"{result.tally.triggers:,}", share(result.tally.trigger_rate)),
    "wins": lambda result: (f"{result.tally.wins:,.1f}", ""),
    "losses": lambda result: (f"{result.tally.losses:,.1f}", ""),
    "wins ÷ losses": _ratio,
    "coverage": lambda result: (f"{result.tally.coverage:.1%}", ""),
    "gain": lambda result: (f"{_gain(result):+.1%}", f"{result.gain[0]:+.1%} … {result.gain[1]:+.1%}"),
}


def _release_row(line: "ReleaseLine") -> list[str | Text]:
    remark = Text("in use", style="bold green") if line.in_use else Text()
    if line.trouble is not None:
        remark.append(f"{'; ' if line.in_use else ''}{plain_text(line.trouble)}", style="red")
    counts = (f"{line.counts[name]:,}" if name in line.counts else "–" for name in ("turns", "users", "defects"))
    turns, wins, losses = (line.metrics.get(name) for name in ("turns", "wins", "losses"))
    gain = f"{((wins or 0) - (losses or 0)) / turns:+.1%}" if turns else "–"
    results = (f"{value:,.1f}" if value is not None else "–" for value in (wins, losses))
    return [str(line.number), *counts, *results, gain, remark]


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in {None, ""} else f"{value:,}" if isinstance(value, int) else str(value)


def _size(path: Path) -> str:
    return f"{path.stat().st_size:,} bytes"


def _with_blank_lines(parts: Iterable[Group]) -> list[Group | Text]:
    spaced: list[Group | Text] = []
    for part in parts:
        spaced += [part, Text()]
    return spaced[:-1]
