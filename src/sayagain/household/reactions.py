"""Reactions of a person to an answer, drawn from what the person can see and hear alone."""

from typing import Literal

from sayagain.household.assistant import Execution
from sayagain.household.meaning import Meaning
from sayagain.household.people import Person
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reaction_fit import Reactions, fit

__all__ = [
    "NOTICE_PROBABILITY",
    "REPLY_REACTIONS",
    "Reaction",
    "draw_barge_in",
    "draw_helped_answer",
    "draw_reaction",
    "draw_satisfaction",
    "draw_silence_ms",
]

Reaction = Literal[
    "repeat", "rephrase", "correct", "undo", "give up", "move on", "change goal", "teach", "thank", "again", "done"
]
"""A person's reaction; `again` repeats a request for fun, `change goal` asks for something else at once."""

REPLY_REACTIONS: frozenset[str] = frozenset({"thank", "give up", "teach", "undo"})
"""Reactions that reply to the answer and ask for nothing more; also the kinds of such turns."""

# The calls do not tell these rates; they were set once, by judgement, before anything was learnt.
NOTICE_PROBABILITY = 0.93
"""Probability that a person notices a wrong result although the assistant reports success."""
NOTICE_UNSEEN_PROBABILITY = 0.6
"""The same for results out of sight and hearing: a lamp in another room, a list."""
MISJUDGEMENT_PROBABILITY = 0.015
"""Probability that a person takes a right result for a wrong one."""
THANKS_FACTOR = 0.05
"""Rate of thanks to a loudspeaker, relative to phone calls, which nearly always end in thanks."""
TEACH_PROBABILITY = 0.04
"""Probability that a person explains a word that the assistant did not understand."""
UNDO_SHARE = 0.25
"""Share of corrections that are a bare "not that"."""
GOAL_CHANGE_SHARE = 0.12
"""Share of people who move on with another goal at once."""
HONEST_ANSWER_PROBABILITY = 0.95
"""Probability that the answer to "did that help?" is honest."""


def draw_satisfaction(meaning: Meaning, execution: Execution, area: str, rng: RandomDraws) -> bool:
    """Draw whether a person is content with the visible and audible result of a request.

    Args:
        meaning: the meaning of the request.
        execution: its execution.
        area: the room that the person is in.
        rng: the person's rng.
    """
    if execution.response.error_code is not None:
        return False
    deed = execution.plan.deed
    if deed == meaning.deed and execution.ok:
        return not rng.chance(MISJUDGEMENT_PROBABILITY)
    is_out_of_sight = deed is not None and all(
        area not in target for target in (*deed.targets, *_meaning_targets(meaning))
    )
    is_unnoticeable = is_out_of_sight and deed is not None and deed.verb not in {"tell", "play", "call"}
    return not rng.chance(NOTICE_UNSEEN_PROBABILITY if is_unnoticeable else NOTICE_PROBABILITY)


def _meaning_targets(meaning: Meaning) -> tuple[str, ...]:
    return () if meaning.deed is None else meaning.deed.targets


def draw_reaction(*, is_satisfied: bool, person: Person, teachable: bool, rng: RandomDraws) -> Reaction:
    """Draw a person's reaction.

    Args:
        is_satisfied: the result of `draw_satisfaction`.
        person: the person.
        teachable: whether the request contains a word that the person can explain.
        rng: the person's rng.
    """
    if is_satisfied:
        if rng.chance(fit().understood.say_again.rate * person.playfulness):
            return "again"
        return "thank" if rng.chance(fit().thanks.rate * THANKS_FACTOR * person.politeness) else "done"
    if teachable and rng.chance(TEACH_PROBABILITY):
        return "teach"
    rates = fit().misunderstood
    shares = (
        rates.repeat.rate * person.repeat_factor * person.patience,
        (rates.rephrase.rate + 0.5 * rates.rephrase_in_part.rate) * person.patience,
        (rates.correct.rate + 0.5 * rates.rephrase_in_part.rate) * person.patience,
        rates.leave.rate,
        rates.move_on.rate,
    )
    reaction = ("repeat", "rephrase", "correct", "give up", "move on")[rng.weighted_index(shares)]
    if reaction == "correct":
        return "undo" if rng.chance(UNDO_SHARE) else "correct"
    if reaction == "move on":
        return "change goal" if rng.chance(GOAL_CHANGE_SHARE) else "move on"
    return "repeat" if reaction == "repeat" else "rephrase" if reaction == "rephrase" else "give up"


def draw_barge_in(*, is_satisfied: bool, person: Person, rng: RandomDraws) -> bool:
    """Draw whether a person cuts the answer short."""
    return rng.chance(min(0.9, _reaction_rates(is_satisfied=is_satisfied).barge_in.rate * person.haste))


def draw_silence_ms(*, is_satisfied: bool, rng: RandomDraws) -> int:
    """Draw the silence before a person speaks again, in milliseconds."""
    gap = _reaction_rates(is_satisfied=is_satisfied).gap
    return min(30_000, rng.lognormal(gap.median_ms, gap.sigma))


def draw_helped_answer(*, is_satisfied: bool, person: Person, rng: RandomDraws) -> bool | None:
    """Draw the answer to "did that help?"; None when the person does not answer."""
    if not rng.chance(person.candour):
        return None
    return is_satisfied if rng.chance(HONEST_ANSWER_PROBABILITY) else not is_satisfied


def _reaction_rates(*, is_satisfied: bool) -> Reactions:
    return fit().understood if is_satisfied else fit().misunderstood
