"""The command that answers one request."""

import time

from sayagain.cli.options import COMMON, CommonOptions, Seed, open_learner, text

__all__ = ["rewrite"]


def rewrite(
    request: str,
    /,
    *,
    user: str | None = None,
    device: str | None = None,
    at: str | None = None,
    seed: Seed = None,
    common: CommonOptions = COMMON,
) -> None:
    """Print the words to pass on for one request: the same words when in doubt.

    Args:
        request: The words as heard.
        user: Who speaks.
        device: The device spoken to.
        at: When: ISO 8601 with a zone, ms since 1970, or `now`; without it the session so far plays no part.
        seed: Of what is left to chance.
        common: What every command takes.
    """
    words = text(request, "REQUEST")
    names = {name: text(value, f"--{name}") for name, value in (("user", user), ("device", device)) if value}
    when = _time(at)
    out = common.output
    with open_learner(common, seed=seed) as learner:
        decision = learner.rewrite(words, user=names.get("user"), device=names.get("device"), at=when)
        trouble = learner.runtime.trouble
    if out.as_json:
        out.result(decision, ())
    else:
        # To the letter, because another program may act on it.
        out.document(decision.text.encode())
    if trouble is not None:
        out.remark(trouble)
    if not out.as_json:
        by = decision.layer if decision.release is None else f"{decision.layer}, release {decision.release}"
        where = f"{by}: " if decision.changed else ""
        out.remark(f"{where}{decision.why}")


def _time(at: str | None) -> int:
    if at is None:
        return 0
    if at == "now":
        return time.time_ns() // 1_000_000
    from sayagain.formats import as_milliseconds  # noqa: PLC0415  (Parquet comes with it, slow to import)

    return as_milliseconds(int(at) if at.isdecimal() else at, "--at")
