"""The command that writes the report on a log as a page for people who run no service."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import plain_text
from sayagain.errors import InputError
from sayagain.extras import require

__all__ = ["report"]


def report(
    *,
    html: Path,
    language: Annotated[str, Parameter(show_default=False)] = "en",
    common: CommonOptions = COMMON,
) -> None:
    """Write a report with the figures and charts of the console; needs the extra `serve`.

    Args:
        html: File to write: one page that needs no service, no script and no network.
        language: Language of its texts: `en` or `de`.
        common: Options of every command.
    """
    for module in ("jinja2", "starlette"):
        require(module, "serve")
    from sayagain.web.console.html_report import html_report  # noqa: PLC0415  (an extra's part)

    with open_learner(common) as learner:
        page = html_report(learner, language)
    try:
        html.write_bytes(page)
    except OSError as error:
        raise InputError(f"--html: {html}: cannot be written ({error.strerror})") from None
    common.output.result({"html": str(html), "bytes": len(page)}, [plain_text(f"the report is in {html}")])
