"""Requests that must not be acted on as they stand, each with what it must not become: the same without "not"."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.no_harm_home import guarded_home
from sayagain.guardrails.stated_times import without_times
from sayagain.languages import DEFAULT, Language, language_codes, language_pack, spoken_words
from sayagain.text import letter_similarity, words

__all__ = [
    "HALVES",
    "NOT_NOW",
    "Forbidden",
    "Half",
    "commands",
    "forbidden_requests",
    "harmless_pairs",
    "read_requests",
    "unseen_pairs",
]

WRITTEN = Path(__file__).with_name("no_harm_requests.txt")
UNSEEN = Path(__file__).with_name("no_harm_unseen.toml")
SENTENCES = Path(__file__).parent.parent / "tests" / "languages" / "sentences"
"""What each language file is tested on, `CODE.toml`."""

NOT_NOW = ("question", "report", "complaint", "negation", "time", "duration", "step")
"""Kinds of written requests that order nothing, or nothing now."""

PAIRS = ("questions_to_commands", "negated", "numbers", "later")
"""Kinds of a language's sentences that stand beside what they must not become."""

ALONE = ("question", "report")
"""Kinds that do not: the command that is most like them tempts."""


Half = Literal["development", "sealed", "unseen"]
HALVES: tuple[Half, ...] = ("development", "sealed", "unseen")
"""Parts of the requests that are tried on the guardrails alone."""


class Forbidden(msgspec.Struct, frozen=True, kw_only=True):
    """A request that must not be acted on as it stands."""

    language: str
    """Of its words."""
    kind: str
    """Why not."""
    text: str
    """The words."""
    tempting: str
    """What it must not become."""
    room: str | None = None
    """Where it is said."""


def read_requests() -> dict[str, list[tuple[str, str | None]]]:
    """Return the written requests in English by kind, each with the room that it is said in."""
    kinds: dict[str, list[tuple[str, str | None]]] = {}
    kind = ""
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            said, _, room = line.partition(" @")
            kinds.setdefault(kind, []).append((said, room or None))
    return kinds


def forbidden_requests(code: str) -> list[Forbidden]:
    """Return all of a language that has a pack, each wording once; in English those of `read_requests`, too."""
    pack = language_pack(code)
    assert pack is not None, code
    known = commands(code)
    made = [
        Forbidden(language=code, kind=kind, text=text, tempting=tempting)
        for kind in PAIRS
        for text, tempting in _pairs(code, kind)
    ]
    alone: list[tuple[str, str, str | None]] = [(kind, text, None) for kind in ALONE for text in _lines(code, kind)]
    if code == DEFAULT:
        alone += [(kind, text, room) for kind in NOT_NOW for text, room in read_requests()[kind]]
    for kind, text, room in alone:
        tempting = _tempting(text, pack, known)
        made.append(Forbidden(language=code, kind=kind, text=text, tempting=tempting, room=room))
    once = {" ".join(words(each.text)): each for each in reversed(made)}
    return [each for each in made if once[" ".join(words(each.text))] is each]


def commands(code: str) -> list[str]:
    """Return commands of a language that work."""
    found = [*_lines(code, "command"), *(tempting for kind in PAIRS for _, tempting in _pairs(code, kind))]
    return list(dict.fromkeys([*_plain_commands(), *found] if code == DEFAULT else found))


def harmless_pairs(code: str) -> list[tuple[str, str]]:
    """Return pairs of a misheard request and what was said."""
    return _pairs(code, "harmless")


def unseen_pairs(code: str, half: Half) -> list[tuple[str, str]]:
    """Return pairs of a request that no sentence of a language file is made from and what it must not become.

    Args:
        code: of the language.
        half: `development`, which the guardrails were mended by, or `sealed`; see the head of the file.
    """
    return _split(line for line in tomllib.loads(UNSEEN.read_text(encoding="utf-8"))[half][code].splitlines() if line)


def _tempting(text: str, pack: Language, known: Sequence[str]) -> str:
    """Return what a request would be without its negation or its time, or else the command that is most like it."""
    said = spoken_words(text, pack)
    plain = " ".join(word for word in said if word not in pack.negations)
    timeless = without_times(plain.split()) if pack.code == DEFAULT else plain
    if timeless.split() != list(said) and timeless.split()[:1] and timeless.split()[0] in pack.commands:
        return timeless
    there = set(said)
    shared = {command: len(there & set(spoken_words(command, pack))) for command in known}
    return max(known, key=lambda command: (shared[command], letter_similarity(text, command)))


def _plain_commands() -> Iterator[str]:
    verbs = {
        "light": ("turn on", "turn off"),
        "switch": ("turn on", "turn off"),
        "fan": ("turn on", "turn off"),
        "climate": ("turn on", "turn off"),
        "media_player": ("turn on", "turn off"),
        "cover": ("open", "close"),
        "valve": ("open", "close"),
        "lock": ("lock", "unlock"),
        "vacuum": ("start",),
    }
    for entity in guarded_home().entities:
        for verb in verbs.get(entity.domain, ()):
            yield f"{verb} the {entity.names[0].lower()}"


def _pairs(code: str, kind: str) -> list[tuple[str, str]]:
    return _split(_lines(code, kind))


def _split(lines: Iterable[str]) -> list[tuple[str, str]]:
    pairs = (line.partition(" = ") for line in lines)
    return [(text, other) for text, _, other in pairs]


def _lines(code: str, kind: str) -> list[str]:
    assert code in language_codes(), code
    read = tomllib.loads((SENTENCES / f"{code}.toml").read_text(encoding="utf-8"))
    return [line for line in read[kind].splitlines() if line]
