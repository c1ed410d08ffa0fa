"""NLU hypotheses of a request: domain, intent and slots."""

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

__all__ = ["NOTHING", "SAID", "Hypothesis", "Slot", "SlotValue", "said"]

_MARKS = re.compile(r"[^\w\s']")

SlotValue = str | int | float | bool | None


class Slot(msgspec.Struct, frozen=True, order=True, gc=False):
    """A named argument of a hypothesis."""

    name: str
    """What the assistant calls it, for example `area`."""
    value: SlotValue = None
    """The text or number that the NLU extracted."""


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """An NLU hypothesis of a request; an assistant's n-best is a list of these, best first.

    >>> light = Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"), Slot("area", "attic")))
    >>> light.key
    'HassTurnOn|area=attic,name=lamp'
    >>> Hypothesis(intent="").empty
    True
    """

    intent: str
    """The intent's name; empty when the assistant understood nothing; several acts at once are joined by `+`."""
    domain: str | None = None
    """The skill or domain that the intent belongs to, where the assistant has such a thing."""
    slots: tuple[Slot, ...] = ()
    """The arguments, in any order; two hypotheses with the same slots in another order are equal."""
    confidence: float | None = None
    """Confidence as the assistant's NLU reports it, on its own scale; None if it reports none."""

    @cached_property
    def key(self) -> str:
        """The hypothesis as one line, the same for equal hypotheses: the state of the Markov chain.

        Source: Ponnusamy et al. 2020, section 3.1 (state = domain|intent|slots).
        """
        slots = ",".join(sorted(f"{slot.name}={slot.value}" for slot in self.slots))
        head = self.intent if self.domain is None else f"{self.domain}|{self.intent}"
        return f"{head}|{slots}"

    @cached_property
    def intents(self) -> frozenset[str]:
        """The acts of the hypothesis: usually one, or several if the assistant recognises several at once."""
        return frozenset(self.intent.split("+")) - {""}

    @cached_property
    def items(self) -> frozenset[tuple[str, str]]:
        """The hypothesis as a set, for comparison: acts as ("", act) and slots as (name, value)."""
        return frozenset(("", act) for act in self.intents) | {(slot.name, str(slot.value)) for slot in self.slots}

    @cached_property
    def facts(self) -> Mapping[str, frozenset[str]]:
        """The stated values by slot; a slot named `act.name` belongs to another act and states nothing."""
        values_by_slot: dict[str, set[str]] = {}
        for slot in self.slots:
            if "." not in slot.name:
                values_by_slot.setdefault(slot.name, set()).add(str(slot.value))
        return {name: frozenset(values) for name, values in values_by_slot.items()}

    @cached_property
    def shape(self) -> str:
        """The hypothesis without stated values; the arguments of other acts are names and are kept."""
        parts = sorted(slot.name if "." not in slot.name else f"{slot.name}={slot.value}" for slot in self.slots)
        return f"{self.intent}|{','.join(parts)}"

    def conflicts(self, other: "Hypothesis") -> bool:
        """Return whether the two hypotheses state different values for one slot.

        >>> Hypothesis(intent="a", slots=(Slot("x", 1),)).conflicts(Hypothesis(intent="a", slots=(Slot("x", 2),)))
        True
        """
        own_facts, other_facts = self.facts, other.facts
        return any(not own_facts[name] & other_facts[name] for name in own_facts.keys() & other_facts.keys())

    def union(self, other: "Hypothesis") -> "Hypothesis":
        """Return the hypothesis of both at once, without a confidence.

        >>> Hypothesis(intent="on").union(Hypothesis(intent="dim", slots=(Slot("level", 5),))).key
        'dim+on|level=5'
        """
        slots = {(slot.name, str(slot.value)): slot for slot in (*self.slots, *other.slots)}
        return Hypothesis(
            intent="+".join(sorted(self.intents | other.intents)),
            domain=self.domain,
            slots=tuple(slots[item] for item in sorted(slots)),
        )

    @property
    def description(self) -> str:
        """The hypothesis for people to read; words in quotes where only the words are known.

        >>> Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"), Slot("area", "attic"))).description
        'HassTurnOn (area: attic, name: lamp)'
        >>> said("lamp on").description, Hypothesis(intent="").description
        ('“lamp on”', 'nothing')
        """
        if self.empty:
            return "nothing"
        if self.intent == SAID and len(self.slots) == 1:
            return f"“{self.slots[0].value}”"
        head = " ".join(part for part in (self.domain, self.intent) if part)
        slots = ", ".join(sorted(f"{slot.name}: {slot.value}" for slot in self.slots))
        return f"{head} ({slots})" if slots else head

    @property
    def empty(self) -> bool:
        """True when the assistant understood nothing: no intent and no slots."""
        return not self.intent and not self.slots


SAID = "said"
"""Intent of a request without an NLU hypothesis, where only the words are known."""

NOTHING = Hypothesis(intent="")
"""The hypothesis of a request that was not understood."""


def said(words: str) -> Hypothesis:
    """Return the hypothesis of a request of which only the words are known.

    >>> said("Lamp on!").key
    'said|words=lamp on'
    """
    return Hypothesis(intent=SAID, slots=(Slot("words", " ".join(_MARKS.sub(" ", words.lower()).split())),))
