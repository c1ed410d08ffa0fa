"""Requests that Home Assistant's own sentences do not have, with what they mean: paraphrases, slips, words left out."""

import random
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchmarks.no_harm_requests import forbidden_requests
from benchmarks.no_harm_templates import home_in
from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.assistants.homeassistant.cold_start.template_requests import NUMBER, template_requests
from sayagain.languages import Language, language_pack
from sayagain.text import words

__all__ = ["HALVES", "Half", "IntendedRequest", "half_home", "intended_requests"]

Half = Literal["development", "sealed", "unseen"]
HALVES: dict[str, tuple[Half, ...]] = {
    "de": ("development", "sealed"),
    **dict.fromkeys(("es", "fr", "it", "nl", "pl", "pt", "ru", "sv"), ("unseen",)),
}
"""Parts of the requests by language. Everything was chosen on the development half of one; in the others on nothing."""

_GERMAN = Path(__file__).with_name("cold_start_german.toml")
_OTHERS = Path(__file__).with_name("cold_start_unseen.toml")
_FEATURES = {"cover": 15, "climate": 387, "fan": 49, "media_player": 152_461, "vacuum": 14_204}
_SLIPS = 220
"""Requests with wrong or missing letters, or with a word left out."""
_THINGS = 6
"""Things that each paraphrase is said of."""
_NUMBERS = {"HassClimateSetTemperature": (19, 21, 22)}
_OTHER_NUMBERS = (20, 30, 40, 60, 70)
_LETTERS = "ersnti"
_LONG = 4
"""Letters of a word in which one may be wrong."""


class IntendedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request and what was meant by it."""

    text: str
    """The words."""
    kind: Literal["paraphrase", "letters", "ellipsis", "no order"]
    """How it differs from what Home Assistant has a sentence for."""
    intent: str | None = None
    """What is to be done; None where nothing is."""
    targets: frozenset[str] = frozenset()
    """To what."""
    number: str | None = None
    """How much."""


@cache
def half_home(code: str, half: Half) -> HomeSnapshot:
    """Return the home of one half."""
    if half == "unseen":
        return home_in(code)
    read = _read(code, half)
    things = [
        Entity(
            id=f"{domain}.t{at}",
            names=(name,),
            area=f"room_{room}",
            device_class=kind or None,
            features=_FEATURES.get(domain, 0),
        )
        for at, (domain, kind, name, _, room) in enumerate(read["things"])
    ]
    areas = tuple(HomeArea(id=f"room_{at}", names=(name,)) for at, name in enumerate(read["rooms"]))
    return HomeSnapshot(
        areas=areas,
        entities=tuple(sorted(things, key=lambda thing: thing.id)),
        devices={area.id: area.id for area in areas},
    )


def intended_requests(code: str, half: Half, oracle: Oracle) -> list[IntendedRequest]:
    """Return the requests of one half that Home Assistant does not understand.

    Args:
        code: of the language.
        half: which.
        oracle: reads requests in the home of that half.
    """
    rng = random.Random(f"{code} {half}")  # noqa: S311  (a draw, and no secret)
    pack = language_pack(code)
    assert pack is not None, code
    made = [*_paraphrases(code, half, rng), *_slips(oracle, pack, rng)]
    if half == "unseen":
        others = (each.text for each in forbidden_requests(code) if each.kind != "numbers")
        made += [IntendedRequest(text=text, kind="no order") for text in others]
    return [request for request in made if not oracle.recognises(request.text)]


def _paraphrases(code: str, half: Half, rng: random.Random) -> Iterator[IntendedRequest]:
    read, home = _read(code, half), half_home(code, half)
    articles = {f"{domain}.t{at}": article for at, (domain, _, _, article, _) in enumerate(read.get("things", ()))}
    for group in read["requests"]:
        domains, intent = group["of"], group.get("intent")
        kind: Literal["paraphrase", "no order"] = "no order" if intent is None else "paraphrase"
        for pattern in group["said"].splitlines():
            if "room" in domains:
                for area in home.areas:
                    lights = frozenset(e.id for e in home.entities if e.domain == "light" and e.area == area.id)
                    text = pattern.format(r=area.names[0].lower())
                    if lights:
                        yield IntendedRequest(text=text, kind=kind, intent=intent, targets=lights)
                continue
            if not domains:
                yield IntendedRequest(text=pattern, kind=kind)
            things = [thing for thing in home.entities if thing.domain in domains]
            for thing in rng.sample(things, min(len(things), _THINGS)):
                name = thing.names[0].lower()
                number = str(rng.choice(_NUMBERS.get(intent or "", _OTHER_NUMBERS)))
                yield IntendedRequest(
                    text=pattern.format(a=f"{articles.get(thing.id, '')} {name}", n=name, v=number),
                    kind=kind,
                    intent=intent,
                    targets=frozenset({thing.id}) if intent is not None else frozenset(),
                    number=number if "{v}" in pattern else None,
                )


def _slips(oracle: Oracle, pack: Language, rng: random.Random) -> list[IntendedRequest]:
    """Return sentences that Home Assistant has, with letters wrong or without a word that says little."""
    known = [request for request in template_requests(oracle.home, oracle.intents, seed=2) if not request.here]
    names = {word for entity in oracle.home.exposed for name in entity.names for word in words(name)}
    names |= {word for area in oracle.home.areas for word in words(area.names[0])}
    telling = names.union(pack.kinds, *(pair.one | pair.other for pair in pack.opposites))
    found: list[IntendedRequest] = []
    by_intent = ["HassTurnOn", "HassTurnOff"] * 4 + sorted({request.intent for request in known})
    while len(found) < _SLIPS:
        intent = rng.choice(by_intent)
        request = rng.choice([one for one in known if one.intent == intent])
        number = str(rng.choice(_NUMBERS.get(intent, _OTHER_NUMBERS)))
        said = request.text.replace(NUMBER, number)
        hypothesis = oracle.read(said)
        if hypothesis is None or not hypothesis.targets:
            continue
        kind: Literal["letters", "ellipsis"] = rng.choice(("letters", "letters", "ellipsis"))
        heard = said.lower().split()
        places = [
            at
            for at, word in enumerate(heard)
            if (len(word) >= _LONG and word.isalpha() if kind == "letters" else word.isalpha() and word not in telling)
        ]
        if not places:
            continue
        if kind == "letters":
            for at in rng.sample(places, min(len(places), rng.choice((1, 1, 2)))):
                heard[at] = _misspelt(heard[at], rng)
        else:
            del heard[rng.choice(places)]
        found.append(
            IntendedRequest(
                text=" ".join(heard),
                kind=kind,
                intent=hypothesis.frames[0].intent,
                targets=hypothesis.targets,
                number=number if request.number is not None else None,
            )
        )
    return found


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    letter = rng.choice(_LETTERS)
    ways: Sequence[str] = (
        word[:at] + word[at + 1 :],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
    )
    return rng.choice(ways)


@cache
def _read(code: str, half: Half) -> dict[str, Any]:
    if half == "unseen":
        others: dict[str, Any] = tomllib.loads(_OTHERS.read_text(encoding="utf-8"))[code]
        return others
    german: dict[str, Any] = tomllib.loads(_GERMAN.read_text(encoding="utf-8"))[half]
    return german
