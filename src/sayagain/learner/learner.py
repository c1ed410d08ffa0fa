"""The learner: the whole loop behind one object, as the command line and the README use it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from sayagain.config import Settings, load_settings
from sayagain.errors import GateRefused, InputError, ReleaseError
from sayagain.evaluation import Report, from_metrics, gate
from sayagain.feedback import Signal, detect
from sayagain.formats import BadRecord, ReadsEvents, RejectFile, Table
from sayagain.labels import SURE, Example, select_diverse
from sayagain.labels.curation.understood_examples import merge_examples
from sayagain.learner.collect_examples import collect_examples, collect_frame_examples, log_language
from sayagain.learner.erase_user import ForgetReport, clean_releases, erase_from_releases, forget_user
from sayagain.learner.ingest_turns import Columns, ingest_log
from sayagain.learner.learn_release import learn_release, learn_settings, try_release_in_use
from sayagain.learner.log_failures import LogFailures
from sayagain.learner.release_lines import release_lines
from sayagain.learner.teach_lesson import lesson_owner, teach_lesson
from sayagain.learning.learn import LearningResult, LearnSettings, settings_of
from sayagain.models import Encoder, Progress
from sayagain.releases.contents import open_contents
from sayagain.releases.erasure import retire_release
from sayagain.releases.release import Manifest, Release, is_retired, list_releases, open_release, write_release
from sayagain.reports.defect_list import list_defects
from sayagain.reports.explanation import explanation_sentences
from sayagain.reports.failure_report import Dimension, FailureReport
from sayagain.reports.live_rewrites import live_sentences
from sayagain.reports.records import Defect, Explanation, Ingested, ReleaseLine, RewriteLine
from sayagain.reports.rewrite_list import list_rewrites
from sayagain.runtime import Decider, Decision, Runtime
from sayagain.store import Store, Withdrawal, open_store
from sayagain.teaching import Taught
from sayagain.turns import Context, FeedbackReport, Turn, sessions

__all__ = ["Learner"]


class Learner:
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

    def __init__(self, db: str | Path | None = None, **settings: Any) -> None:  # noqa: ANN401  (checked by Settings)
        self.settings: Settings = load_settings({"db": None if db is None else str(db), **settings})
        self.store: Store = open_store(self.settings.db)
        self.releases = self.settings.releases_folder
        self.runtime = Runtime(
            self.store,
            self.releases,
            seed=self.settings.seed,
            session_gap=self.settings.session_gap,
            blocked=self.settings.blocked,
            holdout=self.settings.holdout,
            anonymous=self.settings.anonymous,
        )
        self._log_failures = LogFailures(self.store, self.settings)
        clean_releases(self.store, self.releases)

    def __enter__(self) -> Self:
        """Return the learner itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

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

    def learn(self, *, progress: Progress | None = None) -> Release:
        """Learn from the whole log and write a release; the latest fifth is first held out for a trial replay.

        Raises:
            InputError: the log is empty.
        """
        if self.store.erasures():
            erase_from_releases(self.store, self.releases, self._learn_again)
        while True:
            erasures = self.store.erasure_count()
            log = list(self.store.turns())
            if not log:
                raise InputError(f"{self.settings.db_name}: the log is empty; run: sayagain ingest LOG")
            result = self._learn(log, learn_settings(self.settings), progress)
            release = write_release(self.releases, result.manifest, result.files)
            self.store.set_judgements(result.judgements)
            self.runtime.review(sessions(log, gap=self.settings.session_gap))
            if self.store.erasure_count() == erasures:
                break
            # Somebody was forgotten meanwhile, whose turns this release was learnt from.
            retire_release(self.releases, release.number)
        if progress is not None:
            progress("learning", 2, 2)
        return release

    def evaluate(self, release: Release | int | None = None) -> Report:
        """Report on a release beside the one in use; the newest when none is named."""
        candidate = self.release(release)
        new = from_metrics(candidate.manifest.metrics)
        in_use = self.store.release_in_use()
        old = None
        if in_use is not None and in_use != candidate.number:
            old = try_release_in_use(self.store, self.releases, in_use, candidate)
        better, reason = gate(new, old, promised=candidate.manifest.promised)
        return Report(release=candidate.number, in_use=in_use, result=new, in_use_result=old, better=better, why=reason)

    def promote(self, release: Release | int | None = None, *, force: bool = False) -> Release:
        """Put a release into use; the newest when none is named.

        Raises:
            GateRefused: its replay shows no sure gain, and `force` is not given.
            CorruptRelease: a file of it is not the one that was written.
        """
        candidate = self.release(release)
        report = self.evaluate(candidate)
        if not report.better and not force:
            raise GateRefused(
                f"release {candidate.number} was not promoted: {report.why}; use force to promote it anyway"
            )
        self.store.set_release_in_use(candidate.number, note="forced" if not report.better else report.why)
        return candidate

    def rollback(self) -> int | None:
        """Return to the release before the one in use that was not deleted since; its number, or None for none."""
        number = self.store.roll_back()
        while number is not None and is_retired(self.releases, number):
            number = self.store.roll_back()
        return number

    def release(self, release: Release | int | None = None) -> Release:
        """Open a release by its number, checking every byte; the newest when none is named."""
        if isinstance(release, Release):
            return open_release(self.releases, release.number)
        numbers = list_releases(self.releases)
        if release is None and not numbers:
            raise ReleaseError(f"{self.settings.db_name}: there is no release yet; run: sayagain learn")
        return open_release(self.releases, numbers[-1] if release is None else release)

    def release_list(self) -> list[ReleaseLine]:
        """Return all releases, oldest first; damaged ones say what is wrong."""
        return release_lines(self.releases, self.store.release_in_use())

    def rewrite(
        self,
        request: str | Turn,
        *,
        user: str | None = None,
        device: str | None = None,
        context: Context | None = None,
        at: int = 0,
        language: str | None = None,
    ) -> Decision:
        """Decide what to pass on for one request; see `Runtime.rewrite`."""
        return self.runtime.rewrite(request, user=user, device=device, context=context, at=at, language=language)

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

    def converse(self, turn: Turn, *, takes_steps: bool = False) -> Decision:
        """Decide for one request, and answer what teaches, takes back or asks about lessons; see `Runtime.converse`."""
        return self.runtime.converse(turn, takes_steps=takes_steps)

    def teach(
        self,
        phrase: str,
        *,
        means: str,
        user: str | None = None,
        home: str | None = None,
        device: str | None = None,
        language: str | None = None,
    ) -> Taught:
        """Keep what a phrase means; it counts from the next request on, for its owner alone.

        An earlier lesson about the same phrase in the same language is superseded.

        Args:
            phrase: what will be said.
            means: the words to pass on instead.
            user: who teaches, and the only one for whom it counts. Without a user it counts for the household.
            home: the home of the household; None where the log names none.
            device: without a user, the only device on which it counts.
            language: in which alone it counts (BCP 47); without one it counts in every language.

        Raises:
            LessonError: it cannot be used, or a guardrail forbids it.
        """
        owner = lesson_owner(user, home, device)
        return teach_lesson(self.store, phrase, means, owner, self.runtime.objection, user=user, language=language)

    def taught(self, user: str | None = None, *, home: str | None = None, device: str | None = None) -> list[Taught]:
        """Return what was taught for a user, or without one for a device or household, by phrase."""
        return self.store.taught([lesson_owner(user, home, device)])

    def forget_taught(
        self, phrase: str, *, user: str | None = None, home: str | None = None, device: str | None = None
    ) -> bool:
        """Delete what was taught about one phrase, and return whether there was such a lesson; see `taught`."""
        return self.store.forget_taught(lesson_owner(user, home, device), phrase)

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
        return forget_user(self.store, self.settings.db, self.releases, user, self._learn_again)

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

    def defects(self, limit: int = 20) -> list[Defect]:
        """Return the turns most surely judged to have failed."""
        return list_defects(self.store, self._signals, limit=limit)

    def failures(self, since: str | None = None, *, by: Dimension = "stage", limit: int = 20) -> FailureReport:
        """Return where turns broke: counts by group with their trend, and the requests behind them.

        Args:
            since: start of the period: `24h`, `7d` or `2w` before the last turn, or a time; without it the whole log.
            by: what failures are counted by.
            limit: most requests to list.

        Raises:
            InputError: `since` is no period.
        """
        return self._log_failures.report(since, by=by, limit=limit)

    def rewrites(self, release: Release | int | None = None, *, limit: int = 20) -> list[RewriteLine]:
        """Return the rewrites made most often: of a release, for requests without context, and of the cold start."""
        decider = self._decider(self.release(release)) if release is not None or list_releases(self.releases) else None
        return list_rewrites(decider, self.store, limit=limit)

    def examples(
        self,
        limit: int | None = None,
        *,
        sure: float = SURE,
        assistant: str | None = None,
        understood: bool = False,
        per_intent: int | None = None,
        alike: float | None = None,
        encoder: Encoder | None = None,
        framed: bool = False,
    ) -> list[Example]:
        """Return failed requests with their weak labels, to train an assistant with.

        See `labels.examples`, `labels.understood` and `labels.various`.

        Args:
            limit: at most so many, the surest.
            sure: the least probability of a meaning.
            assistant: only from what was said to this one, or to none that is named.
            understood: also words that worked, marked so (`Example.understood`), for an assistant that is trained.
            per_intent: at most so many of one intent.
            alike: likeness from which words of one hypothesis count as a copy of surer ones; see `labels.various`.
            encoder: tells likeness by vectors.
            framed: also what the labeller of frames says of words that nothing else tells about; see `labels.framed`.
        """
        filters: dict[str, Any] = {
            "sure": sure,
            "min_users": self.settings.min_users,
            "anonymous": self.settings.anonymous,
            "assistant": assistant,
            "language": log_language(self.releases),
        }
        examples = collect_examples(self.store, worked=understood, **filters)
        if framed:
            examples = merge_examples(
                examples, collect_frame_examples(self.store, gap=self.settings.session_gap, **filters)
            )
        return select_diverse(examples, most=limit, per_intent=per_intent, alike=alike, encoder=encoder)

    def explain(self, turn_id: str) -> Explanation:
        """Say why a turn was judged as it was, and what was done.

        Raises:
            InputError: there is no such turn.
        """
        turn = self.store.turn(turn_id)
        if turn is None:
            raise InputError(f"{self.settings.db_name}: there is no turn {turn_id!r}")
        judgement = self.store.judgement(turn_id)
        signals = self._signals(turn)
        current = self.runtime.rewrite(turn)
        decision = current if current.changed or current.release is not None else None
        rewrite_id = turn.applied_rewrite.id if turn.applied_rewrite is not None else ""
        return Explanation(
            turn=turn,
            judgement=judgement,
            signals=signals,
            decision=decision,
            sentences=[
                *explanation_sentences(
                    turn,
                    judgement,
                    signals,
                    decision,
                    self.runtime.language(turn),
                    self._log_failures.sentences(turn, judgement),
                ),
                *live_sentences(turn, self.store.outcome_totals(rewrite_id).get(rewrite_id), self.store.withdrawn()),
            ],
        )

    def _learn_again(self, manifest: Manifest) -> LearningResult | None:
        """Learn a release again from what is left of its log."""
        end = None if manifest.log_until is None else manifest.log_until + 1
        log = list(self.store.turns(since=manifest.log_since, until=end))
        return self._learn(log, settings_of(manifest)) if log else None

    def _learn(self, log: Sequence[Turn], settings: LearnSettings, progress: Progress | None = None) -> LearningResult:
        withdrawn = self.store.withdrawn()
        return learn_release(
            log, settings, self.releases, key=self.store.user_key(), withdrawn=withdrawn, progress=progress
        )

    def _decider(self, release: Release) -> Decider:
        return Decider(open_contents(release, self.store.user_key()), withdrawn=self.store.withdrawn())

    def _signals(self, turn: Turn) -> list[Signal]:
        return [signal for signal in detect(self.runtime.session_of(turn)) if signal.turn_id == turn.turn_id]
