"""One reading of a request: domain, intent and slots."""

import msgspec

__all__ = ["Hypothesis", "Slot", "SlotValue"]

SlotValue = str | int | float | bool | None


class Slot(msgspec.Struct, frozen=True, order=True, gc=False):
    """A named argument of a reading."""

    name: str
    """What the assistant calls it, for example `area`."""
    value: SlotValue = None
    """The text or number that was read for it."""


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading of a request; an assistant's n-best is a list of these, best first.

    >>> light = Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"), Slot("area", "attic")))
    >>> light.key
    'HassTurnOn|area=attic,name=lamp'
    >>> Hypothesis(intent="").empty
    True
    """

    intent: str
    """The intent's name; empty when the assistant understood nothing."""
    domain: str | None = None
    """The skill or domain that the intent belongs to, where the assistant has such a thing."""
    slots: tuple[Slot, ...] = ()
    """The arguments, in any order; two readings with the same slots in another order are the same."""
    confidence: float | None = None
    """What the assistant's understanding reports of itself, if it does; its scale is the assistant's own."""

    @property
    def key(self) -> str:
        """The reading as one line, the same for the same reading: the state of the Markov chain.

        Source: Ponnusamy et al. 2020, section 3.1 (state = domain|intent|slots).
        """
        slots = ",".join(sorted(f"{slot.name}={slot.value}" for slot in self.slots))
        head = self.intent if self.domain is None else f"{self.domain}|{self.intent}"
        return f"{head}|{slots}"

    @property
    def empty(self) -> bool:
        """True when the assistant read nothing: no intent and no slots."""
        return not self.intent and not self.slots
