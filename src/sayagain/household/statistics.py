"""Statistics of a replay from its log and its truth: errors, failure points, repeats, sessions a day."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import msgspec
from rapidfuzz.distance import Levenshtein

from sayagain.household.number_words import spell_number
from sayagain.household.reactions import REPLY_REACTIONS
from sayagain.household.replay import Week
from sayagain.household.truth import Truth
from sayagain.turns import Turn

__all__ = ["Statistics", "measure", "word_error_share"]

Key = tuple[str, bool, str]
"""Name of a counter, whether it counts defects, and the name of a class."""

_KINDS_WITHOUT_REACTION = REPLY_REACTIONS | {"television"}


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a replay, and the rates that follow from them."""

    turns: int
    """Number of turns."""
    users: int
    """Number of speakers."""
    sessions_a_day: float
    """Sessions a home and day."""
    word_error_rate: float
    """Word errors per word said, without false wakes; numbers are equal in words and digits."""
    misheard_rate: float
    """Share of turns in which any word was wrong."""
    no_hypothesis_rate: float
    """Share of turns without a hypothesis."""
    defect_rate: float
    """Share of turns that failed."""
    failure_points: dict[str, float]
    """Share of turns by failure point."""
    defects_by_kind: dict[str, tuple[int, int]]
    """Defects and turns by kind of want."""
    defects_by_family: dict[str, tuple[int, int]]
    """Defects and turns by ambiguous family."""
    reactions_after_defects: dict[str, float]
    """Shares of reactions after a defect."""
    reactions_after_successes: dict[str, float]
    """Shares of reactions after a successful turn."""
    repeats_after_defects: float
    """Share of defects after which the session repeats the same words."""
    repeats_after_successes: float
    """Share of successful turns after which the session repeats the same words."""
    barge_ins: tuple[float, float]
    """Shares of answers that the user cuts short, after defects and after successful turns."""


def measure(weeks: Iterable[Week]) -> Statistics:
    """Return the statistics of a replay; the weeks are read once, one at a time.

    Raises:
        ValueError: there are no turns.
    """
    counts: Counter[Key] = Counter()
    users: set[str | None] = set()
    sessions: set[str | None] = set()
    days = 0
    for week in weeks:
        days += 7
        for turn, truth in zip(week.turns, week.truths, strict=True):
            users.add(turn.user_id)
            sessions.add(turn.session_id)
            _count_turn(turn, truth, counts)
        for previous, following in pairwise(zip(week.turns, week.truths, strict=True)):
            is_repeat = previous[0].session_id == following[0].session_id and previous[1].said == following[1].said
            counts["again", previous[1].defect, ""] += is_repeat
    turns, defects = counts["turns", False, ""], counts["defect", True, ""]
    if not turns:
        raise ValueError("there are no turns to measure")
    homes = {str(session)[:6] for session in sessions}
    return Statistics(
        turns=turns,
        users=len(users),
        sessions_a_day=len(sessions) / max(1, len(homes)) / days,
        word_error_rate=counts["word errors", False, ""] / max(1, counts["words", False, ""]),
        misheard_rate=counts["misheard", False, ""] / turns,
        no_hypothesis_rate=counts["empty", False, ""] / turns,
        defect_rate=defects / turns,
        failure_points={name: count / turns for (key, _, name), count in sorted(counts.items()) if key == "point"},
        defects_by_kind=_defect_counts(counts, "kind"),
        defects_by_family=_defect_counts(counts, "family"),
        reactions_after_defects=_name_shares(counts, "reaction", defect=True),
        reactions_after_successes=_name_shares(counts, "reaction", defect=False),
        repeats_after_defects=counts["again", True, ""] / max(1, defects),
        repeats_after_successes=counts["again", False, ""] / max(1, turns - defects),
        barge_ins=(
            counts["cut", True, ""] / max(1, counts["answer", True, ""]),
            counts["cut", False, ""] / max(1, counts["answer", False, ""]),
        ),
    )


def _name_shares(counts: Counter[Key], counter: str, *, defect: bool) -> dict[str, float]:
    """Return the share of each name, the most frequent first."""
    name_counts = {name: count for (key, failed, name), count in counts.items() if key == counter and failed is defect}
    return {
        name: count / sum(name_counts.values())
        for name, count in sorted(name_counts.items(), key=lambda entry: (-entry[1], entry[0]))
    }


def _defect_counts(counts: Counter[Key], counter: str) -> dict[str, tuple[int, int]]:
    """Return the defects and the turns of each name."""
    names = sorted({name for key, _, name in counts if key == counter})
    return {
        name: (counts[counter, True, name], counts[counter, True, name] + counts[counter, False, name])
        for name in names
    }


def _count_turn(turn: Turn, truth: Truth, counts: Counter[Key]) -> None:
    defect = truth.defect
    counts["turns", False, ""] += 1
    counts["defect", defect, ""] += 1
    counts["point", False, truth.failure_point] += 1
    counts["kind", defect, truth.kind] += 1
    if truth.family:
        counts["family", defect, truth.family] += 1
    hypothesis = turn.hypothesis
    counts["empty", False, ""] += hypothesis is None or hypothesis.empty
    if turn.speech is not None:
        counts["answer", defect, ""] += 1
        counts["cut", defect, ""] += turn.interrupted is not None and turn.interrupted.yes
    if truth.reaction and truth.kind not in _KINDS_WITHOUT_REACTION:
        counts["reaction", defect, truth.reaction] += 1
    if truth.failure_point != "false wake" and turn.asr is not None:
        errors, words = word_error_share(truth.said, turn.asr.text)
        counts["word errors", False, ""] += errors
        counts["words", False, ""] += words
        counts["misheard", False, ""] += errors > 0


def word_error_share(said: str, heard: str) -> tuple[int, int]:
    """Return the number of word errors and the number of words said.

    >>> word_error_share("set a timer for twenty minutes", "set the timer for 20 minutes")
    (1, 6)
    """
    words = _words(said)
    return Levenshtein.distance(words, _words(heard)), len(words)


def _words(text: str) -> list[str]:
    words = text.replace("'", "").split()
    spelled_words = (spell_number(int(word)) if word.isdigit() and len(word) < 4 else word for word in words)
    return " ".join(spelled_words).split()
