"""The older turns of a large log, read from Parquet files: divided into sessions, labelled and counted by SQL steps."""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from sayagain.config import Anonymous
from sayagain.labels.weak_labels import AT_ONCE, SOON
from sayagain.languages import log_languages
from sayagain.learning.history.content_kernel import CONTENT_FILES, HEARING_FILES, content_columns, hearing_columns
from sayagain.learning.history.label_kernel import LABEL_FILES, label_kernel
from sayagain.learning.history.older_counts import COUNTS, OlderCounts, sql_person
from sayagain.learning.history.step_runner import StepRunner
from sayagain.models import Progress
from sayagain.rewriting.lexicon import FOLDS
from sayagain.rewriting.table import transcripts
from sayagain.text import normalise
from sayagain.turns import FEW_USERS, Session, fitting_unit, privacy_units, required_users

__all__ = ["MOST_GROUPS", "LogHistory"]

MOST_GROUPS = 256
"""Groups that the privacy units without a turn in the latest sessions are counted in: where as many said something,
more make no difference."""

_COLUMNS: Mapping[str, pa.Schema] = {
    "records": pa.schema([("content", pa.uint64()), ("record", pa.string())]),
    "hearings": pa.schema([("hearing", pa.uint64()), ("asr", pa.string())]),
    **CONTENT_FILES,
    **HEARING_FILES,
    **LABEL_FILES,
}
"""The tables that grow by one file at a time, with their columns."""

_LANGUAGES = """
    SELECT language, count(*) FROM older JOIN contents USING (content) WHERE language IS NOT NULL GROUP BY language
"""
_STRANGERS = "SELECT count(DISTINCT privacy_unit) FROM units ANTI JOIN latest_persons USING (person)"
_TOTALS = """
    SELECT count(*), count(*) FILTER (WHERE turn_id = session_turn), min(started) FROM older
"""
_ACT_ROLES = """
    SELECT DISTINCT act_roles FROM contents SEMI JOIN older USING (content) WHERE act_roles IS NOT NULL ORDER BY ALL
"""
_LATE = "SELECT turn_id FROM older, parameters WHERE started >= cut_started"

Parameters = dict[str, int | str | bool | None]


