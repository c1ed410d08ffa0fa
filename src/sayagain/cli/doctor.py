"""The command that says what is installed, what can be reached, what is missing, and the next step."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Group, RenderableType
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.cli.output import plain_text, table

if TYPE_CHECKING:
    from sayagain.cli.checkup import Check

__all__ = ["doctor"]

_MARKS = {"ok": ("ok", "green"), "missing": ("missing", "yellow"), "broken": ("broken", "red")}


def doctor(
    *,
    service: str = "http://127.0.0.1:8787",
    service_token: Annotated[str | None, Parameter(show_default=False)] = None,
    homeassistant: str | None = None,
    token: Annotated[str | None, Parameter(show_default=False)] = None,
    common: CommonOptions = COMMON,
) -> int:
    """Say what is installed, what can be reached, what is missing, and the next step; nothing is changed.

    Args:
        service: Address of a service to try.
        service_token: Access token of that service (SAYAGAIN_SERVICE_TOKEN).
        homeassistant: Address of a Home Assistant to try, such as http://homeassistant.local:8123.
        token: Long-lived access token of Home Assistant (SAYAGAIN_HOMEASSISTANT_TOKEN).
        common: Options of every command.
    """
    from sayagain.cli.checkup import check_all  # noqa: PLC0415  (numbers are imported with the store)

    secret = service_token or os.environ.get("SAYAGAIN_SERVICE_TOKEN")
    home_token = token or os.environ.get("SAYAGAIN_HOMEASSISTANT_TOKEN")
    checks = check_all(common.db, service=service, token=secret, home=homeassistant, home_token=home_token)
    step = next_step(checks)
    lines: list[RenderableType] = [table("", "what", "found", rows=[_row(check) for check in checks])]
    if any(check.optional and check.state == "missing" for check in checks if check.name.startswith("extra")):
        lines.append(Text("a part that is missing: pip install 'sayagain[NAME]'"))
    common.output.result({"checks": checks, "next": step}, Group(*lines, Text(f"next: {plain_text(step)}")))
    return 4 if any(check.state == "broken" for check in checks) else 0


def next_step(checks: Iterable["Check"]) -> str:
    """Return what to do next: mend what is broken, else begin or go on.

    >>> from sayagain.cli.checkup import Check
    >>> next_step([Check(name="database", state="missing", found="home.db: none yet", advice="sayagain ingest LOG")])
    'sayagain ingest LOG'
    """
    found = [check for check in checks if check.advice is not None]
    broken = [check.advice for check in found if check.state == "broken"]
    # An optional part that is not installed is no step by itself.
    other = [check.advice for check in found if check.state != "broken" and not check.optional]
    return next((advice for advice in (*broken, *other) if advice is not None), "nothing is missing")


def _row(check: "Check") -> list[str | Text]:
    word, style = _MARKS[check.state]
    return [Text(word, style=style), check.name, plain_text(check.found)]
