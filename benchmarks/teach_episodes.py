"""Teaching episodes in the household: somebody teaches, answers the question, and says the phrase on the next turn.

Half of the homes, wordings, phrases and requests are the development half; the other half is kept apart.
"""

import difflib
import random
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from sayagain.household import HouseholdAssistant
from sayagain.household.deeds import Deed, Place
from sayagain.household.home import Home, homes
from sayagain.household.inventory import SEED
from sayagain.household.oracle import HouseholdOracle
from sayagain.household.speech.recording import SHIPPED_RECORDING, read_recording
from sayagain.runtime import Decision, Runtime
from sayagain.store import MemoryStore
from sayagain.teaching import LessonOwner, SentenceTagger, taught_key
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = [
    "START",
    "WORDINGS",
    "Channel",
    "Episode",
    "Half",
    "Outcome",
    "episodes",
    "listed_phrases",
    "run_episodes",
    "talk_turn",
]

Half = Literal["dev", "sealed"]
Kind = Literal["request", "steps", "name"]

WORDINGS = tomllib.loads((Path(__file__).parent / "teach_wordings.toml").read_text(encoding="utf-8"))
_STATES = ("tell", "nothing")
_ATTEMPTS = 3
"""How often somebody says a lesson before giving up."""
START = 1_767_268_800_000
"""Time of the first thing said, in milliseconds since 1970."""
_OWNER = LessonOwner.household(None)


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody teaches, and what is said after."""

    home: Home
    kind: Kind
    lesson: str
    """What is said to teach."""
    is_public: bool
    """Whether its wording was found in public, rather than written for the benchmark."""
    phrase: str
    means: tuple[str, ...]
    """The requests that the phrase means, or the name of the thing."""
    use: str
    """The next request."""
    deeds: tuple[Deed, ...]
    """What it should do."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one episode."""

    kind: Kind
    wording: str
    is_public: bool
    gap: tuple[int, int, int]
    """Words of the phrase in the question that are right, all of them, and words that were taught."""
    completed: bool
    """Whether a lesson was kept."""
    exact: bool
    """Whether it holds the phrase and the meaning that were taught."""
    used: bool
    """Whether the next request did what was taught."""


class Channel:
    """Mishearings of single words, counted on the shipped recordings; a word that was never recorded is heard rightly.

    A word is misheard whatever the words around it, which is harder than speech: 13 words in 100 are wrong in the
    recordings of short commands, and a lesson has twenty.

    Args:
        conditions: of the recordings, such as `quiet`.
        share: of the words that pass through it; the others are heard rightly.
    """

    def __init__(self, conditions: Sequence[str], share: float = 1.0) -> None:
        self._share = share
        self._heard: dict[str, Counter[str]] = defaultdict(Counter)
        for outcome in read_recording(SHIPPED_RECORDING)["request"]:
            if outcome.condition in conditions:
                said, heard = normalise(outcome.request).split(), normalise(outcome.best).split()
                for tag, i, j, k, end in difflib.SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
                    for offset in range(j - i):
                        at = k + offset
                        word = heard[at] if tag != "delete" and at < end else ""
                        self._heard[said[i + offset]][word] += 1

    def hear(self, words: str, rng: random.Random) -> str:
        """Return words as they may be heard."""
        heard = []
        for word in normalise(words).split():
            choices = self._heard.get(word)
            heard.append(
                word
                if choices is None or rng.random() >= self._share
                else rng.choices(list(choices), list(choices.values()))[0]
            )
        return " ".join(filter(None, heard))


def listed_phrases(wordings: Mapping[str, Any], name: str) -> list[str]:
    """Return the phrases of a list, which stand in one text."""
    return [phrase.strip() for phrase in wordings[name].replace("\n", "|").split("|") if phrase.strip()]