class LogHistory:
    """The steps over a log of Parquet files, as `turns_to_parquet` writes them.

    What was derived from a file is kept and used again while the file is the same: only new ones are read. `steps.json`
    tells what each step of the latest count did.

    Args:
        files: the log; each turn in one file.
        folder: for results, which hold what people said; made when missing.
        memory: of DuckDB, for example `2GB`.
        session_gap: silence that ends a session, in milliseconds.
        anonymous: what turns without a user id count as.
        progress: told of each step.

    Raises:
        MissingExtra: DuckDB is not installed.
    """

    def __init__(
        self,
        files: Sequence[Path],
        folder: Path,
        *,
        memory: str,
        session_gap: int,
        anonymous: Anonymous,
        progress: Progress | None = None,
    ) -> None:
        # Another version may read or label turns otherwise.
        self._folder = folder / f"steps-{version('sayagain')}"
        _remove_others(folder, self._folder.name, "steps-")
        self._anonymous = anonymous
        self._parameters: Parameters = {
            "session_gap": session_gap,
            "anonymous": anonymous,
            "at_once": AT_ONCE,
            "soon": SOON,
            "most_groups": MOST_GROUPS,
            "folds": FOLDS,
        }
        self._runner = StepRunner(self._folder, memory=memory, progress=progress)
        marks = [_mark(path) for path in files]
        for path, mark in zip(files, marks, strict=True):
            self._read_file(path, mark)
        self._key = _digest(sorted(marks), session_gap, anonymous)
        self._runner.name_files("turns", [self._part("turns", mark) for mark in marks])
        for table in ("contents", "names", "transcripts", "records"):
            self._name_parts(table)

    def __enter__(self) -> Self:
        """Return the history itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._runner.close()

    def count(self, latest: Sequence[Session], *, min_users: int) -> OlderCounts:
        """Count the sessions that began before the latest ones, as far as decisions and releases need them.

        Args:
            latest: the sessions that are learnt from in memory, in order of their first turn; at least one.
            min_users: privacy units behind what is counted, unless the latest sessions hold the same words; all units,
                where there are fewer.
        """
        first = latest[0].turns[0]
        self._set(cut_started=first.started, cut_turn=first.turn_id)
        _remove_others(self._folder / "sessions", self._key)
        for step in ("homes", "sessions"):
            self._runner.run(step, self._folder / "sessions" / self._key / f"{step}.parquet")
        self._runner.name_view("older")
        speakers = {session.user_id for session in latest if session.user_id}
        speakers |= {name for (name,) in self._runner.rows("SELECT DISTINCT speaker FROM older WHERE speaker <> ''")}
        few = len(speakers) < FEW_USERS
        languages = {str(code): int(turns) for code, turns in self._runner.rows(_LANGUAGES)}
        tags = [turn.language for session in latest for turn in session.turns]
        commonest = next(iter(log_languages([*tags, *Counter(languages).elements()])), None)
        self._set(few_users=few, language=commonest)
        self._label(commonest, _digest(self._key, first.started, first.turn_id))
        if few:
            latest = [msgspec.structs.replace(session, alone=True) for session in latest]
        units = privacy_units(latest, self._anonymous)
        texts = _texts(latest)
        folder = self._folder / "runs" / _digest(self._key, self._parameters, sorted(units.items()), texts, min_users)
        _remove_others(folder.parent, folder.name)
        self._name_column("latest_units", "unit", {fitting_unit(session) for session in latest})
        self._name_column("latest_persons", "person", {sql_person(person) for person in units.values()})
        self._name_column("latest_texts", "text", texts)
        self._runner.run("units", folder / "units.parquet")
        strangers = int(self._runner.rows(_STRANGERS)[0][0])
        self._set(min_users=required_users(min_users, strangers + len(set(units.values()))))
        for step in ("facts", "texts", "shared_texts", *COUNTS):
            self._runner.run(step, folder / f"{step}.parquet")
        # Beside the release: the same log gives the same release, whatever was kept from the night before.
        records = msgspec.json.format(msgspec.json.encode(self._runner.records))
        self._folder.with_name("steps.json").write_bytes(records)
        turns, sessions, since = self._runner.rows(_TOTALS)[0]
        return OlderCounts(
            folder=folder,
            hypotheses=self._parts("hypotheses") + self._parts("meanings"),
            turns=turns,
            sessions=sessions,
            labels=int(self._runner.rows("SELECT count(meant) FROM facts")[0][0]),
            since=since,
            strangers=strangers,
            few_users=few,
            languages=languages,
            homes=self._runner.rows("SELECT identified, owner, home FROM homes"),
            act_roles=[json.loads(roles) for (roles,) in self._runner.rows(_ACT_ROLES)],
            late_turns=frozenset(turn_id for (turn_id,) in self._runner.rows(_LATE)),
            steps=list(self._runner.records),
        )

    def _read_file(self, path: Path, mark: str) -> None:
        """Take the keys of one file, and the contents and n-best lists that no file had before."""
        self._runner.name_files("files", [path])
        self._runner.name_view("log")
        for table in ("records", "hearings"):
            self._name_parts(table, without=mark)
            self._runner.run(table, self._part(table, mark), name=f"new_{table}")
        contents = {name: self._part(name, mark) for name in CONTENT_FILES}
        self._runner.run_kernel("contents", content_columns, contents, CONTENT_FILES)
        hearings = {name: self._part(name, mark) for name in HEARING_FILES}
        self._runner.run_kernel("transcripts", hearing_columns, hearings, HEARING_FILES)
        self._runner.run("turns", self._part("turns", mark))
        # The file may have been another when it was read before.
        for turns in self._parts("turns"):
            if turns.stem.rpartition("-")[0] == path.stem and turns.stem != mark:
                turns.unlink()

    def _label(self, commonest: str | None, key: str) -> None:
        """Label the contexts that have no label yet."""
        # What turns are read as depends on the language of those that state none.
        mark = f"{commonest or '-'}.{key}"
        _remove_others(self._folder / "labels", f"{commonest or '-'}.")
        _remove_others(self._folder / "meanings", f"{commonest or '-'}.")
        self._name_parts("labels", without=mark)
        files = {name: self._part(name, mark) for name in LABEL_FILES}
        self._runner.run_kernel("labels", label_kernel(commonest), files, LABEL_FILES)
        self._name_parts("labels")

    def _set(self, **parameters: int | str | bool | None) -> None:
        """Set parameters of the steps."""
        self._parameters |= parameters
        self._runner.name_rows("parameters", pa.Table.from_pylist([self._parameters]))

    def _name_column(self, table: str, column: str, values: Collection[str]) -> None:
        self._runner.name_rows(table, pa.table({column: pa.array(sorted(values), pa.string())}))

    def _name_parts(self, table: str, *, without: str | None = None) -> None:
        """Let SQL read all files of a table but one."""
        # DuckDB reads no table from no file.
        empty = self._part(table, "empty")
        if not empty.exists():
            empty.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(_COLUMNS[table].empty_table(), empty)
        self._runner.name_files(table, [path for path in self._parts(table) if path.stem != without])

    def _part(self, table: str, mark: str) -> Path:
        return self._folder / table / f"{mark}.parquet"

    def _parts(self, table: str) -> list[Path]:
        return sorted((self._folder / table).glob("*.parquet"))


def _mark(path: Path) -> str:
    """Return what names a file in this state."""
    status = path.stat()
    return f"{path.stem}-{_digest(str(path.absolute()), status.st_size, status.st_mtime_ns)}"


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _texts(latest: Sequence[Session]) -> list[str]:
    """Return all texts of sessions: as recognised, and as passed on."""
    texts: set[str] = set()
    for session in latest:
        for turn in session.turns:
            texts.update(text for text, _ in transcripts(turn))
            texts.add(normalise(turn.request))
    return sorted(texts)


def _remove_others(folder: Path, kept: str, prefix: str = "") -> None:
    """Delete what stands in a folder from earlier runs: all with a prefix whose names do not begin as those kept."""
    for path in folder.glob(f"{prefix}*"):
        if not path.name.startswith(kept):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
