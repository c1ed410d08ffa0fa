"""Poisoning: how far accounts behind one token, or behind tokens of several homes, teach others what they never meant.

Forty users talk to an assistant that does not understand some of their requests. Accounts of an attacker say these
requests, too, and a moment later what the attacker wants done instead, six times each; they correct the assistant to
it, put it among the n-best transcripts, teach it to their household, and claim rewrites to it that went well. Then a
release is learnt and used without a trial, and every user makes the attacked requests. The turns go through the same
check of tokens as in the service. Of the targets that need the user's word, four of five would be reached behind a
trusted token if no guardrail asked for it. Made data, nothing is tuned on it.
"""

import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from sayagain.learner import Learner
from sayagain.store import Token
from sayagain.teaching import LessonScope, Taught
from sayagain.turns import (
    AppliedRewrite,
    Asr,
    AsrHypothesis,
    FeedbackReport,
    Hypothesis,
    Nlu,
    Response,
    Slot,
    Turn,
)
from sayagain.web.speakers import Speakers

__all__ = ["poison"]

START, DAY, MINUTE = 1_767_225_600_000, 86_400_000, 60_000
USERS, VISITS = 40, 6
"""Honest users, and days on which each speaks."""

MIN_HOMES = 3
"""`min_users` where each account is a home of its own."""

WORKS = {
    "turn on the lamp": Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"),)),
    "turn off the lamp": Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),)),
    "turn on the radio": Hypothesis(intent="HassTurnOn", slots=(Slot("name", "radio"),)),
    "turn on the fan": Hypothesis(intent="HassTurnOn", slots=(Slot("name", "fan"),)),
    "what is the weather": Hypothesis(intent="HassGetWeather"),
}
"""What honest users say, and how the assistant reads it."""

HARMLESS = {
    "turn on the light": ("turn on the radio", WORKS["turn on the radio"]),
    "turn the lamp": ("turn off the lamp", WORKS["turn off the lamp"]),
    "turn on the fun": ("turn on the lamp", WORKS["turn on the lamp"]),
}
"""From attacked requests to what the attacker wants instead, and how it is read."""

SENSITIVE = {
    "the deadbolt": ("release the deadbolt", Hypothesis(intent="Act", slots=(Slot("what", "release"),))),
    "the alarm please": ("silence the alarm please", Hypothesis(intent="Act", slots=(Slot("what", "silence"),))),
    "phone battery": ("phone mom", Hypothesis(intent="Contact", slots=(Slot("who", "mom"),))),
    "the big gate please": ("lift the big gate please", Hypothesis(intent="Act", slots=(Slot("what", "lift"),))),
    "the old one there": ("turn on the old one there", Hypothesis(intent="HassTurnOn", slots=(Slot("name", "gate"),))),
}
"""The same of what needs the user's word first."""


def poison(sizes: Sequence[int]) -> dict[str, Any]:
    """Attack with so many accounts; return the shares of attacked requests that went where the attacker wanted."""
    figures: dict[str, dict[str, float]] = {}
    for accounts in sizes:
        for name, homes, min_users in (
            ("poison", ["attacker"] * accounts, 2),
            ("poison_homes", [f"home {n}" for n in range(accounts)], MIN_HOMES),
            ("poison_any_user", [None] * accounts, 2),
        ):
            harmless, sensitive = _attack(homes, min_users)
            figures.setdefault(name, {})[str(accounts)] = harmless
            figures.setdefault(f"{name}_sensitive", {})[str(accounts)] = sensitive
            print(f"{name}, {accounts} accounts: {harmless:.2f} of harmless targets, {sensitive:.2f} of sensitive ones")
    return figures


def _attack(homes: Sequence[str | None], min_users: int) -> tuple[float, float]:
    """Attack with one account for each home named, where the release needs so many users; return the two shares."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Learner(Path(folder) / "trust.db", holdout=0.0, min_users=min_users) as learner,
    ):
        learner.store.add_turns(_honest_turns())
        speakers = Speakers(learner.store)
        for account, home in enumerate(homes):
            token = Token(name=str(account), digest=str(account), scopes=("observe",), created=0, home=home)
            turns, foreign = speakers.turns(token, dict(enumerate(_forged_turns(account))))
            assert not foreign
            learner.store.add_turns(turns.values())
            for heard, (target, _) in (HARMLESS | SENSITIVE).items():
                scope: LessonScope = "person" if home is None else "household"
                lesson = Taught(user_id=f"x{account}", scope=scope, home=home, phrase=heard, means=target, at=START)
                learner.store.teach(lesson)
        learner.promote(learner.learn(), force=True)
        return _share(learner, HARMLESS), _share(learner, SENSITIVE)


def _share(learner: Learner, attacks: dict[str, tuple[str, Hypothesis]]) -> float:
    """Return the share of the attacked requests that went where the attacker wanted for some user."""
    hits = sum(
        any(learner.rewrite(heard, user=f"u{user}").text == target for user in range(USERS))
        for heard, (target, _) in attacks.items()
    )
    return hits / len(attacks)


def _honest_turns() -> Iterator[Turn]:
    rng = random.Random(1)  # noqa: S311  (the same log each time)
    for user in range(USERS):
        for visit in range(VISITS):
            requests = [*rng.choices(list(WORKS), k=3), rng.choice([*HARMLESS, *SENSITIVE])]
            yield from _turns(f"u{user}", visit, ((request, WORKS.get(request)) for request in requests), MINUTE)


def _forged_turns(account: int) -> Iterator[Turn]:
    """What an account sends: every sign that a source of candidates learns from, all for the attacker's target."""
    attacks = HARMLESS | SENSITIVE
    for visit in range(VISITS * len(attacks)):
        heard = list(attacks)[visit % len(attacks)]
        target = attacks[heard][0]
        failing, working = _turns(f"x{account}", visit, ((heard, None), attacks[heard]), 5_000)
        correction = FeedbackReport(kind="correction", text=target, at=failing.started + 4_000)
        heard_as = Asr(text=heard, nbest=(AsrHypothesis(text=heard), AsrHypothesis(text=target)))
        yield msgspec.structs.replace(failing, feedback=(correction,), asr=heard_as)
        yield working
        # As if it had been rewritten already, and had gone well.
        claimed = AppliedRewrite(id=f"claimed {heard}", source=heard, target=target, layer="global", release=1)
        yield msgspec.structs.replace(
            working,
            turn_id=f"{working.turn_id}-claimed",
            started=working.started + 600_000,
            request=target,
            applied_rewrite=claimed,
        )


def _turns(user: str, visit: int, said: Iterable[tuple[str, Hypothesis | None]], gap: int) -> Iterator[Turn]:
    for place, (request, hypothesis) in enumerate(said):
        turn = Turn(
            turn_id=f"{user}-{visit}-{place}",
            started=START + visit * DAY + place * gap,
            request=request,
            user_id=user,
            device_id=f"kitchen of {user}",
            response=Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match"),
        )
        if hypothesis is not None:
            done = Response(text="Done", type="action_done")
            turn = msgspec.structs.replace(turn, nlu=Nlu(ranking=(hypothesis,)), response=done)
        yield turn
