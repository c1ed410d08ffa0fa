"""The command that decides on one request."""

import time

from sayagain.cli.options import COMMON, CommonOptions, Seed, open_learner, text

__all__ = ["rewrite"]


def rewrite(
    request: str,
    /,
    *,
    user: str | None = None,
    device: str | None = None,
    language: str | None = None,
    at: str | None = None,
    seed: Seed = None,
    common: CommonOptions = COMMON,
) -> None:
    """Decide on one request: print the rewrite, or the same words when in doubt.

    Args:
        request: Words of the request as heard.
        user: Id of the user.
        device: Id of the device.
        language: Language of the request, such as `de`; without it, the only one of the release.
        at: Time of the request (ISO 8601 with a zone, ms since 1970, or `now`); without it, no session context is used.
        seed: Seed of the random choices.
        common: Options of every command.
    """
    words = text(request, "REQUEST")
    names = {name: text(value, f"--{name}") for name, value in (("user", user), ("device", device)) if value}
    when = _time(at)
    out = common.output
    with open_learner(common, seed=seed) as learner:
        decision = learner.rewrite(
            words, user=names.get("user"), device=names.get("device"), at=when, language=language
        )
        trouble = learner.runtime.trouble
    if out.as_json:
        out.result(decision, ())
    else:
        # Printed unchanged, because another program may read it.
        out.document(decision.text.encode())
    if trouble is not None:
        out.remark(trouble)
    if not out.as_json:
        source = decision.layer if decision.release is None else f"{decision.layer}, release {decision.release}"
        prefix = f"{source}: " if decision.changed else ""
        out.remark(f"{prefix}{decision.why}")


def _time(at: str | None) -> int:
    if at is None:
        return 0
    if at == "now":
        return time.time_ns() // 1_000_000
    from sayagain.formats import as_milliseconds  # noqa: PLC0415  (slow to import)

    return as_milliseconds(int(at) if at.isdecimal() else at, "--at")
