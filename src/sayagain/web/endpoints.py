"""All endpoints, the busiest first."""

from sayagain.web.endpoint import Endpoint
from sayagain.web.health import HEALTH
from sayagain.web.inspection import INSPECTION
from sayagain.web.releases import RELEASES
from sayagain.web.summary import SUMMARY
from sayagain.web.teaching import TEACHING
from sayagain.web.turns import TURNS

__all__ = ["ENDPOINTS"]

ENDPOINTS: tuple[Endpoint, ...] = (*TURNS, *HEALTH, *TEACHING, SUMMARY, *INSPECTION, *RELEASES)
"""All endpoints, in the order of routing."""
