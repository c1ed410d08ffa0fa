"""The learner: the whole loop behind one object, as the command line and the README use it."""

from collections.abc import Callable
from pathlib import Path

from sayagain.errors import InputError
from sayagain.formats import BadRecord, ReadsEvents, RejectFile, Table
from sayagain.learner.erase_user import ForgetReport, forget_user
from sayagain.learner.ingest_turns import Columns, ingest_log
from sayagain.learner.log_questions import LogQuestions
from sayagain.learner.taught_log import TaughtLog
from sayagain.models import Progress
from sayagain.reports.records import Ingested
from sayagain.runtime import Decision, Proposal
from sayagain.store import Withdrawal
from sayagain.turns import Context, FeedbackReport, Turn

__all__ = ["Learner"]


class Learner(LogQuestions, TaughtLog):
    """The whole loop over one database.

    Args:
        db: the SQLite file, made when missing, with releases beside it in `<db>-releases/`; or `postgresql://…`.
        settings: any setting of `Settings` by name; what is not given comes from the environment, TOML, defaults.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Learner(f"{folder}/home.db") as learner:
    ...     learner.observe(Turn(turn_id="t1", started=0, request="lamp on", user_id="u"))
    ...     learner.rewrite("lamp on", user="u").text
    'lamp on'
    """

    def ingest(
        self,
        source: str | Path | Table,
        *,
        assistant: ReadsEvents | None = None,
        columns: Columns | None = None,
        rejects: str | Path | RejectFile | None = None,
        bad_line: Callable[[BadRecord], None] | None = None,
        progress: Progress | None = None,
    ) -> Ingested:
        """Read a log into the store; reading it again changes nothing.

        Args:
            source: JSON Lines (plain, gzip, zstd) or Parquet, or `-` for standard input. With `columns` also CSV, TSV,
                one JSON array, or a table in memory: of pandas, polars or Arrow, or a list of dicts.
            assistant: reads the log where it is the assistant's own: events as JSON Lines, or one JSON array.
            columns: the column of each field, `{"request": "text", "started": "time"}`; `"guess"` takes what the names
                and values of the columns suggest; a `ColumnMap` also says how times are written. None for a log of
                turns.
            rejects: where bad lines go; `<source>.rejects.jsonl` when not given. An open one stays open.
            bad_line: told of each bad line.
            progress: told of bytes read.
        """
        return ingest_log(self.store, self.settings, source, assistant, columns, rejects, bad_line, progress)

    def rewrite(
        self,
        request: str | Turn,
        *,
        user: str | None = None,
        device: str | None = None,
        context: Context | None = None,
        at: int = 0,
        language: str | None = None,
        proposal: Proposal | None = None,
    ) -> Decision:
        """Decide what to pass on for one request; see `Runtime.rewrite`."""
        return self.runtime.rewrite(
            request, user=user, device=device, context=context, at=at, language=language, proposal=proposal
        )

    def observe(self, turn: Turn, decision: Decision | None = None) -> None:
        """Log a turn with what was applied to it; durable when this returns."""
        self.runtime.observe(turn, decision)

    def feedback(self, turn_id: str, report: FeedbackReport, *, at: int | None = None) -> bool:
        """Keep what a user reports of a turn, whether it was logged already or comes later; durable when this returns.

        Args:
            turn_id: the turn.
            report: what was reported.
            at: when, in milliseconds since 1970; now, if not given. Where the report has a time, that counts.

        Returns:
            Whether it is new: sent again, it is kept once.

        Raises:
            TurnError: no turn could hold it.
        """
        new = self.store.add_feedback(turn_id, report, at)
        turn = self.store.turn(turn_id)
        if turn is not None and turn.applied_rewrite is not None:
            self.runtime.reconsider(turn)
        return new

    def forget(self, user: str, phrase: str | None = None) -> ForgetReport:
        """Delete what a user taught about one phrase, or all that is known of the user, and tell what was removed.

        All that is known: turns, feedback, judgements and lessons; the user's part of every release; releases that were
        learnt from the user's turns, but for the one in use, which is learnt again without them, under its number and
        with its settings (that takes as long as learning); lines of reject files beside the database. Then the files
        are searched for the user. What was copied elsewhere (exports, backups, logs that were ingested) is not ours.

        Raises:
            ReleaseError: the release in use cannot be learnt again or written; the next `forget` or `learn` does so.
        """
        if phrase is not None:
            return ForgetReport(taught=int(self.forget_taught(phrase, user=user)))
        return forget_user(
            self.store, self.settings.db, self.releases, user, self._learn_again, history=self.settings.history_folder
        )

    def withdraw(self, rewrite_id: str, reason: str) -> None:
        """Take one rewrite back, in every release, at once."""
        self.store.withdraw(rewrite_id, reason)

    def withdrawals(self) -> list[Withdrawal]:
        """Return every withdrawn rewrite with its reason, the latest first."""
        return self.store.withdrawals()

    def restore(self, rewrite_id: str) -> None:
        """Allow a withdrawn rewrite again; what came of it before no longer counts against it.

        Raises:
            InputError: it is not withdrawn.
        """
        if not self.store.restore(rewrite_id):
            raise InputError(f"rewrite {rewrite_id} is not withdrawn; sayagain withdrawals lists those that are")
