"""A recipe that composes dialogues with known rephrases from sentences whose acts a machine can compare.

A request fails or works; after a failure the user says the same act in another wording, or as it was before recognition
spoilt it, or asks for something else: of the same domain (a hard negative) or of another. No person labels a pair.
"""

import random
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from sayagain.text import letter_similarity
from sayagain.turns import Response, Session, Turn

__all__ = ["Act", "PairSet", "compose", "half_of"]

APOLOGIES = (
    "Sorry, I didn't get that.",
    "Sorry, I don't understand.",
    "I couldn't understand that.",
    "I'm not sure how to help with that.",
    "Sorry, I couldn't find that.",
    "Sorry, I don't know that one.",
    "Sorry, no results were found.",
    "I didn't catch that. Could you say it again?",
    "Sorry, something went wrong.",
    "",
)
ANSWERS = ("OK", "Done.", "Alright.", "Here you go.", "Here is what I found.", "Sure, {}.", "Okay: {}.", "")
QUESTIONS = ("Which one do you mean?", "For when?", "What should it be?", "Do you want me to do that?")
REPLIES = ("yes", "no", "the first one", "tomorrow", "at five", "the second", "yes please")

FAILS, REPHRASED, WORKS_AGAIN, SAME_WORDS = 0.6, 0.55, 0.75, 0.15
"""Probabilities that a request fails, that a failed one is said again, that this works, and that it is said again in
the same words."""
BETWEEN, WRONG_ANSWER, FOR_FUN, ASKED, SAME_DOMAIN = 0.1, 0.05, 0.04, 0.08, 0.5
"""Probabilities that something else is asked for before a rephrase; that an answer without an apology was wrong; that a
request that worked is said again for fun; that the assistant asks something back; that the next request is of the same
domain."""

ALIKE, SOME = 0.5, 8
"""Probability that the next request is the one most like the first, by letters, of some; and how many these are."""

GAP = (12_000, 0.9)
"""Median and spread (of the logarithm) of the milliseconds between requests. It is the same before a rephrase and
before another request: how people time them is learnt from the household, whose people were fitted to calls."""


class Act(NamedTuple):
    """One thing that can be asked for."""

    key: str
    """Acts with equal keys ask for the same."""
    domain: str
    """Acts of one domain make hard negatives of each other."""
    wordings: tuple[str, ...]
    """What people say for it, spelt as said."""
    misheard: tuple[str, ...] = ()
    """What recognisers made of it."""


class PairSet(NamedTuple):
    """A dialogue with its labelled pairs."""

    session: Session
    """The dialogue."""
    labels: dict[tuple[int, int], bool]
    """From the positions of a request and of a later one to whether the later one rephrases it."""
    half: int
    """0: for development. 1: sealed."""


def half_of(text: str) -> int:
    """Return the half that a sentence, a user or a dialogue is in."""
    return zlib.crc32(f"rephrase {text}".encode()) % 2


def compose(acts: Sequence[Act], count: int, *, seed: int, half: int, name: str) -> list[PairSet]:
    """Compose dialogues.

    Args:
        acts: what can be asked for; those of one half alone.
        count: number of dialogues.
        seed: of the draws.
        half: of the dialogues.
        name: of the set, for ids.
    """
    rng = random.Random(seed)  # noqa: S311  (a draw, and no secret)
    by_domain: dict[str, list[Act]] = {}
    for act in acts:
        by_domain.setdefault(act.domain, []).append(act)
    sources = [act for act in acts if len(act.wordings) > 1 or act.misheard]
    return [
        _Dialogue(acts, by_domain, rng, f"{name}/{half}/{i}").write(rng.choice(sources), half) for i in range(count)
    ]


class _Dialogue:
    def __init__(self, acts: Sequence[Act], by_domain: dict[str, list[Act]], rng: random.Random, name: str) -> None:
        self.acts, self.by_domain, self.rng, self.name = acts, by_domain, rng, name
        self.turns: list[Turn] = []
        self.labels: dict[tuple[int, int], bool] = {}
        self.at = 0
        self.coded, self.typed = rng.random() < 0.4, rng.random() < 0.6
        self.apology, self.answer = rng.choice(APOLOGIES[:-1]), rng.choice(ANSWERS)

    def write(self, act: Act, half: int) -> PairSet:
        rng = self.rng
        if rng.random() < 0.5:
            self.say(rng.choice(self.other(act).wordings), works=True)
        source = len(self.turns)
        fails = rng.random() < FAILS
        text = rng.choice(act.misheard) if act.misheard and rng.random() < 0.7 else rng.choice(act.wordings)
        asked = not fails and rng.random() < ASKED
        self.say(text, works=not fails, asks=asked)
        again = rng.random() < (REPHRASED if fails else 0.0 if asked else WRONG_ANSWER)
        if asked:
            self.say(rng.choice(REPLIES), works=True)
            self.labels[source, source + 1] = False
        elif again:
            if rng.random() < BETWEEN:
                self.say(rng.choice(self.other(act).wordings), works=True)
                self.labels[source, source + 1] = False
            while True:
                works = rng.random() < WORKS_AGAIN
                self.say(self.reword(act), works=works)
                self.labels[source, len(self.turns) - 1] = True
                if works or len(self.turns) - source > 2:
                    break
        else:
            for_fun = not fails and rng.random() < FOR_FUN
            next_text = text if for_fun else rng.choice(self.other(act).wordings)
            self.say(next_text, works=rng.random() < WORKS_AGAIN)
            self.labels[source, source + 1] = False
        if rng.random() < 0.7:
            self.say(rng.choice(self.other(act).wordings), works=rng.random() < WORKS_AGAIN)
            if len(self.turns) - 1 - source <= 3:
                self.labels[source, len(self.turns) - 1] = False
        return PairSet(Session(session_id=self.name, turns=tuple(self.turns)), self.labels, half)

    def other(self, act: Act) -> Act:
        """Draw something else to ask for: of any domain, of the same, or worded most like it of some of the same."""
        near = [other for other in self.by_domain[act.domain] if other.key != act.key]
        if not near or self.rng.random() >= SAME_DOMAIN:
            near = [other for other in self.rng.sample(self.acts, 2) if other.key != act.key]
        if self.rng.random() >= ALIKE:
            return self.rng.choice(near)
        some = self.rng.sample(near, min(len(near), SOME))
        return max(some, key=lambda other: letter_similarity(other.wordings[0], act.wordings[0]))

    def reword(self, act: Act) -> str:
        rng, last = self.rng, self.turns[-1].request
        fresh = [wording for wording in act.wordings if wording != last]
        return last if not fresh or rng.random() < SAME_WORDS else rng.choice(fresh)

    def say(self, text: str, *, works: bool, asks: bool = False) -> None:
        rng = self.rng
        self.at += int(rng.lognormvariate(0, GAP[1]) * GAP[0]) + 1_000
        if asks:
            response = Response(text=rng.choice(QUESTIONS), type="question" if self.typed else None)
        elif works:
            response = Response(text=self.answer.format(text), type="action_done" if self.typed else None)
        else:
            apology = self.apology if rng.random() < 0.8 else rng.choice(APOLOGIES[:-1])
            code = rng.choice(("no_intent_match", "no_intent_match", "no_valid_targets")) if self.coded else None
            response = Response(text=apology, type="error" if self.typed else None, error_code=code)
        turn_id = f"{self.name}-{len(self.turns)}"
        self.turns.append(Turn(turn_id=turn_id, started=self.at, request=text, response=response, language="en"))
