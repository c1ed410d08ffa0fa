"""Commands by which a person decides about rewrites: approve or block one, list what was withdrawn, allow it again."""

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import iso, plain_text, table

__all__ = ["approve", "block", "restore", "withdrawals"]


def approve(rewrite: str, /, *, common: CommonOptions = COMMON) -> None:
    """Approve a rewrite: one that was withdrawn or blocked is served again, any other stays.

    Args:
        rewrite: Its id, as `sayagain rewrites` shows it.
        common: What every command takes.
    """
    # Loads what learns, as `open_learner` does.
    from sayagain.learner.rewrite_review import approve_rewrite  # noqa: PLC0415  (see above)

    rewrite_id = text(rewrite, "REWRITE")
    with open_learner(common) as learner:
        restored = approve_rewrite(learner, rewrite_id)
    message = f"rewrite {rewrite_id} is allowed{' again' if restored else ', as before'}"
    common.output.result({"rewrite_id": rewrite_id, "restored": restored}, [plain_text(message)])


def block(rewrite: str, /, *, reason: str = "blocked by hand", common: CommonOptions = COMMON) -> None:
    """Block a rewrite in every release, at once; `sayagain approve` allows it again.

    Args:
        rewrite: Its id, as `sayagain rewrites` shows it.
        reason: Why, kept with it.
        common: What every command takes.
    """
    # Loads what learns, as `open_learner` does.
    from sayagain.learner.rewrite_review import block_rewrite  # noqa: PLC0415  (see above)

    rewrite_id, why = text(rewrite, "REWRITE"), text(reason, "--reason")
    with open_learner(common) as learner:
        block_rewrite(learner, rewrite_id, why)
    common.output.result({"rewrite_id": rewrite_id, "reason": why}, [plain_text(f"rewrite {rewrite_id} is blocked")])


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
