"""The verified table: P(hypothesis | heard string), from turns that ended well.

The assistant sometimes understands nothing in a heard string and sometimes the right thing, and only the right
hypothesis ends well. So the table leaves the empty hypothesis out (a plain majority would copy the error) and counts
each turn for all transcripts of its ASR n-best by their weight. While learning, a lookup for a user can leave the
user's own turns out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Annotated

import msgspec

from sayagain.labels import Label
from sayagain.rewriting.unit_counts import UnitCounts
from sayagain.text import limit_text, normalise
from sayagain.turns import AsrHypothesis, Hypothesis, Turn

__all__ = ["BREADTH", "Table", "TableRow", "Use", "shares", "transcripts"]

BREADTH = 5
"""Number of transcripts of the n-best that are used."""


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One hypothesis that a heard string turned out to have."""

    hypothesis: Hypothesis = msgspec.field(name="reading")
    """What was meant."""
    weight: float
    """Verified turns behind it, each counted by the weight of the string in its n-best and the label's probability."""
    users: int
    """Different users behind it."""


class TableRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one heard string."""

    heard: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Turns in which it was the best transcript and was left as it was."""
    failed: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Those of them in which the assistant said that it could not."""
    judged: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Those of them that were judged."""
    defects: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Judged turns that went wrong, as a sum of probabilities."""
    users: int = 0
    """Different users from whom it was heard."""
    plain: Hypothesis | None = None
    """What the assistant mostly makes of it when left as it is; None when it was never left so."""
    uses: tuple[Use, ...] = ()
    """Verified hypotheses, the weightiest first; never the empty one."""

    @property
    def mostly_fails(self) -> bool:
        """Whether these words, left as they are, are judged to go wrong more often than not.

        >>> TableRow(heard=4, judged=4, defects=3.1).mostly_fails, TableRow(heard=4).mostly_fails
        (True, False)
        """
        return self.defects > self.judged / 2


Lookup = Callable[[str], TableRow | None]
"""From a normalised string to its row."""


def transcripts(turn: Turn, breadth: int = BREADTH) -> list[tuple[str, float]]:
    """Return the strings heard, normalised, with weights that sum to 1, best first.

    Of a long one only the beginning is looked at (`limit_text`). Confidences may be probabilities or, when none is
    above 0, logarithms; without them rank k weighs 1/k².

    >>> transcripts(Turn(turn_id="t", started=0, request="Lamp on!"))
    [('lamp on', 1.0)]
    """
    nbest = turn.asr.nbest[:breadth] if turn.asr is not None else ()
    if not nbest or turn.applied_rewrite is not None:
        return [(_normalised_text(turn.heard), 1.0)]
    return list(_transcript_weights(nbest))


# One decision asks for the transcripts of its turn several times.
@lru_cache(maxsize=1 << 10)
def _normalised_text(heard: str) -> str:
    return normalise(limit_text(heard))


@lru_cache(maxsize=1 << 10)
def _transcript_weights(nbest: tuple[AsrHypothesis, ...]) -> tuple[tuple[str, float], ...]:
    scores = [transcript.confidence for transcript in nbest if transcript.confidence is not None]
    highest = max(scores, default=1.0)
    logarithms = highest <= 0
    weights: dict[str, float] = {}
    for rank, transcript in enumerate(nbest, start=1):
        weight = 1 / rank**2
        if transcript.confidence is not None:
            # Relative to the highest, since the likelihood of a whole sentence is too small for a float.
            weight = math.exp(transcript.confidence - highest) if logarithms else max(transcript.confidence, 0.0)
        text = normalise(limit_text(transcript.text))
        weights[text] = weights.get(text, 0.0) + weight
    total = sum(weights.values())
    if total <= 0:
        return tuple((text, 1 / len(weights)) for text in weights)
    return tuple((text, weight / total) for text, weight in weights.items())


def shares(strings: Iterable[tuple[str, float]], lookup: Lookup) -> dict[str, tuple[Hypothesis, float, float]]:
    """Return for each verified hypothesis of what was heard its share among them and the support behind it.

    Args:
        strings: as made by `transcripts`.
        lookup: from a string to its row.

    Returns:
        By the hypothesis's key: the hypothesis, its share in [0, 1], its support in turns.
    """
    mass: dict[str, float] = defaultdict(float)
    hypotheses: dict[str, Hypothesis] = {}
    for text, weight in strings:
        row = lookup(text)
        for use in row.uses if row is not None else ():
            mass[use.hypothesis.key] += weight * use.weight
            hypotheses.setdefault(use.hypothesis.key, use.hypothesis)
    total = sum(mass.values())
    return {key: (hypotheses[key], m / total, m) for key, m in mass.items()} if total > 0 else {}


class Table(UnitCounts):
    """The table during learning, with separate counts for each fitting unit."""

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        super().__init__(units)
        self._uses: dict[str, dict[str, dict[str, float]]] = {}
        self._heard: dict[str, dict[str, list[float]]] = {}
        self._plain: dict[str, dict[str, dict[str, float]]] = {}
        self._hypotheses: dict[str, Hypothesis] = {}
        self._whole_rows: dict[tuple[str, int], TableRow | None] = {}

    def add(self, turn: Turn, label: Label | None, user: str, p_defect: float | None = None) -> None:
        """Count one turn of a fitting unit and, where there is one, its label and P(it went wrong)."""
        strings = transcripts(turn)
        self._whole_rows.clear()
        if turn.applied_rewrite is None or turn.applied_rewrite.layer == "leave":
            text = strings[0][0]
            count = self._heard.setdefault(text, {}).setdefault(user, [0.0, 0.0, 0.0, 0.0])
            count[0] += 1
            count[1] += turn.failed and turn.trouble != "not done"
            # What was understood and not done says nothing about the words.
            if p_defect is not None and turn.trouble != "not done":
                count[2] += 1
                count[3] += p_defect
            read_key = self._hypothesis_key(turn.understood)
            plain = self._plain.setdefault(text, {}).setdefault(read_key, {})
            plain[user] = plain.get(user, 0.0) + 1
        if label is not None and label.verified:
            meant_key = self._hypothesis_key(label.hypothesis)
            for text, weight in strings:
                by_user = self._uses.setdefault(text, {}).setdefault(meant_key, {})
                by_user[user] = by_user.get(user, 0.0) + weight * label.probability

    def add_heard(self, text: str, unit: str, hypothesis: Hypothesis, turns: int, failed: int) -> None:
        """Count turns of a fitting unit, none of them judged, in which a string was the best transcript.

        Args:
            text: normalised.
            unit: the fitting unit.
            hypothesis: what the assistant made of the string, left as it was.
            turns: how often.
            failed: in how many of them the assistant said that it could not.
        """
        self._whole_rows.clear()
        count = self._heard.setdefault(text, {}).setdefault(unit, [0.0, 0.0, 0.0, 0.0])
        count[0] += turns
        count[1] += failed
        plain = self._plain.setdefault(text, {}).setdefault(self._hypothesis_key(hypothesis), {})
        plain[unit] = plain.get(unit, 0.0) + turns

    def add_use(self, text: str, unit: str, hypothesis: Hypothesis, weight: float) -> None:
        """Count a verified hypothesis of a string by a fitting unit, with the weight of all its turns."""
        self._whole_rows.clear()
        by_unit = self._uses.setdefault(text, {}).setdefault(self._hypothesis_key(hypothesis), {})
        by_unit[unit] = by_unit.get(unit, 0.0) + weight

    def row(self, text: str, without: str | None = None, min_users: int = 1) -> TableRow | None:
        """Look a string up.

        Args:
            text: normalised.
            without: a fitting unit that is left out.
            min_users: users who must stand behind each hypothesis.

        Returns:
            None when nothing is left.
        """
        if without is None or not self._holds(text, without):
            key = text, min_users
            if key not in self._whole_rows:
                self._whole_rows[key] = self._row(text, None, min_users)
            return self._whole_rows[key]
        return self._row(text, without, min_users)

    def _row(self, text: str, without: str | None, min_users: int) -> TableRow | None:
        heard_counts = {unit: count for unit, count in self._heard.get(text, {}).items() if unit != without}
        uses = []
        for key, by_unit in self._uses.get(text, {}).items():
            weights = {unit: weight for unit, weight in by_unit.items() if unit != without}
            users = len(self._users(weights))
            if weights and users >= min_users:
                uses.append(Use(hypothesis=self._hypotheses[key], weight=sum(weights.values()), users=users))
        if not heard_counts and not uses:
            return None
        uses.sort(key=lambda use: (-use.weight, use.hypothesis.key))
        plain = []
        for key, by_unit in self._plain.get(text, {}).items():
            turns = {unit: n for unit, n in by_unit.items() if unit != without}
            if turns and len(self._users(turns)) >= min_users:
                plain.append((-sum(turns.values()), key))
        commonest = min(plain, default=(0.0, ""))
        return TableRow(
            heard=sum(count[0] for count in heard_counts.values()),
            failed=sum(count[1] for count in heard_counts.values()),
            judged=sum(count[2] for count in heard_counts.values()),
            defects=sum(count[3] for count in heard_counts.values()),
            users=len(self._users(heard_counts)),
            plain=self._hypotheses[commonest[1]] if commonest[0] < 0 else None,
            uses=tuple(uses),
        )

    def rows(self, min_users: int) -> dict[str, TableRow]:
        """Return the rows that may be shown to everybody: strings and hypotheses with enough users behind them."""
        rows: dict[str, TableRow] = {}
        for text in sorted(self._heard.keys() | self._uses.keys()):
            row = self.row(text, min_users=min_users)
            if row is not None and (row.uses or row.users >= min_users):
                rows[text] = row
        return rows

    def hypothesis(self, key: str) -> Hypothesis | None:
        """Return the hypothesis of a key that was counted."""
        return self._hypotheses.get(key)

    def _holds(self, text: str, unit: str) -> bool:
        """Return whether a unit has a part in the row of a string."""
        return unit in self._heard.get(text, ()) or any(
            unit in by_unit for by_unit in (*self._uses.get(text, {}).values(), *self._plain.get(text, {}).values())
        )

    def _hypothesis_key(self, hypothesis: Hypothesis) -> str:
        key = hypothesis.key
        if key not in self._hypotheses:
            # One spelling a hypothesis: no confidence, slots in order; so equal hypotheses are equal records.
            self._hypotheses[key] = Hypothesis(
                intent=hypothesis.intent,
                domain=hypothesis.domain,
                slots=tuple(sorted(hypothesis.slots, key=lambda slot: (slot.name, str(slot.value)))),
            )
        return key
