"""Languages without a pack, with the consequences in plain words."""

from collections.abc import Iterable, Iterator

from sayagain.languages import language_codes

__all__ = ["missing_pack_sentences"]


def missing_pack_sentences(languages: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each language without a pack.

    Args:
        languages: their codes (ISO 639).

    >>> list(missing_pack_sentences(["en"]))
    []
    """
    for code in languages:
        if code not in language_codes():
            yield (
                f"There is no language pack for {code}, so no guardrail can judge a guess in it: nothing is retrieved, "
                "joined or chained. Only what users verified for these very words is put right, where spelling or "
                "hypotheses show the same act; what is understood passes untouched."
            )
