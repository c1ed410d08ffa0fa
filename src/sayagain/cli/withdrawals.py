"""Commands over withdrawn rewrites: list them, allow one again."""

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import iso, plain_text, table

__all__ = ["restore", "withdrawals"]


def withdrawals(*, common: CommonOptions = COMMON) -> None:
    """List the withdrawn rewrites, the latest first, each with its reason.

    Args:
        common: What every command takes.
    """
    out = common.output
    with open_learner(common) as learner:
        withdrawn = learner.withdrawals()
    rows = ((withdrawal.rewrite_id, iso(withdrawal.at), plain_text(withdrawal.reason)) for withdrawal in withdrawn)
    if withdrawn or out.as_json:
        out.result(withdrawn, table("rewrite", "withdrawn", "why", rows=rows))
    else:
        out.remark("no rewrite is withdrawn")


def restore(rewrite: str, /, *, common: CommonOptions = COMMON) -> None:
    """Allow a withdrawn rewrite again; what came of it before no longer counts against it.

    Args:
        rewrite: Its id, as `sayagain withdrawals` shows it.
        common: What every command takes.
    """
    rewrite_id = text(rewrite, "REWRITE")
    with open_learner(common) as learner:
        learner.restore(rewrite_id)
    common.output.result({"rewrite_id": rewrite_id}, [plain_text(f"rewrite {rewrite_id} is allowed again")])
