"""The counts of older turns as the SQL steps left them, and how they are added to those of the latest turns."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sayagain.learning.history.step_runner import StepRecord
from sayagain.rewriting.own import PersonalRequests, PersonalUse
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Nlu, Turn

if TYPE_CHECKING:
    from sayagain.learning.count import Counted

__all__ = ["COUNTS", "NOTHING_OLDER", "OlderCounts", "sql_person"]

COUNTS = ("heard", "uses", "priors", "wordings", "words", "names", "personal")
"""The steps whose results are read here."""

_SCALE = 1e-9
"""Sums of probabilities are integers in Parquet, so that they are the same in any order."""

_KINDS = {"h": "\0home ", "d": "\0device ", "s": "\0older ", "u": ""}
"""Beginnings of privacy units in SQL and in Python; `s` is a group of units."""


class OlderCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What older turns add to the counts of a log; by default nothing."""

    folder: Path | None = None
    """Of the results; None where nothing is older."""
    hypotheses: list[Path] = []
    """Files with each hypothesis by its key."""
    turns: int = 0
    """Older turns, without those of teaching."""
    sessions: int = 0
    """Their sessions."""
    labels: int = 0
    """Those of them with a verified label."""
    since: int | None = None
    """Start of the first, in milliseconds."""
    strangers: int = 0
    """Privacy units without a turn in the latest sessions."""
    few_users: bool | None = None
    """Whether the whole log has so few users that each session is a fitting unit; None where nothing is older."""
    languages: dict[str, int] = {}
    """Turns by the language that they state."""
    homes: list[tuple[Any, ...]] = []
    """The homes that the whole log names: whether the owner is a user, the owner, the home."""
    act_roles: list[dict[str, Any]] = []
    """Roles of acts that only answer the assistant, as declared."""
    late_turns: frozenset[str] = frozenset()
    """Turns that are counted here although they began after the latest sessions did."""
    steps: list[StepRecord] = []
    """What the steps did."""

    def home_turns(self) -> Iterator[Turn]:
        """Yield turns that state the homes of the whole log and nothing else."""
        for identified, owner, home in self.homes:
            owners = {"user_id": owner} if identified else {"device_id": owner}
            yield Turn(turn_id="", started=0, request="", home=home, **owners)

    def act_turns(self) -> Iterator[Turn]:
        """Yield turns that declare the acts of the older ones and nothing else."""
        for roles in self.act_roles:
            yield Turn(turn_id="", started=0, request="", nlu=Nlu(act_roles=roles))

    def language_tags(self) -> Iterator[str]:
        """Yield the language of each older turn that states one."""
        for code, turns in self.languages.items():
            for _ in range(turns):
                yield code

    def units(self) -> dict[str, str]:
        """Return the privacy unit of each unit that older turns are counted under."""
        return {row["counted_as"]: _person(row["person"]) for row in self._records("units")}

    def add_to(self, counted: "Counted", language: str | None) -> None:
        """Add the counts of one language.

        Args:
            counted: of that language.
            language: its code; None for a log that states none.
        """
        hypothesis = self._hypothesis_lookup()
        for text, unit, plain, turns, failed in self._rows("heard", language):
            counted.table.add_heard(text, unit, hypothesis(plain), turns, failed)
        for text, meant, unit, weight in self._rows("uses", language):
            counted.table.add_use(text, unit, hypothesis(meant), weight * _SCALE)
        for context, outcome, unit, weight in self._rows("priors", language):
            counted.priors.add(context, outcome, unit, weight * _SCALE)
        for meant, request, surface, unit, person, weight in self._rows("wordings", language):
            counted.wordings.add(meant, request, unit, weight * _SCALE)
            counted.surfaces.add(request, surface, _person(person), weight * _SCALE)
        for word, person, times in self._rows("words", language):
            counted.frequency[word] += times
            counted.speakers.setdefault(word, set()).add(_person(person))
        for name, person in self._rows("names", language):
            counted.names.setdefault(name, set()).add(_person(person))

    def add_personal(self, owns: dict[str, PersonalRequests], part_of: Callable[[str | None], str | None]) -> None:
        """Add what each user does.

        Args:
            owns: by user; changed.
            part_of: from a language to the code under which it is kept apart; None for that of most turns.
        """
        hypothesis = self._hypothesis_lookup()
        latest: dict[int, Any] = {}
        for row in self._records("personal"):
            own = owns.setdefault(row["speaker"], PersonalRequests(uses={}))
            part = part_of(row["language"])
            if part is not None:
                own = own.others.setdefault(part, PersonalRequests(uses={}))
            use = own.uses.get(row["meant"])
            if use is None:
                use = own.uses[row["meant"]] = PersonalUse(hypothesis=hypothesis(row["meant"]), text="", heard={})
            place = row["said_at"] and (row["said_at"]["a"], row["said_at"]["b"])
            if place is not None and (id(use) not in latest or place > latest[id(use)]):
                latest[id(use)] = place
                use.text = normalise(row["said"])
                use.surface = row["said"] if row["said"] != use.text else ""
            use.times += row["weight"] * _SCALE
            use.heard[row["spoken"]] = use.heard.get(row["spoken"], 0.0) + row["weight"] * _SCALE

    def _rows(self, step: str, language: str | None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of one language, without the language."""
        for batch in self._batches(step):
            codes, *columns = (column.to_pylist() for column in batch.columns)
            for code, *values in zip(codes, *columns, strict=True):
                if code == language:
                    yield tuple(values)

    def _records(self, step: str) -> Iterator[dict[str, Any]]:
        for batch in self._batches(step):
            yield from batch.to_pylist()

    def _batches(self, step: str) -> Iterator[pa.RecordBatch]:
        if self.folder is not None:
            with pq.ParquetFile(self.folder / f"{step}.parquet") as file:
                yield from file.iter_batches()

    def _hypothesis_lookup(self) -> Callable[[str], Hypothesis]:
        texts: dict[str, str] = {}
        for path in self.hypotheses:
            table = pq.read_table(path)
            texts.update(zip(table["key"].to_pylist(), table["hypothesis"].to_pylist(), strict=True))

        @cache
        def hypothesis(key: str) -> Hypothesis:
            return msgspec.json.decode(texts[key], type=Hypothesis)

        return hypothesis


NOTHING_OLDER = OlderCounts()
"""For a log that is in memory whole."""


def sql_person(person: str) -> str:
    r"""Return a privacy unit as the SQL steps write it.

    >>> sql_person("ann"), sql_person("\0home flat"), sql_person("\0device ")
    ('uann', 'hflat', 'd')
    """
    for letter in "hd":
        if person.startswith(_KINDS[letter]):
            return letter + person.removeprefix(_KINDS[letter])
    return f"u{person}"


def _person(person: str) -> str:
    return _KINDS[person[0]] + person[1:]
