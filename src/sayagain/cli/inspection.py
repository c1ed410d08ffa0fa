"""Commands for inspection: explain a turn, list defects and rewrites, withdraw a rewrite."""

import re
from typing import TYPE_CHECKING, Literal

from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, at_least_one, open_learner, text
from sayagain.cli.output import iso, plain_text, share, table
from sayagain.errors import InputError
from sayagain.reports.live_rewrites import totals_sentence

if TYPE_CHECKING:
    from sayagain.learner import Defect, RewriteLine

__all__ = ["defects", "explain", "rewrites", "withdraw"]

_REWRITE_ID = re.compile(r"(cold-)?[0-9a-f]{12}")


def explain(turn: str, /, *, common: CommonOptions = COMMON) -> None:
    """Explain a turn: how it was judged and why, what the user meant, and what sayagain would do now.

    Args:
        turn: Id of the turn.
        common: Options of every command.
    """
    out = common.output
    turn_id = text(turn, "TURN")
    with open_learner(common) as learner:
        explanation = learner.explain(turn_id)
        trouble = learner.runtime.trouble
    out.result(explanation, [plain_text(sentence) for sentence in explanation.sentences])
    if trouble is not None:
        out.remark(trouble)


def defects(
    *,
    since: str | None = None,
    by: Literal["device", "room", "intent", "language"] | None = None,
    limit: int = 20,
    common: CommonOptions = COMMON,
) -> None:
    """List the requests that failed most probably, each once, with the signs of failure.

    Args:
        since: Start of the period: 24h, 7d or 2w before the last turn, or a time; without it the whole log.
        by: What they are grouped by; the group with the most defects comes first.
        limit: Largest number to list.
        common: Options of every command.
    """
    out = common.output
    max_lines = at_least_one(limit)
    with open_learner(common) as learner:
        listed = learner.defects(max_lines, since=since, by=by)
        judged = bool(listed) or next(iter(learner.store.judgements(limit=1)), None) is not None
    rows = (_defect_row(defect) for defect in listed)
    lines = table("turn", "what happened", "P(defect)", rows=rows, right=("P(defect)",), apart=True)
    if listed or out.as_json:
        out.result(listed, lines)
    else:
        out.remark("no turn is judged a defect" if judged else "no turn has been judged yet; run: sayagain learn")


def rewrites(release: int | None = None, /, *, limit: int = 20, common: CommonOptions = COMMON) -> None:
    """List the most frequent rewrites of a release and of the cold start, each with its reason.

    Args:
        release: Number of the release; by default the newest.
        limit: Largest number to list.
        common: Options of every command.
    """
    out = common.output
    max_lines = at_least_one(limit)
    with open_learner(common) as learner:
        listed = learner.rewrites(release, limit=max_lines)
        number = None if listed else learner.release(release).number
    rows = (_rewrite_row(line) for line in listed)
    numbers = ("probability", "times")
    lines = table("rewrite", "what it does", *numbers, rows=rows, right=numbers, apart=True)
    if listed or out.as_json:
        out.result(listed, lines)
    else:
        out.remark(f"release {number} rewrites no request that comes without context")


def withdraw(rewrite: str, /, *, reason: str, common: CommonOptions = COMMON) -> None:
    """Withdraw one rewrite from every release, at once.

    Args:
        rewrite: Id of the rewrite, as `sayagain rewrites` and `sayagain rewrite --json` print it.
        reason: Reason for the withdrawal, kept with it.
        common: Options of every command.
    """
    if _REWRITE_ID.fullmatch(rewrite) is None:
        expected = "12 digits and letters from 0 to f, or cold- and 12 of them, as sayagain rewrites prints it"
        raise InputError(f"{rewrite!r} is not the id of a rewrite; expected {expected}")
    why = text(reason, "--reason")
    with open_learner(common) as learner:
        earlier = learner.store.withdrawn().get(rewrite)
        learner.withdraw(rewrite, why)
    message = f"rewrite {rewrite} is withdrawn"
    if earlier is not None:
        message = f"rewrite {rewrite} was withdrawn before: {earlier}"
    common.output.result(
        {"rewrite_id": rewrite, "reason": earlier or why, "new": earlier is None}, [plain_text(message)]
    )


def _defect_row(defect: "Defect") -> tuple[Text, Text, str]:
    turn = Text(plain_text(defect.turn_id))
    turn.append(f"\n{iso(defect.at)}", style="dim")
    if defect.group is not None:
        turn.append(f"\n{plain_text(defect.group)}")
    happened = Text(f"“{plain_text(defect.heard)}”")
    if defect.times > 1:
        happened.append(f" {defect.times:,} times")
    if defect.meant is not None:
        happened.append(f"\nmeant: {plain_text(defect.meant)}")
    for sign in defect.signs:
        happened.append(f"\n{plain_text(sign)}", style="dim")
    return turn, happened, share(defect.p_defect)


def _rewrite_row(line: "RewriteLine") -> tuple[Text, Text, str, str]:
    rewrite_id = Text(line.rewrite_id or "–")
    rewrite_id.append(f"\n{line.layer}", style="dim")
    effect = Text(f"“{plain_text(line.heard)}”")
    passed_on = f"“{plain_text(line.text)}”" if line.text != line.heard else plain_text(line.hypothesis or "–")
    effect.append(f"\n→ {passed_on}")
    effect.append(f"\n{plain_text(line.why)}", style="dim")
    if line.live is not None:
        effect.append(f"\nsince it is live, {totals_sentence(line.live)}", style="dim")
    return rewrite_id, effect, share(line.probability), f"{line.times:,.0f}"
