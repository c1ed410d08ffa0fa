"""Mishearings: phrases that a recogniser writes for others, learnt from pairs of what was heard and what was said.

"play list" for "playlist", "uh" for "add" at the beginning: a recogniser errs in the same way again and again, and
differently from every other one. So the phrases are learnt from the log; nothing is built in.
Source: Berger and Lafferty 1999, "Information Retrieval as Statistical Translation"; docs/references.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from rapidfuzz.distance import Levenshtein

__all__ = ["HeardPair", "Mishearings", "learn_mishearings"]

LONGEST = 3
"""Most words of a phrase, on either side."""

OFTEN = 2
"""Least occurrences of a phrase that is learnt."""

LEAST = 0.25
"""Least share of a phrase's occurrences in which the other was said."""

START = "^"
"""Stands for the beginning of a request."""


class HeardPair(msgspec.Struct, frozen=True):
    """What was heard of a request, and what was said."""

    heard: str
    """As the recogniser wrote it, normalised."""
    said: str
    """The words that worked, normalised; the same where it was heard right."""
    unit: str = ""
    """The fitting unit that it comes from."""


class Mishearings(msgspec.Struct, frozen=True):
    """Phrases to read as others."""

    phrases: dict[str, str] = {}
    """From a heard phrase to the said one; a phrase may begin with `^`, the beginning of a request."""

    def restore(self, heard: str) -> str:
        """Return what was heard with each known phrase replaced, the longest first.

        >>> Mishearings({"^ uh": "^ add", "play list": "playlist"}).restore("uh this to my play list")
        'add this to my playlist'
        """
        words = [START, *heard.split()]
        restored: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(LONGEST + 1, len(words) - at), 0, -1):
                said = self.phrases.get(" ".join(words[at : at + length]))
                if said is not None:
                    restored += said.split()
                    at += length
                    break
            else:
                restored.append(words[at])
                at += 1
        return " ".join(word for word in restored if word != START)


def learn_mishearings(
    pairs: Sequence[HeardPair], *, min_users: int = 1, units: Mapping[str, str] | None = None
) -> Mishearings:
    """Learn which phrases stand for which.

    Args:
        pairs: also of requests that were heard right, which say how often a phrase means itself.
        min_users: phrases that fewer users stand behind are left out.
        units: from a fitting unit to the user that it counts as; one that is not named counts as itself.

    >>> heard = [HeardPair("uh this song", "add this song"), HeardPair("uh my song", "add my song")]
    >>> learn_mishearings(heard).phrases["^ uh"]
    '^ add'
    """
    totals: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    units = units or {}
    for pair in pairs:
        heard_words = [START, *pair.heard.split()]
        totals.update(_phrases(heard_words))
        for heard, said in _replaced(heard_words, [START, *pair.said.split()]):
            counts[heard][said] += 1
            users[heard, said].add(units.get(pair.unit, pair.unit))
    phrases = {}
    for heard, said_counts in sorted(counts.items()):
        said, count = min(said_counts.items(), key=lambda item: (-item[1], item[0]))
        if count >= OFTEN and count >= LEAST * totals[heard] and len(users[heard, said]) >= min_users:
            phrases[heard] = said
    return Mishearings(phrases)


def _phrases(words: Sequence[str]) -> Iterable[str]:
    for length in range(1, LONGEST + 2):
        for at in range(len(words) - length + 1):
            yield " ".join(words[at : at + length])


def _replaced(heard: Sequence[str], said: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each stretch that differs, alone and with the word before it."""
    operations = list(Levenshtein.opcodes(heard, said))
    at = 0
    while at < len(operations):
        if operations[at].tag == "equal":
            at += 1
            continue
        end = at
        while end + 1 < len(operations) and operations[end + 1].tag != "equal":
            end += 1
        low, high = operations[at].src_start, operations[end].src_end
        said_low, said_high = operations[at].dest_start, operations[end].dest_end
        at = end + 1
        if high - low > LONGEST or said_high - said_low > LONGEST:
            continue
        if high > low and said_high > said_low:
            yield " ".join(heard[low:high]), " ".join(said[said_low:said_high])
        if low:
            yield " ".join(heard[low - 1 : high]), " ".join(said[said_low - 1 : said_high])
