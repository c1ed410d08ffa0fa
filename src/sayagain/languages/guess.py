"""Which language texts are in where nobody states it: the one whose small words they are full of."""

from collections.abc import Iterable
from functools import cache, lru_cache

from sayagain.languages.language import Language
from sayagain.languages.packs import DEFAULT, language_codes, language_pack
from sayagain.languages.wording import spoken_words

__all__ = ["guess_language"]

AHEAD = 2
"""How many words more another language must know before a text is not taken for the default: "no" is in many."""

FOREIGN = 1 / 3
"""Share of known words below which a text is not in another language than the default, and with letters that the
default does not have in neither. Chosen on half of Home Assistant's templates in 19 languages, tried on the other."""


def guess_language(texts: Iterable[str]) -> str | None:
    """Return the language of texts that belong together; `DEFAULT` in doubt, None for a language without a pack.

    >>> guess_language(["turn on the lamp", "no the other one"])
    'en'
    >>> guess_language(["kapcsold fel a lámpát", "no, még egyszer"]) is None
    True
    """
    return _guess(" ".join(texts))


@lru_cache(maxsize=1 << 14)
def _guess(text: str) -> str | None:
    said = frozenset(spoken_words(text, None))
    known = {code: _known(text, said, code) for code in language_codes()}
    best = max(known, key=lambda code: (known[code], code == DEFAULT))
    if known[best] - known[DEFAULT] >= AHEAD:
        # Danish shares its small words with Swedish, and Ukrainian with Russian.
        return best if known[best] >= FOREIGN * len(said) else None
    foreign = any(not word.isascii() and word.isalpha() for word in said)
    return None if foreign and known[DEFAULT] < FOREIGN * len(said) else DEFAULT


def _known(text: str, said: frozenset[str], code: str) -> int:
    pack = language_pack(code)
    parts = pack is not None and (pack.elided or pack.enclitics)
    return len(_vocabulary(code) & (said.union(spoken_words(text, pack)) if parts else said))


@cache
def _vocabulary(code: str) -> frozenset[str]:
    pack = language_pack(code)
    # The "s" of "today 's" is a word of French.
    return frozenset() if pack is None else frozenset(word for word in _words(pack) if len(word) > 1)


def _words(pack: Language) -> Iterable[str]:
    for words in (pack.articles, pack.common, pack.commands, pack.closings, pack.negations, pack.auxiliaries):
        yield from words
    for more in (pack.finite, pack.fillers, pack.social, pack.statements, pack.subjects):
        yield from more
    yield from (*pack.kinds, *pack.units)
    for phrases in (pack.questions, pack.polite, pack.corrections, pack.queries, pack.answers.yes, pack.answers.no):
        yield from (word for phrase in phrases for word in phrase)
    for pair in pack.opposites:
        yield from pair.one | pair.other
