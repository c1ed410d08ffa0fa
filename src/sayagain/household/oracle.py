"""What the household's assistant understands, for what people teach it."""

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.deeds import Place
from sayagain.turns import Turn

__all__ = ["HouseholdOracle"]

_ARTICLES = ("the ", "my ", "our ")


class HouseholdOracle:
    """An `Oracle` of one place in a home.

    Args:
        assistant: the assistant.
        place: where it is spoken to.

    >>> from sayagain.household.talk import find_home
    >>> home = find_home(0)
    >>> oracle = HouseholdOracle(HouseholdAssistant(), Place(home, home.satellites[0]))
    >>> turn = Turn(turn_id="t", started=0, request="")
    >>> oracle.understands("turn on the lights", turn), oracle.understands("fnord the gazebo", turn)
    (True, False)
    """

    def __init__(self, assistant: HouseholdAssistant, place: Place) -> None:
        self._assistant = assistant
        self._place = place

    def understands(self, words: str, turn: Turn, /) -> bool:  # noqa: ARG002  (as in `Oracle`)
        """Return whether the assistant would do something."""
        return self._assistant.plan(words, self._place).deed is not None

    def knows_name(self, name: str, turn: Turn, /) -> bool:  # noqa: ARG002  (as in `Oracle`)
        """Return whether a device has this name, with or without an article."""
        plain = name.casefold()
        for article in _ARTICLES:
            plain = plain.removeprefix(article)
        known = (name for device in self._place.home.devices for name in device.names)
        return any(plain == device_name.casefold() for device_name in known)
