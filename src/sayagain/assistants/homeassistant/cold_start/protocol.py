"""The cold start as a source: before anything is learnt, it proposes what to do with a request."""

from typing import Protocol

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.runtime import Decision, Proposal
from sayagain.turns import Turn

__all__ = ["ColdStartSource"]


class ColdStartSource(Protocol):
    """Knows what this Home Assistant understands, and matches a request to it."""

    def propose(self, turn: Turn, /) -> Proposal | None:
        """Propose what to do with a turn under way, in some milliseconds, or nothing; called from a thread."""
        ...

    def remember(self, turn: Turn, decision: Decision, /) -> None:
        """Keep what was decided on a turn, which the next request of its conversation may lean on."""
        ...

    async def refresh(self, client: HomeAssistant, /) -> None:
        """Read again what there is to understand: areas, floors, entities and their names.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        ...
