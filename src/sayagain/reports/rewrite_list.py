"""The rewrites that a release would make of the requests that it knows."""

from collections.abc import Mapping

from sayagain.guardrails import RewriteTotals
from sayagain.reports.records import RewriteLine
from sayagain.runtime import Decider
from sayagain.turns import Turn

__all__ = ["list_rewrites"]


def list_rewrites(decider: Decider, totals: Mapping[str, RewriteTotals], *, limit: int) -> list[RewriteLine]:
    """Return the rewrites that would be made most often, for requests heard without more context.

    Args:
        decider: of the release.
        totals: live outcomes by rewrite id.
        limit: how many at most.
    """
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
                    reading=decision.reading.key if decision.reading is not None else None,
                    layer=decision.layer,
                    probability=decision.probability,
                    times=row.heard,
                    users=row.users,
                    rewrite_id=decision.rewrite_id,
                    live=totals.get(decision.rewrite_id or ""),
                    why=decision.why,
                )
            )
    lines.sort(key=lambda line: (-line.times, line.heard, line.language or ""))
    return lines[:limit]
