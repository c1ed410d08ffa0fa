"""What helps before anything is learnt: asked when the front left a request as it is."""

from typing import Protocol

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["ColdStartSource"]


class ColdStartSource(Protocol):
    """Knows what this Home Assistant understands, and matches a request to it."""

    def decide(self, turn: Turn, /) -> Decision:
        """Decide for a turn under way, in some milliseconds; called from a thread."""
        ...

    def observe(self, turn: Turn, /) -> None:
        """Take in a turn that was answered; called from any thread, and again when there is more to tell of it."""
        ...

    async def refresh(self, client: HomeAssistant, /) -> None:
        """Read again what there is to understand: areas, floors, entities and their names.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        ...
