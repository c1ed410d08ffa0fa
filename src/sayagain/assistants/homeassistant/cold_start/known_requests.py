"""Every request that works in one home, in words that people have for it, found by letters, by sound and by meaning."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.device_names import NamedThing
from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.situation_phrasings import OTHERWISE, SITUATIONS
from sayagain.rewriting.retrieve import build_index
from sayagain.text import letter_similarity, sound_similarity, words

__all__ = ["KnownRequests", "SentenceEncoder", "SimilarRequest", "bare"]

Vectors = npt.NDArray[np.float32]

_FOUND_BY_SOUND = 60
"""Sayings looked at closely for their sound, of some thousands."""

_FOUND_BY_MEANING = 24
"""And for their meaning."""

_WAYS = 24
"""Of so many ways to ask for one action the sayings are made: the commonest stand first."""

_SPOKEN = 2
"""And of so many of them the vectors are: what else means the same is near to those."""

_POLITE = frozenset(
    {"a", "an", "the", "my", "our", "your", "please", "thanks", "thank", "you", "uh", "um", "er", "hey", "hi", "hello"}
    | {"okay", "ok", "so", "now", "then", "just", "could", "would", "can", "will", "kindly", "i'd", "like", "want"}
    | {"to", "if", "me", "for", "in"}
)
"""Words without which two requests are as alike as with them."""

_NUMBER = "forty"
"""Stands for any number in a saying, and in what was heard when it is compared with them."""


class SentenceEncoder(Protocol):
    """What makes vectors of texts; `sayagain.models.Encoder` does."""

    def vectors(self, texts: Sequence[str | None], /) -> Vectors:
        """Return a vector of length 1 for each text, shape (texts, size)."""
        ...


class SimilarRequest(msgspec.Struct, kw_only=True):
    """How near what was heard comes to one request that works, by the saying of it that is nearest in each respect."""

    action: ActionPhrasing
    """What it does."""
    thing: NamedThing
    """To what."""
    said: str = ""
    """The saying that is nearest by sound."""
    meant: str = ""
    """The saying that is nearest in meaning; empty where there is no encoder."""
    letters: float = 0.0
    """Likeness of the letters, in [0, 1]."""
    sound: float = 0.0
    """Likeness of the sound, in [0, 1]."""
    meaning: float = 0.0
    """Cosine of the meanings, in [-1, 1]; 0 where there is no encoder."""
    situation: bool = False
    """Whether the saying that is nearest in meaning tells of a room, and not of what is to be done."""


class _Saying(msgspec.Struct, frozen=True, kw_only=True):
    words: str
    action: ActionPhrasing
    thing: NamedThing
    situation: bool = False


def bare(heard: Sequence[str]) -> str:
    """Return a request without what is only polite, and with one word for every number.

    >>> bare("could you set the fan to 20 percent please".split())
    'set fan forty percent'
    """
    kept = [_NUMBER if word.rstrip("%").isdigit() else word for word in heard if word not in _POLITE]
    return " ".join(kept)


class KnownRequests:
    """The sayings of one home.

    Args:
        things: what can be named in it.
        home: for the names of its rooms.
        encoder: makes vectors; None where there is none, and then nothing is known of meaning.
    """

    def __init__(
        self, things: Iterable[NamedThing], home: HomeSnapshot, encoder: SentenceEncoder | None = None
    ) -> None:
        rooms = {area.id: area.names[0].lower() for area in home.areas}
        self._of: dict[str, list[_Saying]] = {}
        self._spoken: list[_Saying] = []
        for thing in things:
            for n, saying in _ways(thing):
                self._of.setdefault(saying.words, []).append(saying)
                if n < _SPOKEN:
                    self._spoken.append(saying)
            # What is not spoken of the thing at all can be alike in meaning only.
            self._spoken += _situations(thing, rooms)
        self._index = build_index(list(self._of))
        self._forms: dict[tuple[str, NamedThing], list[str]] = {}
        for text, all_said in self._of.items():
            for saying in all_said:
                self._forms.setdefault((saying.action.name, saying.thing), []).append(text)
        self._encoder = encoder
        texts = list(dict.fromkeys([*OTHERWISE, *(saying.words for saying in self._spoken)]))
        row = {text: n for n, text in enumerate(texts)}
        self._rows = np.array([row[saying.words] for saying in self._spoken], np.intp)
        self._at: dict[tuple[str, NamedThing], list[int]] = {}
        for at, saying in enumerate(self._spoken):
            self._at.setdefault((saying.action.name, saying.thing), []).append(at)
        self._vectors = encoder.vectors(texts) if encoder is not None else None

    @property
    def knows_meaning(self) -> bool:
        """Whether meanings are compared."""
        return self._vectors is not None

    def near(
        self, heard: Sequence[str], room: str | None, also: Iterable[tuple[ActionPhrasing, NamedThing]] = ()
    ) -> tuple[list[SimilarRequest], float | None]:
        """Find the requests that come near to what was heard.

        Args:
            heard: the words.
            room: the id of the room that is spoken in.
            also: requests that were found otherwise and are to be looked at as well.

        Returns:
            The requests in no order, and the cosine to the nearest of what no home does, None without an encoder.
        """
        text = bare(heard)
        spoken: list[tuple[ActionPhrasing, NamedThing]] = [*also]
        for each in [*(one.text for one in self._index.search(text, _FOUND_BY_SOUND)), text]:
            spoken += [(saying.action, saying.thing) for saying in self._of.get(each, ())]
        otherwise, meanings = self._meanings(heard)
        if meanings is not None:
            best = np.argsort(-meanings)[:_FOUND_BY_MEANING]
            spoken += [(self._spoken[at].action, self._spoken[at].thing) for at in best]
        found = {
            (action.name, thing): SimilarRequest(action=action, thing=thing)
            for action, thing in spoken
            if not thing.here or thing.room == room
        }
        for key, near in found.items():
            if meanings is not None and key in self._at:
                nearest = max(self._at[key], key=meanings.__getitem__)
                near.meaning, near.meant = float(meanings[nearest]), self._spoken[nearest].words
                near.situation = self._spoken[nearest].situation
            for form in self._forms.get(key, ()):
                sound = sound_similarity(text, form)
                if sound > near.sound or not near.said:
                    near.sound, near.said = sound, form
                near.letters = max(near.letters, letter_similarity(text, form))
        return list(found.values()), otherwise

    def _meanings(self, heard: Sequence[str]) -> tuple[float | None, Vectors | None]:
        """Return the cosine to the nearest of what no home does, and that to each saying that has a vector."""
        if self._vectors is None or self._encoder is None:
            return None, None
        alike = self._vectors @ self._encoder.vectors([" ".join(heard)])[0]
        return float(alike[: len(OTHERWISE)].max()), alike[self._rows]


def _ways(thing: NamedThing) -> Iterator[tuple[int, _Saying]]:
    """Return the sayings that name a thing and what is done to it, each with how common it is: 0 is the commonest."""
    for action in ACTIONS:
        if thing.domain not in action.domains:
            continue
        for n, way in enumerate([way for way in action.ways if way][:_WAYS]):
            text = way.replace("*", thing.said) if "*" in way else f"{way} {thing.said}"
            if action.value is not None:
                text = f"{text} {_NUMBER} {action.value}"
            yield n, _Saying(words=bare(text.split()), action=action, thing=thing)


def _situations(thing: NamedThing, rooms: dict[str, str]) -> Iterator[_Saying]:
    """Return what is said of a room when all of a kind in it are to be acted on."""
    if not thing.whole or thing.room is None:
        return
    places = ("in here", "") if thing.here else (f"in the {rooms[thing.room]}",)
    for situation in SITUATIONS:
        if situation.domain == thing.domain:
            action = next(action for action in ACTIONS if action.name == situation.action)
            for said in situation.said:
                for place in places:
                    yield _Saying(words=" ".join(words(f"{said} {place}")), action=action, thing=thing, situation=True)
