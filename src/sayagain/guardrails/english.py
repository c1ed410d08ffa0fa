"""The English words that the rules look for; another language brings its own."""

__all__ = [
    "NEGATIONS",
    "OPPOSITES",
    "SENSITIVE",
    "SOCIAL_ACTS",
    "SOCIAL_WORDS",
    "WIDE_WORDS",
]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SOCIAL_ACTS = _set(
    "ack acknowledge affirm bye confirm deny goodbye greet hello negate no repeat thank thanks thankyou yes"
)
"""Intents or dialogue acts that answer the assistant and ask for nothing."""

SOCIAL_WORDS = _set("again bye goodbye hello hey hi no nope ok okay pardon right sure thank thanks yeah yep yes you")
"""A request of nothing but these words is such an act too."""

NEGATIONS = _set("aint cannot cant didnt doesnt dont except isnt never no nobody none nor not nothing without wont")
"""Words that turn a request round, written without their apostrophe."""

WIDE_WORDS = _set("all any both each entire every everybody everyone everything everywhere whole")
"""Words that widen what is acted upon."""

OPPOSITES = (
    ("activate", "deactivate"),
    ("add", "remove"),
    ("arm", "disarm"),
    ("close", "open"),
    ("decrease", "increase"),
    ("disable", "enable"),
    ("down", "up"),
    ("lock", "unlock"),
    ("lower", "raise"),
    ("mute", "unmute"),
    ("off", "on"),
    ("start", "stop"),
)
"""Pairs of which one must not become the other."""

SENSITIVE = (
    ("buy something", (("buy",), ("checkout",), ("order",), ("pay",), ("purchase",), ("subscribe",))),
    ("call someone", (("call",), ("dial",))),
    ("write to someone", (("message",), ("send",), ("text",))),
    ("lock or unlock something", (("lock",), ("unlock",))),
    ("open a way into the house", (("open", "door"), ("open", "garage"), ("open", "gate"), ("open", "window"))),
    (
        "switch an alarm",
        (
            ("arm",),
            ("disarm",),
            ("alarm", "cancel"),
            ("alarm", "deactivate"),
            ("alarm", "disable"),
            ("alarm", "off"),
            ("alarm", "stop"),
        ),
    ),
)
"""What needs the user's word first, and the sets of words that mean it when all of one set are found."""
