"""The report: the figures of the console as one page that needs no service, no script and no other file."""

import time
from pathlib import Path

from markupsafe import Markup

from sayagain.config import home_zone
from sayagain.learner import Learner
from sayagain.web.console.page import Visit
from sayagain.web.console.pages.breaks import BREAKS
from sayagain.web.console.pages.failed import FAILED
from sayagain.web.console.pages.rewrites import REWRITES
from sayagain.web.console.pages.today import TODAY
from sayagain.web.console.snapshots import Snapshots
from sayagain.web.console.templating import render
from sayagain.web.console.texts import texts_for
from sayagain.web.console.visitor import Visitor
from sayagain.web.speakers import Speakers

__all__ = ["html_report"]


def html_report(learner: Learner, language: str = "en") -> bytes:
    """Return the report on a log as HTML.

    Args:
        learner: of the log.
        language: of the texts (BCP 47); English where there are none in it.
    """
    snapshots = Snapshots()
    visit = Visit(
        learner=learner,
        speakers=Speakers(learner.store),
        visitor=Visitor(token=None),
        snapshots=snapshots,
        zone=home_zone(learner.settings),
    )
    try:
        models = {page.name: page.load(visit) for page in (FAILED, TODAY, BREAKS, REWRITES)}
    finally:
        snapshots.close()
    style = (Path(__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
    return render(
        "report",
        texts_for(language),
        visit.zone,
        name=Path(learner.settings.db_name).name,
        at=time.time_ns() // 1_000_000,
        # A file of the package, and no text of a log.
        style=Markup(style),  # noqa: S704  (see above)
        **models,
    )
