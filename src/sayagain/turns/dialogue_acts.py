"""Dialogue acts: the intents that only answer the assistant, as the reader of its log declares them.

The taxonomy of ISO 24617-2 separates social obligations and feedback from the task. Each assistant has its own names
for them, so the log reader declares these names (`Nlu.act_roles`); no other code depends on them.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

__all__ = ["CONFIRM", "NO_ACTS", "REQUEST", "ActRole", "DialogueActs", "is_question"]

ActRole = Literal["social", "agreement", "refusal", "denial"]
"""`social`: greets, thanks, acknowledges; `agreement`: yes; `refusal`: no; `denial`: no, naming what is denied."""

REQUEST = "request"
"""The act of a response that asks for a slot; the slot named `slot` says which."""

CONFIRM = "confirm"
"""The act of a response that asks whether a value was understood; `confirm.implicit` mentions it in passing."""


class DialogueActs(msgspec.Struct, frozen=True, kw_only=True):
    """The user acts that answer the assistant, by role.

    >>> DialogueActs.declared([{"affirm": "agreement", "deny": "denial"}]).social
    frozenset({'affirm'})
    """

    social: frozenset[str] = frozenset()
    """Acts without a request of their own, agreement and refusal included."""
    agreement: frozenset[str] = frozenset()
    """Acts that say yes."""
    refusal: frozenset[str] = frozenset()
    """Acts that say no, with or without naming what is refused."""

    @classmethod
    def declared(cls, roles: Iterable[Mapping[str, ActRole]]) -> "DialogueActs":
        """Merge the roles that turns declare."""
        pairs = {(act, role) for declared in roles for act, role in declared.items()}
        return cls(
            social=frozenset(act for act, role in pairs if role != "denial"),
            agreement=frozenset(act for act, role in pairs if role == "agreement"),
            refusal=frozenset(act for act, role in pairs if role in ("refusal", "denial")),
        )


NO_ACTS = DialogueActs()
"""The acts of an assistant that declares none."""


def is_question(act: str) -> bool:
    """Return whether an act of a response asks for something.

    >>> is_question("request"), is_question("confirm.implicit"), is_question("offer")
    (True, True, False)
    """
    return act == REQUEST or act.split(".", maxsplit=1)[0] == CONFIRM
