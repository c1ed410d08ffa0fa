"""Requests that only their context makes whole, with what people wrote in their place: MuDoCo-QR and CQR.

Sources: Tseng et al. 2021 (MuDoCo-QR); Regan et al. 2019 (CQR over KVRET); docs/references.md.
"""

import hashlib
import json
import re
from pathlib import Path

import msgspec

from sayagain.languages.reference_words import ReferenceWords
from sayagain.rewriting.completion.learn_completer import Example
from sayagain.rewriting.completion.utterance import read_utterance

__all__ = ["ContextRequest", "letters_of", "read_cqr", "read_mudoco"]

CONTEXT = 8
"""Utterances before a request that are looked at."""

_MARK = re.compile(r"<(?:CUR|USR|SYS)>")
_QUOTED = re.compile(r"' (\w[^']*) '")
_SPACED = ((" n't", "n't"), ("``", '"'), ("''", '"'), (" - ", "-"), ("Mr .", "Mr"), ("Mrs .", "Mrs"), ("Dr .", "Dr"))


class ContextRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a dialogue, with what it stands for."""

    example: Example
    """The request in its context."""
    request: str
    """As it was written."""
    meant: str
    """As a person wrote it out."""
    peer: str | None = None
    """As a published system wrote it out."""

    @property
    def is_needed(self) -> bool:
        """Whether a person changed it: letters and digits are compared."""
        return letters_of(self.request) != letters_of(self.meant)

    @property
    def half(self) -> int:
        """0 for development and 1 sealed, by dialogue."""
        return hashlib.sha256(self.example.group.encode()).digest()[0] % 2


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, in lower case; the published systems space and capitalise differently.

    >>> letters_of("<CUR> Paul Thompson .")
    'paulthompson'
    """
    return re.sub(r"[^a-z0-9]+", "", _MARK.sub("", text).lower())


def read_mudoco(folder: Path, references: ReferenceWords) -> list[ContextRequest]:
    """Return the requests of `mudoco_qr/*.jsonl`."""
    requests = []
    for path in sorted((folder / "mudoco_qr").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            context = [(text.startswith("<USR>"), text) for text in row["context"][-CONTEXT:]]
            group = row["id"].rpartition("-")[0]
            requests.append(
                _request(context, row["utterance"], row["rewrite"], group, references, row.get("peer_rewrite"))
            )
    return requests


def read_cqr(folder: Path, references: ReferenceWords) -> list[ContextRequest]:
    """Return the requests of `cqr/*.json` that crowd workers wrote out."""
    requests = []
    for path in sorted((folder / "cqr").glob("*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf-8")):
            said = [(turn["turn"] == "driver", turn["data"]["utterance"]) for turn in dialogue["dialogue"]]
            for place, turn in enumerate(dialogue["dialogue"]):
                meant = turn.get("reformulation", {}).get("reformulated_utt")
                if not meant or place == 0 or not said[place - 1][0]:
                    continue
                context = said[max(0, place - 1 - CONTEXT) : place - 1]
                group = dialogue["scenario"]["uuid"]
                requests.append(_request(context, said[place - 1][1], meant, group, references, None))
    return requests


def _request(
    context: list[tuple[bool, str]], request: str, meant: str, group: str, references: ReferenceWords, peer: str | None
) -> ContextRequest:
    example = Example(
        context=tuple(read_utterance(_plain(text), references, by_user=by_user) for by_user, text in context),
        request=read_utterance(_plain(request), references, by_user=True),
        meant=read_utterance(_plain(meant), references, by_user=True),
        group=group,
    )
    return ContextRequest(example=example, request=request, meant=meant, peer=peer)


def _plain(text: str) -> str:
    """Undo how the publisher parted words."""
    text = _MARK.sub("", text)
    for spaced, plain in _SPACED:
        text = text.replace(spaced, plain)
    return _QUOTED.sub(r'" \1 "', text)
