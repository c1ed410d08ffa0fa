"""Ambiguous requests: the families of requests whose meaning depends on the situation.

The first alternative whose circumstance holds is meant; if none holds, the default is meant. The assistant always acts
on the default. `situation.py` tests the circumstances.

A slot's value may be a placeholder: `@here` stands for the room of the satellite, `@last` for the last device of the
session, `@taste` for the person's usual choice.
"""

from sayagain.household.family import Family
from sayagain.household.moment_families import MOMENT_FAMILIES
from sayagain.household.place_families import PLACE_FAMILIES

__all__ = ["FAMILIES", "FAMILY_BY_NAME", "find_family"]

FAMILIES: tuple[Family, ...] = (*PLACE_FAMILIES, *MOMENT_FAMILIES)
"""Every family. Titles of several works (`play harry potter`) are ambiguous too; the media catalogue knows them."""

FAMILY_BY_NAME: dict[str, Family] = {family.name: family for family in FAMILIES}
"""The families by their names."""

# Understanding drops apostrophes.
_FAMILY_BY_REQUEST = {request.replace("'", ""): family for family in FAMILIES for request in family.requests}


def find_family(request: str) -> Family | None:
    """Return the family that a request belongs to, if any.

    >>> find_family("turn it up").signal
    'device state'
    """
    return _FAMILY_BY_REQUEST.get(request.replace("'", ""))
