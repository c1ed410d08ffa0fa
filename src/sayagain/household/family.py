"""The records of ambiguous requests: a family of requests and its alternative hypotheses."""

from typing import Literal

import msgspec

__all__ = [
    "AREA_HERE",
    "BLINDS_HERE",
    "LAST_DEVICE",
    "LIGHTS_HERE",
    "Alternative",
    "DecidingSignal",
    "Family",
    "Slots",
    "make_family",
]

DecidingSignal = Literal["device state", "device type", "activity", "room", "time", "habit", "session", "sensor"]
"""The signal that decides a family."""

Slots = tuple[tuple[str, str], ...]
"""Names and values of slots; a value may be a placeholder."""

AREA_HERE: Slots = (("area", "@here"),)
LIGHTS_HERE: Slots = (("area", "@here"), ("domain", "light"))
BLINDS_HERE: Slots = (("area", "@here"), ("domain", "cover"))
LAST_DEVICE: Slots = (("name", "@last"),)


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """One hypothesis of an ambiguous request."""

    circumstance: str
    """The circumstance in which it is meant; empty for the default."""
    intent: str
    """The hypothesis's intent."""
    slots: Slots = ()
    """The hypothesis's slots."""


class Family(msgspec.Struct, frozen=True, gc=False):
    """Requests that share one set of hypotheses."""

    name: str
    """Name, for example `temperature`."""
    signal: DecidingSignal
    """The signal that decides which hypothesis is meant."""
    requests: tuple[str, ...]
    """The wordings, the most frequent first."""
    default: Alternative
    """The hypothesis that the assistant acts on, whatever the situation."""
    alternatives: tuple[Alternative, ...]
    """The other hypotheses."""


def make_family(
    name: str,
    signal: DecidingSignal,
    requests: str,
    default: tuple[str, Slots],
    *alternatives: tuple[str, str, Slots],
) -> Family:
    """Make a family from a line of data.

    Args:
        name: the family's name.
        signal: the signal that decides.
        requests: the wordings, separated by semicolons.
        default: intent and slots of the default.
        alternatives: circumstance, intent and slots of each other hypothesis.

    >>> make_family("pause", "device state", "pause; pause it", ("HassMediaPause", AREA_HERE)).requests
    ('pause', 'pause it')
    """
    return Family(
        name,
        signal,
        tuple(request.strip() for request in requests.split(";")),
        Alternative("", *default),
        tuple(Alternative(*alternative) for alternative in alternatives),
    )
