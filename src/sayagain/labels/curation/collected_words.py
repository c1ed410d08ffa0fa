"""Words with the users' votes for their meanings, from which an example is made."""

from collections.abc import Iterable

import msgspec

from sayagain.labels.curation.example import Example
from sayagain.labels.curation.meaning import Meaning
from sayagain.labels.curation.votes import Votes
from sayagain.languages import common_tag

__all__ = ["CollectedWords"]


class CollectedWords(msgspec.Struct):
    """Words in one language, and what their users meant by them."""

    text: str
    """The normalised words."""
    language: str | None
    """Code of their language; None if unknown."""
    tags: list[str | None] = msgspec.field(default_factory=list)
    """Language tag of each turn with these words."""
    votes: Votes = msgspec.field(default_factory=Votes)
    """Votes for each meaning, by its key."""

    def example(
        self,
        meaning: Meaning,
        *,
        probability: float,
        times: int,
        signs: Iterable[str],
        works: str | None = None,
        understood: bool = False,
    ) -> Example:
        """Return the words as an example of one meaning; its provenance lists the signs."""
        return Example(
            text=self.text,
            language=self.language,
            tag=common_tag(self.tags),
            hypothesis=msgspec.structs.replace(meaning.hypothesis, confidence=None),
            here=meaning.here,
            works=works,
            probability=probability,
            times=times,
            users=self.votes.users(meaning.key),
            provenance=", ".join(sorted(signs)),
            understood=understood,
        )
