"""Logs to learn from: an English household, and made speakers of several languages who say again what failed."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

import msgspec

from benchmarks.no_harm_requests import Forbidden, harmless_pairs
from benchmarks.no_harm_templates import TemplateSentence, template_sentences
from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay
from sayagain.household.homeassistant_view import HomeAssistantView
from sayagain.turns import Action, Hypothesis, Nlu, Response, Turn

__all__ = ["household_log", "made_log", "misheard_wordings", "tempting_log"]

SEED = 7
"""Of what the speakers say; the sentences that are counted have another."""

USERS = 12
"""Speakers of each language."""

WORDINGS = 24
"""Wordings of each language that are misheard; each speaker says one in two of them."""

START = 1_700_000_000_000
DAY = 86_400_000
AGAIN = 5_000
"""Milliseconds after which what failed is said again."""

UNTOLD = Hypothesis(intent="")
"""Stands for a request that works and of which nothing more is told."""

_FAILED = Response(text="?", type="error", error_code="no_intent_match")
_DONE = Response(text="✓", type="action_done")


def household_log(homes: int, weeks: int) -> Iterator[Turn]:
    """Return the turns of simulated homes as Home Assistant's log tells them, in English."""
    replay = Replay(homes=homes, recorded=RecordedSpeech.open(), assistant=HouseholdAssistant())
    view = HomeAssistantView(ids=True)
    for _ in range(weeks):
        for turn in replay.step().turns:
            yield msgspec.structs.replace(view.log_view(turn), language="en")


def misheard_wordings(tag: str) -> list[tuple[str, TemplateSentence]]:
    """Return sentences of a language, each with what is heard of it: its longest word lacks a letter."""
    rng = random.Random(f"misheard {tag}")  # noqa: S311  (a draw, and no secret)
    found = []
    for sentence in islice(template_sentences(tag, SEED), WORDINGS):
        longest = max(sentence.text.split(), key=len)
        at = rng.randrange(len(longest))
        found.append((sentence.text.replace(longest, longest[:at] + longest[at + 1 :], 1), sentence))
    return found


def made_log(tag: str) -> Iterator[Turn]:
    """Return what the speakers of one language say in a month.

    What is misheard fails and is said again. Sentences that work follow each other within seconds, as when somebody
    changes their mind; and now and then one that works elsewhere fails and is said again word for word.
    """
    rng = random.Random(f"{SEED} {tag}")  # noqa: S311  (the same)
    sentences = list(islice(template_sentences(tag, SEED + 1), 120))
    wordings = misheard_wordings(tag)
    for number in range(USERS):
        visits: list[list[tuple[str, Hypothesis | None]]] = [
            [(heard, None), (sentence.text, sentence.hypothesis)]
            for heard, sentence in rng.sample(wordings, len(wordings) // 2)
        ]
        for sentence, other in pairwise(rng.sample(sentences, 12)):
            visits.append([(sentence.text, sentence.hypothesis), (other.text, other.hypothesis)])
        visits += [
            [(sentence.text, None), (sentence.text, sentence.hypothesis)] for sentence in rng.sample(sentences, 6)
        ]
        rng.shuffle(visits)
        yield from _said(f"{tag}{number}", tag, visits, number)


def tempting_log(code: str, requests: Sequence[Forbidden], users: int) -> Iterator[Turn]:
    """Return a log in which every forbidden request fails, and what it must not become is said next and works.

    So do the language's misheard requests, which may be rewritten. Nothing is told of what is understood, so that the
    guardrails have the words alone.
    """
    pairs = [*((each.text, each.tempting) for each in requests), *harmless_pairs(code)]
    for number in range(users):
        visits = [[(heard, None), (meant, UNTOLD)] for heard, meant in pairs]
        yield from _said(f"{code}{number}", code, visits, number)


def _said(
    user: str, language: str, visits: Iterable[Sequence[tuple[str, Hypothesis | None]]], number: int
) -> Iterator[Turn]:
    """Return turns of a user: the parts of a visit follow each other at once, the visits hours apart."""
    for visit, parts in enumerate(visits):
        started = START + visit * DAY // 4 + number * 60_000
        for part, (words, hypothesis) in enumerate(parts):
            at = started + part * AGAIN
            yield Turn(
                turn_id=f"{user}-{visit}-{part}",
                started=at,
                ended=at + 1_500,
                request=words,
                user_id=user,
                device_id=f"{user}-satellite",
                language=language,
                assistant="homeassistant",
                nlu=None
                if hypothesis is None or hypothesis is UNTOLD
                else Nlu(engine="homeassistant", ranking=(hypothesis,)),
                response=_FAILED if hypothesis is None else _DONE,
                actions=() if hypothesis is None else (Action(target=words),),
            )
