"""All pages of the console, in the order of the menu."""

from sayagain.web.console.page import Page
from sayagain.web.console.pages.breaks import BREAKS
from sayagain.web.console.pages.failed import FAILED
from sayagain.web.console.pages.labels import LABELS
from sayagain.web.console.pages.privacy import DOWNLOAD, PRIVACY
from sayagain.web.console.pages.releases import DIFFERENCE, RELEASES
from sayagain.web.console.pages.rewrite import REWRITE
from sayagain.web.console.pages.rewrites import REWRITES
from sayagain.web.console.pages.session import SESSION
from sayagain.web.console.pages.taught import TAUGHT
from sayagain.web.console.pages.today import TODAY
from sayagain.web.console.pages.try_it import TRY

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = (
    TODAY,
    FAILED,
    SESSION,
    REWRITES,
    REWRITE,
    TRY,
    TAUGHT,
    BREAKS,
    RELEASES,
    DIFFERENCE,
    LABELS,
    PRIVACY,
    DOWNLOAD,
)
"""All pages; the first is the one that the console opens with."""
