"""Live rewrites in SQL: what came of each, and which were withdrawn."""

from collections.abc import Iterable

from sayagain.guardrails import RewriteOutcome, RewriteTotals
from sayagain.store.clock import or_now
from sayagain.store.database import Database
from sayagain.store.sql_releases import count_change
from sayagain.store.store import Withdrawal

__all__ = ["RewriteTables"]

_COLUMNS = "turn_id, rewrite_id, user_id, home, rewritten, failed, complaint, at"
_TOTALS = ("good", "bad", "good_alone", "bad_alone", "complaints")
_ALL = 2**62


class RewriteTables(Database):
    """The part of a store that keeps the live evidence of rewrites."""

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:
        """Refuse a rewrite from now on."""
        with self._writing() as transaction:
            new = transaction.do(
                "INSERT INTO withdrawals VALUES (?, ?, ?) ON CONFLICT (rewrite_id) DO NOTHING",
                rewrite_id,
                reason,
                or_now(at),
            )
            if new:
                count_change(transaction)

    def restore(self, rewrite_id: str, at: int | None = None) -> bool:
        """Allow a withdrawn rewrite again, and forget what came of it until now."""
        with self._writing() as transaction:
            restored = transaction.do("DELETE FROM withdrawals WHERE rewrite_id = ?", rewrite_id)
            if restored:
                when = or_now(at)
                transaction.do("DELETE FROM rewrite_outcomes WHERE rewrite_id = ? AND at <= ?", rewrite_id, when)
                transaction.do("DELETE FROM restorations WHERE rewrite_id = ?", rewrite_id)
                transaction.do("INSERT INTO restorations VALUES (?, ?)", rewrite_id, when)
                count_change(transaction)
        return bool(restored)

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id."""
        return dict(self._read("SELECT rewrite_id, reason FROM withdrawals ORDER BY rewrite_id"))

    def withdrawals(self) -> list[Withdrawal]:
        """Return every withdrawn rewrite, the latest first."""
        rows = self._read("SELECT rewrite_id, reason, at FROM withdrawals ORDER BY at DESC, rewrite_id")
        return [Withdrawal(rewrite_id=rewrite_id, reason=reason, at=at) for rewrite_id, reason, at in rows]

    def add_outcomes(self, outcomes: Iterable[RewriteOutcome]) -> None:
        """Keep outcomes, each in place of an earlier one of its turn."""
        rows = [
            (one.turn_id, one.rewrite_id, one.user_id, one.home, int(one.rewritten), one.failed, one.complaint, one.at)
            for one in outcomes
        ]
        with self._writing() as transaction:
            restored = dict(transaction.ask("SELECT rewrite_id, at FROM restorations"))
            rows = [row for row in rows if row[-1] > restored.get(row[1], row[-1] - 1)]
            transaction.do_each("DELETE FROM rewrite_outcomes WHERE turn_id = ?", [row[:1] for row in rows])
            transaction.do_each(
                f"INSERT INTO rewrite_outcomes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  (fixed names)
                rows,
            )

    def outcomes(
        self, rewrite_id: str, *, user_id: str | None = None, unknown: bool = False, limit: int | None = None
    ) -> list[RewriteOutcome]:
        """Return the latest outcomes of one rewrite, oldest first."""
        values = () if user_id is None else (user_id,)
        whose = " AND user_id = ?" if values else " AND user_id IS NULL" if unknown else ""
        rows = self._read(
            f"SELECT {_COLUMNS} FROM rewrite_outcomes WHERE rewrite_id = ?{whose}"  # noqa: S608  (fixed names)
            " ORDER BY at DESC, turn_id DESC LIMIT ?",
            rewrite_id,
            *values,
            _ALL if limit is None else max(0, limit),
        )
        return [
            RewriteOutcome(
                turn_id=turn_id,
                rewrite_id=rewrite,
                user_id=user,
                home=home,
                rewritten=bool(rewritten),
                failed=failed,
                complaint=complaint,
                at=at,
            )
            for turn_id, rewrite, user, home, rewritten, failed, complaint, at in reversed(rows)
        ]

    def outcome_totals(self, rewrite_id: str | None = None, *, per_user: bool = False) -> dict[str, RewriteTotals]:
        """Return the summed outcomes of each rewrite, or of one, by its id."""
        where, values = ("", ()) if rewrite_id is None else (" WHERE rewrite_id = ?", (rewrite_id,))
        of_user = "avg" if per_user else "sum"
        sums = [
            f"{of_user}(CASE WHEN rewritten = {arm} THEN {of} END)" for arm in (1, 0) for of in ("1 - failed", "failed")
        ]
        sums.append("sum(CASE WHEN rewritten = 1 AND complaint IS NOT NULL THEN 1 ELSE 0 END)")
        inner = ", ".join(f"{each} AS {name}" for each, name in zip(sums, _TOTALS, strict=True))
        outer = ", ".join(f"coalesce(sum({name}), 0)" for name in _TOTALS)
        rows = self._read(
            f"SELECT rewrite_id, {outer} FROM"  # noqa: S608  (fixed names)
            f" (SELECT rewrite_id, {inner} FROM rewrite_outcomes{where}"
            f" GROUP BY rewrite_id, home, CASE WHEN home IS NULL THEN user_id END) AS users"
            " GROUP BY rewrite_id ORDER BY rewrite_id",
            *values,
        )
        # A sum of whole numbers is a Decimal in PostgreSQL.
        return {
            name: RewriteTotals(**dict(zip(_TOTALS, totals, strict=False)), complaints=int(complaints))
            for name, *totals, complaints in rows
        }