def episodes(half: Half, assistant: HouseholdAssistant, count: int, *, seed: int = 1) -> Iterator[Episode]:
    """Yield the episodes of a half.

    Args:
        half: whose homes, wordings, phrases and requests.
        assistant: tells what a request does.
        count: how many.
        seed: of the draws.
    """
    rng = random.Random(f"{half}/{seed}")  # noqa: S311  (reproducible draws)
    wordings: Mapping[str, Any] = WORDINGS[half]
    phrases, things = (listed_phrases(wordings, name) for name in ("phrases", "names_of_things"))
    recorded = sorted({outcome.request for outcome in read_recording(SHIPPED_RECORDING)["request"]})
    own = [request for request in recorded if zlib.crc32(request.encode()) % 2 == (half == "sealed")]
    houses = [home for number, home in enumerate(homes(SEED, 100)) if number % 2 == (half == "sealed")]
    requests = {home.id: list(_doable(home, own, assistant, rng)) for home in houses}
    public = wordings.get("public_lessons", [])
    for number in range(count):
        home = houses[number % len(houses)]
        place = Place(home, home.satellites[0])
        kind: Kind = rng.choices(("request", "steps", "name"), (60, 25, 15))[0]
        used_phrases = things if kind == "name" else phrases
        phrase = used_phrases[(number // len(houses)) % len(used_phrases)] if kind != "name" else rng.choice(things)
        if kind == "name":
            lamp = rng.choice([device for device in home.devices if device.domain == "light"])
            means: tuple[str, ...] = (f"the {lamp.name}",)
            wording = rng.choice(wordings["names"])
            lesson = wording.format(phrase=phrase, means=means[0])
            use = rng.choice(wordings["name_uses"])
            done = [use.format(phrase=lamp.name).replace(" my ", " the ").replace(" our ", " the ")]
            use = use.format(phrase=phrase)
        else:
            means = tuple(rng.sample(requests[home.id], 2 if kind == "steps" else 1))
            wording = rng.choice([*wordings["lessons"], *public])
            lesson = wording.format(phrase=phrase, means=" and ".join(means))
            use, done = rng.choice(wordings["uses"]).format(phrase=phrase), list(means)
        deeds = tuple(deed for words in done if (deed := assistant.plan(words, place).deed) is not None)
        yield Episode(
            home=home,
            kind=kind,
            lesson=lesson,
            is_public=wording in public,
            phrase=phrase,
            means=means,
            use=use,
            deeds=deeds,
        )


def _doable(home: Home, requests: Sequence[str], assistant: HouseholdAssistant, rng: random.Random) -> Iterator[str]:
    """Yield some requests of a home that begin with a verb, are understood and do something."""
    place, found = Place(home, home.satellites[0]), 0
    for request in rng.sample(requests, len(requests)):
        deed = assistant.plan(request, place).deed
        if deed is not None and deed.verb not in _STATES and " and " not in request:
            yield request
            found += 1
        if found == 40:
            return


def run_episodes(
    plan: Sequence[Episode],
    assistant: HouseholdAssistant,
    channel: Channel | None,
    folder: Path,
    *,
    tagger: SentenceTagger | None = None,
    seed: int = 1,
) -> tuple[list[Outcome], int, int]:
    """Run episodes, each home with a store of its own.

    Returns:
        The outcomes; the other requests made after them, which hold no taught phrase; how many of these were changed.

    Args:
        plan: the episodes.
        assistant: acts.
        channel: through which people are heard; None hears everything rightly.
        folder: for releases, of which there are none.
        tagger: reads wordings that no template lists.
        seed: of the mishearings.
    """
    outcomes: list[Outcome] = []
    runtimes: dict[str, tuple[Runtime, MemoryStore]] = {}
    now = START
    for number, episode in enumerate(plan):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311  (the same)
        if episode.home.id not in runtimes:
            store = MemoryStore()
            runtime = Runtime(store, folder)
            runtime.dialogue.tagger = tagger
            runtime.oracle = HouseholdOracle(assistant, Place(episode.home, episode.home.satellites[0]))
            runtimes[episode.home.id] = runtime, store
        now += 3_600_000
        outcomes.append(_run_episode(episode, *runtimes[episode.home.id], assistant, channel, rng, now))
    others = changed = 0
    recorded = sorted({outcome.request for outcome in read_recording(SHIPPED_RECORDING)["request"]})
    for runtime, store in runtimes.values():
        phrases = [lesson.key for lesson in store.taught([_OWNER])]
        for request in recorded[::10]:
            if any(f" {phrase} " in f" {request} " for phrase in phrases):
                continue
            decision = runtime.rewrite(talk_turn(request, now))
            others += 1
            changed += decision.changed or decision.ask is not None
    return outcomes, others, changed


def _run_episode(
    episode: Episode,
    runtime: Runtime,
    store: MemoryStore,
    assistant: HouseholdAssistant,
    channel: Channel | None,
    rng: random.Random,
    now: int,
) -> Outcome:
    def hear(words: str) -> str:
        return words if channel is None else channel.hear(words, rng)

    def say(words: str) -> Decision:
        nonlocal now
        now += 5_000
        return runtime.converse(talk_turn(hear(words), now), takes_steps=True)

    before = {(lesson.stored_key, lesson.means, lesson.at) for lesson in store.taught([_OWNER])}
    wanted = taught_key(" and ".join(episode.means))
    gap = (0, 0, len(episode.phrase.split()))
    for attempt in range(_ATTEMPTS):
        reply = say(episode.lesson).reply or ""
        heard = normalise(reply)
        if not attempt and "“" in reply:
            asked = Counter(taught_key(reply.partition("“")[2].partition("”")[0]).split())
            gap = ((asked & Counter(taught_key(episode.phrase).split())).total(), asked.total(), gap[2])
        # Whoever hears another phrase or meaning in the question says the lesson again.
        if reply.endswith("?") and normalise(episode.phrase) in heard and wanted in heard:
            say("yes")
            break
    kept = [lesson for lesson in store.taught([_OWNER]) if (lesson.stored_key, lesson.means, lesson.at) not in before]
    lesson = kept[0] if kept else None
    exact = lesson is not None and lesson.key == taught_key(episode.phrase) and taught_key(lesson.means) == wanted
    decision = say(episode.use)
    place = Place(episode.home, episode.home.satellites[0])
    texts = decision.steps or (decision.ask or decision.text,)
    deeds = tuple(deed for text in texts if (deed := assistant.plan(text, place).deed) is not None)
    used = (decision.changed or decision.ask is not None) and deeds == episode.deeds
    return Outcome(
        kind=episode.kind,
        wording=episode.lesson,
        is_public=episode.is_public,
        gap=gap,
        completed=lesson is not None,
        exact=exact,
        used=used,
    )


def talk_turn(words: str, now: int) -> Turn:
    """Return a turn of whoever speaks to the one device of a home."""
    return Turn(turn_id=f"t{now}", started=now, request=words, device_id="d", language="en")
