"""Every endpoint, the busiest first."""

from sayagain.web.deciding import DECIDING
from sayagain.web.endpoint import Endpoint
from sayagain.web.health import HEALTH
from sayagain.web.inspection import INSIDE
from sayagain.web.releases import RELEASES
from sayagain.web.teaching import TEACHING

__all__ = ["ENDPOINTS"]

ENDPOINTS: tuple[Endpoint, ...] = (*DECIDING, *HEALTH, *TEACHING, *INSIDE, *RELEASES)
"""In the order in which a request is compared with them."""
