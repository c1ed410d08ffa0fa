"""The rewrites that a release would make of the requests that it knows, and those that the cold start has made."""

from collections.abc import Iterator, Mapping

from sayagain.guardrails import RewriteTotals
from sayagain.reports.records import RewriteLine
from sayagain.runtime import COLD_START, LEAVE, Decider
from sayagain.runtime.admission import is_proposal_id
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["list_rewrites"]


_LATEST = 8
"""Latest outcomes of a rewrite in which the turn is looked for that it was made of."""


def list_rewrites(decider: Decider | None, store: Store, *, limit: int) -> list[RewriteLine]:
    """Return the rewrites that are made most often.

    Args:
        decider: of the release, whose rewrites are of requests heard without more context; None for no release.
        store: knows what came of rewrites, also of those that no release made.
        limit: how many at most.
    """
    totals = store.outcome_totals()
    lines = [] if decider is None else _of_release(decider, totals)
    lines += _of_cold_start(store, totals)
    lines.sort(key=lambda line: (-line.times, line.heard, line.language or ""))
    return lines[:limit]


def _of_cold_start(store: Store, totals: Mapping[str, RewriteTotals]) -> Iterator[RewriteLine]:
    withdrawn = store.withdrawn()
    for rewrite_id, total in totals.items():
        outcomes = store.outcomes(rewrite_id, limit=_LATEST) if is_proposal_id(rewrite_id) else []
        for outcome in reversed(outcomes):
            turn = store.turn(outcome.turn_id)
            applied = turn.applied_rewrite if turn is not None else None
            # What was held out, or asked about in vain, does not say what would have been passed on.
            if turn is None or applied is None or applied.layer == LEAVE:
                continue
            why = "the assistant understands this, and the request not or not as it was meant"
            if rewrite_id in withdrawn:
                why = f"it was withdrawn: {withdrawn[rewrite_id]}"
            yield RewriteLine(
                heard=turn.heard,
                language=turn.language,
                text=applied.target,
                hypothesis=None,
                layer=COLD_START,
                probability=None,
                times=round(total.good + total.bad + total.good_alone + total.bad_alone),
                users=len({outcome.user_id for outcome in outcomes}),
                rewrite_id=rewrite_id,
                live=total,
                why=why,
            )
            break


def _of_release(decider: Decider, totals: Mapping[str, RewriteTotals]) -> list[RewriteLine]:
    lines = []
    contents = decider.contents
    tables = {contents.settings.language: contents.table} | {code: one.table for code, one in contents.others.items()}
    rows = [(text, row, language) for language, table in tables.items() for text, row in sorted(table.items())]
    for text, row, language in rows:
        decision = decider.decide(Turn(turn_id=text, started=0, request=text, language=language), [])
        if decision.changed:
            lines.append(
                RewriteLine(
                    heard=text,
                    language=language,
                    text=decision.text,
                    hypothesis=decision.hypothesis.key if decision.hypothesis is not None else None,
                    layer=decision.layer,
                    probability=decision.probability,
                    times=row.heard,
                    users=row.users,
                    rewrite_id=decision.rewrite_id,
                    live=totals.get(decision.rewrite_id or ""),
                    why=decision.why,
                )
            )
    return lines
