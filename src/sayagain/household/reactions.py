"""Reactions of a person to an outcome, drawn from what the person can see and hear, and from nothing else."""

from typing import Literal

from sayagain.household.assistant import Done
from sayagain.household.meaning import Meaning
from sayagain.household.people import Person
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reaction_fit import Reactions, fit

__all__ = ["NOTICED", "Reaction", "cuts_in", "helped", "react", "satisfied", "silence_ms"]

Reaction = Literal[
    "repeat", "rephrase", "correct", "undo", "give up", "move on", "change goal", "teach", "thank", "again", "done"
]
"""A person's next act; `again` repeats a request for fun, `change goal` asks for something else at once."""

# Nothing in the calls tells these; they are set once, by judgement, and kept.
NOTICED = 0.93
"""Probability that a person notices a wrong outcome where the assistant reports success."""
NOTICED_UNSEEN = 0.6
"""The same for outcomes out of sight and hearing: a lamp in another room, a list."""
MISJUDGED = 0.015
"""Probability that a person takes a right outcome for a wrong one."""
THANKED = 0.05
"""Calls end in thanks nearly always; a request to a loudspeaker does this much as often."""
TAUGHT = 0.04
"""Probability that a person explains a word that the assistant did not understand."""
UNDONE = 0.25
"""Share of corrections that are a bare "not that"."""
CHANGED = 0.12
"""Share of people who move on with another goal at once."""
ASSENT = 0.95
"""Probability of an honest answer to "did that help?"."""


def satisfied(meaning: Meaning, done: Done, area: str, dice: RandomDraws) -> bool:
    """Return whether a person is content with what can be seen and heard of an outcome.

    Args:
        meaning: what was meant.
        done: what came of it.
        area: the room that the person is in.
        dice: the person's.
    """
    if done.response.error_code is not None:
        return False
    deed = done.planned.deed
    if deed == meaning.deed and done.ok:
        return not dice.chance(MISJUDGED)
    unseen = deed is not None and all(area not in target for target in (*deed.targets, *_targets(meaning)))
    quiet = unseen and deed is not None and deed.verb not in {"tell", "play", "call"}
    return not dice.chance(NOTICED_UNSEEN if quiet else NOTICED)


def _targets(meaning: Meaning) -> tuple[str, ...]:
    return () if meaning.deed is None else meaning.deed.targets


def react(*, content: bool, person: Person, teachable: bool, dice: RandomDraws) -> Reaction:
    """Draw a person's next act.

    Args:
        content: as `satisfied` says.
        person: whose temper.
        teachable: whether there is a word to explain.
        dice: the person's.
    """
    if content:
        if dice.chance(fit().understood.say_again.rate * person.playful):
            return "again"
        return "thank" if dice.chance(fit().thanks.rate * THANKED * person.polite) else "done"
    if teachable and dice.chance(TAUGHT):
        return "teach"
    rates = fit().misunderstood
    shares = (
        rates.repeat.rate * person.repeats * person.patience,
        (rates.rephrase.rate + 0.5 * rates.rephrase_in_part.rate) * person.patience,
        (rates.correct.rate + 0.5 * rates.rephrase_in_part.rate) * person.patience,
        rates.leave.rate,
        rates.move_on.rate,
    )
    chosen = ("repeat", "rephrase", "correct", "give up", "move on")[dice.weigh(shares)]
    if chosen == "correct":
        return "undo" if dice.chance(UNDONE) else "correct"
    if chosen == "move on":
        return "change goal" if dice.chance(CHANGED) else "move on"
    return "repeat" if chosen == "repeat" else "rephrase" if chosen == "rephrase" else "give up"


def cuts_in(*, content: bool, person: Person, dice: RandomDraws) -> bool:
    """Draw whether a person cuts the answer short."""
    return dice.chance(min(0.9, _after(content=content).barge_in.rate * person.hasty))


def silence_ms(*, content: bool, dice: RandomDraws) -> int:
    """Draw the silence before a person speaks again, in milliseconds."""
    gap = _after(content=content).gap
    return min(30_000, dice.lasting(gap.median_ms, gap.sigma))


def helped(*, content: bool, person: Person, dice: RandomDraws) -> bool | None:
    """Draw the answer to "did that help?"; None when the person does not answer."""
    if not dice.chance(person.candid):
        return None
    return content if dice.chance(ASSENT) else not content


def _after(*, content: bool) -> Reactions:
    return fit().understood if content else fit().misunderstood
