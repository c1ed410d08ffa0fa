"""The part of `Learner` that answers questions about a log: what failed, where, why, and what is rewritten."""

from typing import Any

from sayagain.errors import InputError
from sayagain.labels import SURE, Example, select_diverse
from sayagain.labels.curation.understood_examples import merge_examples
from sayagain.learner.collect_examples import collect_examples, collect_frame_examples, log_language
from sayagain.learner.log_failures import MOST_TURNS
from sayagain.learner.release_loop import ReleaseLoop
from sayagain.models import Encoder
from sayagain.releases.release import Release, list_releases
from sayagain.reports.defect_list import list_defects
from sayagain.reports.explanation import explanation_sentences
from sayagain.reports.failure_report import Dimension, FailureReport
from sayagain.reports.live_rewrites import live_sentences
from sayagain.reports.records import Defect, Explanation, RewriteLine
from sayagain.reports.rewrite_list import list_rewrites
from sayagain.runtime import LEAVE, Proposal
from sayagain.runtime.admission import is_proposal_id
from sayagain.turns import Turn

__all__ = ["LogQuestions"]


class LogQuestions(ReleaseLoop):
    """What people ask of a log."""

    def defects(self, limit: int = 20, *, since: str | None = None, by: Dimension | None = None) -> list[Defect]:
        """Return the requests most surely judged to have failed, each once.

        Args:
            limit: most requests to list.
            since: start of the period: `24h`, `7d` or `2w` before the last turn, or a time; without it the whole log.
            by: what they are grouped by: `device`, `room`, `intent` or `language`; the group with most comes first.

        Raises:
            InputError: `since` is no period, or nothing is grouped so.
        """
        return list_defects(self.store, self._signals, limit=limit, since=since, by=by)

    def failures(self, since: str | None = None, *, by: Dimension = "stage", limit: int = 20) -> FailureReport:
        """Return where turns broke: counts by group with their trend, and the requests behind them.

        Args:
            since: start of the period: `24h`, `7d` or `2w` before the last turn, or a time; without it the
                whole log, or the latest 20,000 turns of a longer one.
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

    def explain(self, turn_id: str, *, nearby: int = MOST_TURNS) -> Explanation:
        """Say why a turn was judged as it was, and what was done.

        Args:
            turn_id: the turn.
            nearby: most turns around it that are read to tell what works.

        Raises:
            InputError: there is no such turn.
        """
        turn = self.store.turn(turn_id)
        if turn is None:
            raise InputError(f"{self.settings.db_name}: there is no turn {turn_id!r}")
        judgement = self.store.judgement(turn_id)
        signals = self._signals(turn)
        proposal = _past_proposal(turn)
        current = self.runtime.rewrite(turn, proposal=proposal)
        decision = current if current.changed or current.release is not None or proposal is not None else None
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
                    self._log_failures.sentences(turn, judgement, nearby),
                ),
                *live_sentences(turn, self.store.outcome_totals(rewrite_id).get(rewrite_id), self.store.withdrawn()),
            ],
        )


def _past_proposal(turn: Turn) -> Proposal | None:
    """Return what was proposed for a turn, as far as the turn tells; None where it was not rewritten so."""
    applied = turn.applied_rewrite
    if applied is None or applied.layer == LEAVE or not is_proposal_id(applied.id):
        return None
    return Proposal(text=applied.target, may_hold_out=False, why="it was proposed before, and nobody is against it")
