"""The words of a person's next utterance: a first try, a retry, or a reply to the answer."""

from collections.abc import Collection, Sequence

import msgspec

from sayagain.household.assistant import Execution
from sayagain.household.deeds import NOTHING
from sayagain.household.home import Home
from sayagain.household.meaning import Meaning
from sayagain.household.media_catalogue import spoken_kind
from sayagain.household.people import Person
from sayagain.household.phrases import REPLIES
from sayagain.household.plain_wordings import plain_wordings
from sayagain.household.random_draws import RandomDraws
from sayagain.household.reactions import Reaction
from sayagain.household.wants import Want
from sayagain.turns import Hypothesis

__all__ = ["Pursuit", "Utterance", "choose_reply", "first_utterance", "next_utterance"]

_CAREFUL_PROBABILITY = 0.6
"""Probability that a person says the same words slower and louder after trouble."""

_GIVE_UP_REPLIES = tuple(reply for reply in REPLIES["give up"] if reply != "stop")
"""Without "stop", which is also the request of an ambiguous family."""


class Utterance(msgspec.Struct, frozen=True):
    """One utterance, with everything that decides its outcome."""

    text: str
    """The words."""
    careful: bool
    """Whether they are said slower and louder than usual."""
    draws: tuple[float, float]
    """Random numbers in [0, 1) that choose the noise and the take."""


class Pursuit(msgspec.Struct, frozen=True):
    """A want that a person pursues in one visit."""

    want: Want
    """The want."""
    meaning: Meaning
    """Its meaning at the start of the visit."""
    wordings: Sequence[str]
    """The person's recorded wordings, the favourite first."""
    tried_texts: set[str]
    """The texts said so far."""


def first_utterance(
    wordings: Sequence[str], person: Person, wording_draw: float, draws: tuple[float, float]
) -> Utterance:
    """Choose the first words for a want: mostly the person's favourite.

    Args:
        wordings: the person's wordings, the favourite first.
        person: the speaker.
        wording_draw: random number in [0, 1) that chooses the wording.
        draws: random numbers in [0, 1) that choose the noise and the take.
    """
    index = 0
    if wording_draw >= person.steadiness:
        index = 1 + int((wording_draw - person.steadiness) / (1 - person.steadiness) * (len(wordings) - 1))
    return Utterance(wordings[min(index, len(wordings) - 1)], careful=False, draws=draws)


def next_utterance(
    reaction: Reaction,
    pursuit: Pursuit,
    utterance: Utterance,
    execution: Execution,
    *,
    home: Home,
    person: Person,
    requests: Collection[str],
    rng: RandomDraws,
) -> Utterance:
    """Choose the words of the next try.

    Args:
        reaction: `again`, `repeat`, `rephrase` or `correct`.
        pursuit: the want that the person pursues.
        utterance: the last try.
        execution: the assistant's execution of the last try.
        home: the home, for the names of its devices.
        person: the speaker.
        requests: the requests that were recorded; no other can be said.
        rng: the person's rng.
    """
    draws = (rng.uniform(), rng.uniform())
    if reaction == "again":
        return Utterance(utterance.text, careful=False, draws=draws)
    text = utterance.text
    if reaction == "correct":
        corrections = _corrections(pursuit.meaning, execution, home)
        text = next((correction for correction in corrections if correction in requests), text)
    elif reaction == "rephrase":
        rephrases = (*plain_wordings(pursuit.want, pursuit.meaning, home, person), *pursuit.wordings)
        text = next(
            (wording for wording in rephrases if wording not in pursuit.tried_texts and wording in requests), text
        )
    # A repeat, or a rephrase that found no other words, is mostly said slower and louder.
    return Utterance(text, careful=text == utterance.text and rng.chance(_CAREFUL_PROBABILITY), draws=draws)


def _corrections(meaning: Meaning, execution: Execution, home: Home) -> list[str]:
    """Return corrections that name the target, or its kind where the assistant chose another work of that title."""
    if meaning.deed is None or not meaning.deed.targets:
        return []
    target = meaning.deed.targets[0]
    device = home.device(target)
    if device is not None:
        return [f"no the {device.name}", f"no i meant the {device.name}"]
    kind, _, title = target.partition(".")
    deed = execution.plan.deed
    if deed is not None and deed.targets and deed.targets[0].partition(".")[2] == title:
        return [f"i meant the {spoken_kind(kind)}"]
    return [f"no i meant {title.replace('_', ' ')}"]


def choose_reply(reaction: Reaction, want: Want, home: Home, rng: RandomDraws) -> tuple[str, Meaning]:
    """Return the words and the meaning of a reply that asks for nothing more.

    Args:
        reaction: `teach`, `undo`, `thank` or `give up`.
        want: the want that the person pursued.
        home: the home, for the names of its devices.
        rng: the person's rng.
    """
    if reaction == "teach":
        device = home.device(want.target)
        name = "" if device is None else device.name
        return f"when i say {_nickname(want.wordings[0])} i mean {name}", Meaning(None, None, "teach")
    if reaction == "undo":
        return rng.choose(REPLIES["undo"]), Meaning(None, None, "undo")
    if reaction == "thank":
        return rng.choose(REPLIES["thanks"]), Meaning(NOTHING, Hypothesis(intent="HassRespond"), reaction)
    return rng.choose(_GIVE_UP_REPLIES), Meaning(NOTHING, Hypothesis(intent="HassNevermind"), reaction)


def _nickname(request: str) -> str:
    for verb_phrase in ("turn on the ", "switch on the ", "turn off the ", "switch off the "):
        request = request.removeprefix(verb_phrase)
    return request.removesuffix(" on").removesuffix(" off")
