"""Failing requests grouped by their words: requests that the assistant did not understand or carry out."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from sayagain.labels import Judgement
from sayagain.languages import language_of
from sayagain.text import normalise
from sayagain.turns import TroubleKind, Turn

__all__ = ["FailingRequest", "group_failing"]

Name = TypeVar("Name", bound=str)


class FailingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request that fails, all its wordings that differ in case and marks alone together."""

    words: str
    """The words as heard, normalised."""
    language: str | None
    """Their language (ISO 639); None where the log states none."""
    times: int
    """How often they failed."""
    users: int
    """Users for whom they did; those that are not known count as one."""
    last: int
    """When they failed last, in milliseconds since 1970."""
    error_code: str | None
    """What the assistant mostly said of it; None where it gives no codes."""
    trouble: TroubleKind | None
    """The most common kind of trouble: `not done` means that the words were understood."""
    meant: str | None
    """The most common meaning by verified labels, as words or a hypothesis; None without any."""


class _Group:
    def __init__(self) -> None:
        self.times = 0
        self.users: set[str | None] = set()
        self.last = 0
        self.codes: Counter[str] = Counter()
        self.troubles: Counter[TroubleKind] = Counter()
        self.meant: Counter[str] = Counter()

    def join(self, other: "_Group") -> None:
        self.times += other.times
        self.users |= other.users
        self.last = max(self.last, other.last)
        self.codes.update(other.codes)
        self.troubles.update(other.troubles)
        self.meant.update(other.meant)


def group_failing(
    turns: Iterable[Turn], judgement: Callable[[str], Judgement | None], *, limit: int | None = None
) -> list[FailingRequest]:
    """Group the requests that the assistant itself says it could not serve, the most frequent first.

    The same words in two languages are two requests; those that state none are in the commonest of the log.

    Args:
        turns: of the log, in any order; those that did not fail are passed over.
        judgement: what learning made of a turn, by its id.
        limit: at most so many groups.

    >>> from sayagain.turns import Response
    >>> no = Response(type="error", error_code="no_intent_match")
    >>> turns = [Turn(turn_id=f"t{i}", started=i, request="Lights off!", response=no) for i in range(2)]
    >>> [(each.words, each.times, each.trouble) for each in group_failing(turns, lambda _: None)]
    [('lights off', 2, 'not understood')]
    """
    groups: dict[tuple[str, str | None], _Group] = {}
    languages: Counter[str] = Counter()
    for turn in turns:
        language = language_of(turn.language)
        if language is not None:
            languages[language] += 1
        if turn.trouble is None:
            continue
        group = groups.setdefault((normalise(turn.heard), language), _Group())
        group.times += 1
        group.troubles[turn.trouble] += 1
        group.users.add(turn.user_id)
        group.last = max(group.last, turn.started)
        if turn.response is not None and turn.response.error_code is not None:
            group.codes[turn.response.error_code] += 1
        judged = judgement(turn.turn_id)
        if judged is not None and judged.label is not None and judged.label.verified:
            group.meant[judged.label.words or judged.label.hypothesis.description] += 1
    commonest = _most_common(languages)
    for words, language in list(groups) if commonest is not None else ():
        if language is None:
            groups.setdefault((words, commonest), _Group()).join(groups.pop((words, None)))
    requests = [
        FailingRequest(
            words=words,
            language=language,
            times=group.times,
            users=len(group.users),
            last=group.last,
            error_code=_most_common(group.codes),
            trouble=_most_common(group.troubles),
            meant=_most_common(group.meant),
        )
        for (words, language), group in groups.items()
    ]
    requests.sort(key=lambda each: (-each.times, -each.users, each.words, each.language or ""))
    return requests[:limit]


def _most_common(counts: Counter[Name]) -> Name | None:
    # Ties are broken by name, so that the same log gives the same answer.
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None
