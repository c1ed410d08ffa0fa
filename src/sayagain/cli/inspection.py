"""Commands that look inside: why a turn was judged so, what failed, what is rewritten, and taking one rewrite back."""

import re
from typing import TYPE_CHECKING

from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, at_least_one, open_learner, text
from sayagain.cli.output import iso, plain_text, share, table
from sayagain.errors import InputError
from sayagain.reports.live_rewrites import totals_sentence

if TYPE_CHECKING:
    from sayagain.learner import Defect, RewriteLine

__all__ = ["defects", "explain", "rewrites", "withdraw"]

_REWRITE_ID = re.compile(r"[0-9a-f]{12}")


def explain(turn: str, /, *, common: CommonOptions = COMMON) -> None:
    """Say why a turn was judged as it was, what was meant, and what would be done about it now.

    Args:
        turn: Its id.
        common: What every command takes.
    """
    out = common.output
    name = text(turn, "TURN")
    with open_learner(common) as learner:
        found = learner.explain(name)
        trouble = learner.runtime.trouble
    out.result(found, [plain_text(sentence) for sentence in found.sentences])
    if trouble is not None:
        out.remark(trouble)


def defects(*, limit: int = 20, common: CommonOptions = COMMON) -> None:
    """List the turns most surely judged to have failed.

    Args:
        limit: How many at most.
        common: What every command takes.
    """
    out = common.output
    most = at_least_one(limit)
    with open_learner(common) as learner:
        found = learner.defects(most)
        judged = bool(found) or next(iter(learner.store.judgements(limit=1)), None) is not None
    rows = (_defect_row(each) for each in found)
    shown = table("turn", "what happened", "defect", rows=rows, right=("defect",), apart=True)
    if found or out.as_json:
        out.result(found, shown)
    else:
        out.remark("no turn was judged a defect" if judged else "no turn has been judged yet; run: sayagain learn")


def rewrites(release: int | None = None, /, *, limit: int = 20, common: CommonOptions = COMMON) -> None:
    """List the rewrites of a release that would be made most often, each with its reason.

    Args:
        release: Its number; the newest when not given.
        limit: How many at most.
        common: What every command takes.
    """
    out = common.output
    most = at_least_one(limit)
    with open_learner(common) as learner:
        mine = learner.release(release)
        found = learner.rewrites(mine, limit=most)
    rows = (_rewrite_row(each) for each in found)
    shown = table("rewrite", "what it does", "sure", "times", rows=rows, right=("sure", "times"), apart=True)
    if found or out.as_json:
        out.result(found, shown)
    else:
        out.remark(f"release {mine.number} rewrites nothing that is heard without more context")


def withdraw(rewrite: str, /, *, reason: str, common: CommonOptions = COMMON) -> None:
    """Take one rewrite back, in every release, at once.

    Args:
        rewrite: Its id, as `sayagain rewrites` and `sayagain rewrite --json` show it.
        reason: Why, for those who come across it later.
        common: What every command takes.
    """
    if _REWRITE_ID.fullmatch(rewrite) is None:
        raise InputError(f"{rewrite!r} is no rewrite's id; expected 12 digits and letters as sayagain rewrites shows")
    why = text(reason, "--reason")
    with open_learner(common) as learner:
        earlier = learner.store.withdrawn().get(rewrite)
        learner.withdraw(rewrite, why)
    said = f"rewrite {rewrite} is withdrawn"
    if earlier is not None:
        said = f"rewrite {rewrite} was withdrawn before: {earlier}"
    common.output.result({"rewrite_id": rewrite, "reason": earlier or why, "new": earlier is None}, [plain_text(said)])


def _defect_row(defect: "Defect") -> tuple[Text, Text, str]:
    turn = Text(plain_text(defect.turn_id))
    turn.append(f"\n{iso(defect.at)}", style="dim")
    happened = Text(f"“{plain_text(defect.heard)}”")
    if defect.meant is not None:
        happened.append(f"\nmeant: {plain_text(defect.meant)}")
    for sign in defect.signs:
        happened.append(f"\n{plain_text(sign)}", style="dim")
    return turn, happened, share(defect.p_defect)


def _rewrite_row(line: "RewriteLine") -> tuple[Text, Text, str, str]:
    name = Text(line.rewrite_id or "–")
    name.append(f"\n{line.layer}", style="dim")
    happens = Text(f"“{plain_text(line.heard)}”")
    passed_on = f"“{plain_text(line.text)}”" if line.text != line.heard else plain_text(line.reading or "–")
    happens.append(f"\n→ {passed_on}")
    happens.append(f"\n{plain_text(line.why)}", style="dim")
    if line.live is not None:
        happens.append(f"\nsince it is made, {totals_sentence(line.live)}", style="dim")
    return name, happens, share(line.probability), f"{line.times:,.0f}"
