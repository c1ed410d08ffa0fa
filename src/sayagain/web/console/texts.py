"""The texts of the console: one file a language, chosen by what the browser accepts; English fills the gaps."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["FALLBACK", "Texts", "languages", "texts_for"]

FALLBACK = "en"
"""The language that has every text."""

_FOLDER = Path(__file__).parent / "texts"


class Texts:
    """The texts of one language.

    Args:
        code: the language (ISO 639).

    >>> Texts("de")("nav.today")
    'Heute'
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._texts: Mapping[str, str] = {**_read(FALLBACK), **_read(code)}

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in.

        Raises:
            KeyError: no language has this text.
        """
        return self._texts[key].format(**values)

    def __contains__(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in self._texts

    def word(self, group: str, name: str) -> str:
        """Return the name of a thing of a closed list, such as a stage; a name that nobody listed stays as it is.

        >>> Texts("en").word("stage", "asr"), Texts("en").word("layer", "mine")
        ('Speech recognition', 'mine')
        """
        return self._texts.get(f"{group}.{name}", name)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a file."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def _texts_of(code: str) -> Texts:
    return Texts(code)


def texts_for(accepted: str) -> Texts:
    """Return the texts in the first language that a browser accepts and that has a file.

    Args:
        accepted: the header `Accept-Language`.

    >>> texts_for("fr-CH, de;q=0.8, en;q=0.9").code, texts_for("").code
    ('en', 'en')
    """
    weighted = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), place, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return _texts_of(next((code for _, _, code in sorted(weighted) if code in languages()), FALLBACK))


@cache
def _read(code: str) -> Mapping[str, str]:
    sections = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}
