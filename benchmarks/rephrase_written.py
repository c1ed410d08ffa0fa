"""The written rephrases that share no content word with the request: each alone, and recurring in a log.

In the log, users fail with a request on several days; mostly they then say its rephrase, otherwise something else: by
chance, or what they often ask for next (a routine, which also follows where both requests work). So rephrases and
routines both recur, and only rephrases should be found.
"""

import random
from collections.abc import Sequence

from benchmarks.rephrase_recipe import Act, PairSet, compose, half_of
from benchmarks.rephrase_sets import written_acts
from sayagain.languages import DEFAULT, language_pack
from sayagain.text import words
from sayagain.turns import Response, Session, Turn

__all__ = ["RECIPES", "written_alone", "written_log"]

RECIPES = ("synonyms", "indirect")

USERS, DAYS = 40, 60
OCCASIONS = (3, 12)
"""Fewest and most occasions of a request in the log."""

REPHRASED, ROUTINE, HAS_ROUTINE = 0.6, 0.4, 0.3
"""Probabilities: that a failed request is rephrased; that a user goes on with the routine of a request, where it has
one; that it has one."""

SHORT = 2
"""Letters up to which a word is no content word."""

_DAY = 86_400_000


def written_alone(recipe: str, half: int, count: int = 800) -> list[PairSet]:
    """Compose dialogues in which each rephrase stands alone; rephrases that share a content word are left out."""
    pairs = []
    for dialogue in compose(_acts(recipe, half), count, seed=11 + half, half=half, name=f"written {recipe}"):
        turns = dialogue.session.turns
        labels = {
            pair: label
            for pair, label in dialogue.labels.items()
            if not label or not shared_words(*(turns[place].request for place in pair))
        }
        if labels:
            pairs.append(dialogue._replace(labels=labels))
    return pairs


def written_log(recipe: str, half: int, *, seed: int = 5) -> tuple[list[Session], dict[str, str | None]]:
    """Write a log in which requests, rephrases and routines recur.

    Returns:
        The sessions; and for each failed turn the id of the turn that rephrases it, None where none does.
    """
    rng = random.Random(seed + half)  # noqa: S311  (a draw, and no secret)
    acts = _acts(recipe, half)
    truth: dict[str, str | None] = {}
    log: list[Session] = []
    for act in acts:
        routine = rng.choice([other for other in acts if other is not act]) if rng.random() < HAS_ROUTINE else None
        for occasion in range(rng.randint(*OCCASIONS)):
            session = _Session(f"{recipe}/{half}/{act.key}/{occasion}", rng)
            session.say(rng.choice(acts).wordings[1], works=True)
            failed = session.say(act.wordings[0], works=False)
            if rng.random() < REPHRASED:
                truth[failed] = session.say(act.wordings[1], works=True)
            else:
                truth[failed] = None
                session.say(_next_act(act, acts, routine, rng).wordings[1], works=True)
            session.say(rng.choice(acts).wordings[1], works=True)
            log.append(session.end())
            working = _Session(f"{recipe}/{half}/{act.key}/{occasion}/working", rng)
            working.say(act.wordings[1], works=True)
            working.say(_next_act(act, acts, routine, rng).wordings[1], works=True)
            log.append(working.end())
    return log, truth


def shared_words(a: str, b: str) -> frozenset[str]:
    """Return the content words that two English requests share; words of one or two letters are none.

    >>> shared_words("where is my package", "track my order")
    frozenset()
    """
    pack = language_pack(DEFAULT)
    common = pack.common if pack is not None else frozenset()
    shared = (frozenset(words(a)) & frozenset(words(b))) - common
    return frozenset(word for word in shared if len(word) > SHORT)


def _acts(recipe: str, half: int) -> list[Act]:
    # Both recipes say some acts, so their lines are hard negatives of each other within one recipe only.
    return [act for written, act in written_acts() if written == recipe and half_of(act.key) == half]


def _next_act(act: Act, acts: Sequence[Act], routine: Act | None, rng: random.Random) -> Act:
    if routine is not None and rng.random() < ROUTINE:
        return routine
    near = [other for other in acts if other.domain == act.domain and other is not act]
    return rng.choice(near if near and rng.random() < 0.5 else [other for other in acts if other is not act])


class _Session:
    def __init__(self, name: str, rng: random.Random) -> None:
        self.name, self.rng = name, rng
        self.user = f"user {rng.randrange(USERS)}"
        self.at = rng.randrange(DAYS) * _DAY + rng.randrange(_DAY // 2)
        self.turns: list[Turn] = []

    def say(self, text: str, *, works: bool) -> str:
        """Add a turn and return its id."""
        self.at += int(self.rng.lognormvariate(0, 0.7) * 9_000) + 2_000
        response = (
            Response(text="OK", type="action_done")
            if works
            else Response(text="Sorry, I didn't get that.", type="error", error_code="no_intent_match")
        )
        turn_id = f"{self.name}/{len(self.turns)}"
        self.turns.append(
            Turn(
                turn_id=turn_id,
                started=self.at,
                request=text,
                user_id=self.user,
                session_id=self.name,
                language="en",
                response=response,
            )
        )
        return turn_id

    def end(self) -> Session:
        return Session(session_id=self.name, turns=tuple(self.turns))
