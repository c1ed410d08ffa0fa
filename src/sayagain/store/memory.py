"""The in-memory store, whose records are lost on closing: for tests, trials and demos."""

import secrets
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import msgspec

from sayagain.errors import ReleaseError
from sayagain.formats import encode_turn
from sayagain.guardrails import RewriteOutcome, RewriteTotals, total_outcomes
from sayagain.labels import Judgement
from sayagain.store.clock import DAY, or_now
from sayagain.store.feedback import checked_report, merged, report_key
from sayagain.store.memory_lessons import MemoryLessons
from sayagain.store.memory_tokens import MemoryTokens
from sayagain.store.store import Added, Erasure, Forgotten, Promotion, Withdrawal
from sayagain.store.user_code import KEY_BYTES, user_code
from sayagain.teaching import Exchange, LessonOwner, Taught
from sayagain.turns import FeedbackReport, Turn, complete_turn

__all__ = ["MemoryStore"]


class MemoryStore(MemoryTokens):
    """A `Store` in memory.

    >>> with MemoryStore() as store:
    ...     store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
    Added(new=1, known=0)
    """

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, Turn] = {}
        self._promotions: list[Promotion] = []
        self._withdrawn: dict[str, Withdrawal] = {}
        self._outcomes: dict[str, RewriteOutcome] = {}
        self._restored: dict[str, int] = {}
        self._judgements: dict[str, Judgement] = {}
        self._feedback: dict[str, dict[str, tuple[int, FeedbackReport]]] = {}
        self._lessons = MemoryLessons()
        self._exchanges: dict[str, Exchange] = {}
        self._user_homes: dict[str, str] = {}
        self._changes = 0
        self._user_key = secrets.token_bytes(KEY_BYTES)
        self._erasures: dict[str, int | None] = {}
        self._erasure_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._closed = True

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once; a later record completes a stored one."""
        self._check_open()
        new = known = 0
        for turn in turns:
            # Encoded and decoded, so that the turn is the same as from a store on disk.
            kept = msgspec.json.decode(encode_turn(turn), type=Turn)
            with self._lock:
                stored = self._turns.setdefault(kept.turn_id, kept)
                if stored is kept:
                    new += 1
                else:
                    known += 1
                    self._turns[kept.turn_id] = complete_turn(stored, kept)
        return Added(new, known)

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
        latest: int | None = None,
    ) -> Iterator[Turn]:
        """Stream turns in order of `(started, turn_id)`."""
        self._check_open()
        wanted = (
            turn
            for turn in self._in_order()
            if (since is None or turn.started >= since)
            and (until is None or turn.started < until)
            and (user_id is None or turn.user_id == user_id)
        )
        yield from wanted if latest is None else deque(wanted, maxlen=max(0, latest))

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn, or None."""
        self._check_open()
        turn = self._turns.get(turn_id)
        return None if turn is None else self._with_feedback(turn)

    def count(self) -> int:
        """Return the number of turns."""
        self._check_open()
        return len(self._turns)

    def day_sizes(self) -> dict[int, int]:
        """Return the number of turns of each day."""
        return dict(Counter(turn.started // DAY for turn in self._in_order()))

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started."""
        self._check_open()
        turns = self._in_order()
        return (turns[0].started, turns[-1].started) if turns else None

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first."""
        self._check_open()
        found = [
            turn
            for turn in self._in_order()
            if turn.user_id == user_id
            and (turn.device_id or turn.satellite_id or None) == device_id
            and turn.started < before_ms
        ]
        return found[max(0, len(found) - max(0, limit)) :]

    def add_feedback(self, turn_id: str, report: FeedbackReport, at: int | None = None) -> bool:
        """Store feedback on a turn, whether the turn is stored yet or not."""
        self._check_open()
        timed, when = checked_report(turn_id, report, or_now(at))
        key = report_key(report)
        with self._lock:
            reports = self._feedback.setdefault(turn_id, {})
            new = key not in reports
            if new or when > reports[key][0]:
                reports[key] = when, timed
        return new

    def teach(self, taught: Taught) -> bool:
        """Store a lesson in place of an older one about the same phrase."""
        self._check_open()
        with self._lock:
            return self._lessons.put(taught)

    def taught(self, owners: Sequence[LessonOwner], phrase: str | None = None, *, names: bool = False) -> list[Taught]:
        """Return the lessons of some owners in order of phrases, or only those about one phrase, and names."""
        self._check_open()
        with self._lock:
            return self._lessons.find(owners, phrase, names=names)

    def forget_taught(self, owner: LessonOwner, phrase: str) -> bool:
        """Delete what was taught about one phrase, in any language."""
        self._check_open()
        with self._lock:
            return self._lessons.remove(owner, phrase)

    def forget_lesson(self, lesson: Taught) -> bool:
        """Delete one lesson."""
        self._check_open()
        with self._lock:
            return self._lessons.remove_lesson(lesson)

    def open_exchange(self, exchange: Exchange) -> None:
        """Store a teaching exchange in place of an earlier one at the same place, and drop those that are over."""
        self._check_open()
        with self._lock:
            self._exchanges = {
                place: other for place, other in self._exchanges.items() if other.expires >= exchange.opened
            }
            self._exchanges[exchange.place] = exchange

    def take_exchange(self, place: str) -> Exchange | None:
        """Remove and return the teaching exchange at a place."""
        self._check_open()
        with self._lock:
            return self._exchanges.pop(place, None)

    def forget_user(self, user_id: str) -> Forgotten:
        """Delete a user's turns, what learning made of them, the feedback on them, and what the user taught."""
        self._check_open()
        with self._lock:
            code = user_code(user_id, self._user_key)
            own = [turn for turn in self._turns.values() if turn.user_id == user_id]
            since = min((turn.started for turn in own), default=None)
            known = self._erasures.get(code)
            self._erasures[code] = since if known is None else known
            self._erasure_count += 1
            theirs = [turn.turn_id for turn in own]
            shared = {turn.session_id for turn in own} - {None}
            beside = {turn.turn_id for turn in self._turns.values() if turn.session_id in shared} - set(theirs)
            reports = [self._feedback.get(turn_id, {}) for turn_id in theirs]
            judged = [turn_id for turn_id in (*theirs, *beside) if turn_id in self._judgements]
            self._judgements = {key: each for key, each in self._judgements.items() if key not in set(judged)}
            self._drop(set(theirs))
            lessons = self._lessons.forget(user_id)
            self._exchanges = {key: each for key, each in self._exchanges.items() if each.user_id != user_id}
            self._user_homes.pop(user_id, None)
        return Forgotten(turns=len(theirs), judgements=len(judged), feedback=sum(map(len, reports)), taught=lessons)

    def expire(self, before: int) -> int:
        """Delete turns that started before a time, and all that hangs on them."""
        self._check_open()
        with self._lock:
            self._drop(old := {turn.turn_id for turn in self._turns.values() if turn.started < before})
        return len(old)

    def user_key(self) -> bytes:
        """Return the key under which users are named in releases."""
        self._check_open()
        return self._user_key

    def erasures(self) -> list[Erasure]:
        """Return who is still to be removed from the releases."""
        self._check_open()
        with self._lock:
            return [Erasure(code, self._erasures[code]) for code in sorted(self._erasures)]

    def end_erasure(self, user_code: str) -> None:
        """Keep no longer that a user is to be removed from the releases."""
        self._check_open()
        with self._lock:
            self._erasures.pop(user_code, None)

    def erasure_count(self) -> int:
        """Return how often users were forgotten."""
        self._check_open()
        return self._erasure_count

    def claim_user(self, user_id: str, home: str, *, known: bool = False) -> str | None:
        """Return the home of a user; a user who is new gets this one."""
        self._check_open()
        with self._lock:
            if user_id not in self._user_homes:
                is_known = any(turn.user_id == user_id for turn in self._turns.values())
                is_known = is_known or user_id in self._lessons.teachers()
                if is_known and not known:
                    return None
                self._user_homes[user_id] = home
            return self._user_homes[user_id]

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None."""
        self._check_open()
        with self._lock:
            return next(
                (promotion.number for promotion in reversed(self._promotions) if promotion.undone is None), None
            )

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and record the promotion."""
        with self._lock:
            previous = self.release_in_use()
            if number == previous:
                return
            self._promotions.append(Promotion(number=number, previous=previous, at=or_now(at), note=note))
            self._changes += 1

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion, and return the release that is now in use."""
        self._check_open()
        with self._lock:
            for place in reversed(range(len(self._promotions))):
                if self._promotions[place].undone is None:
                    undone = msgspec.structs.replace(self._promotions[place], undone=or_now(at))
                    self._promotions[place] = undone
                    self._changes += 1
                    return undone.previous
        raise ReleaseError("there is no promotion to roll back")

    def promotions(self) -> list[Promotion]:
        """Return all promotions, oldest first."""
        self._check_open()
        return list(self._promotions)

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:
        """Refuse a rewrite from now on."""
        self._check_open()
        with self._lock:
            if rewrite_id not in self._withdrawn:
                self._withdrawn[rewrite_id] = Withdrawal(rewrite_id=rewrite_id, reason=reason, at=or_now(at))
                self._changes += 1

    def restore(self, rewrite_id: str, at: int | None = None) -> bool:
        """Allow a withdrawn rewrite again, and forget what came of it until now."""
        self._check_open()
        with self._lock:
            if self._withdrawn.pop(rewrite_id, None) is None:
                return False
            self._restored[rewrite_id] = or_now(at)
            self._outcomes = {key: one for key, one in self._outcomes.items() if self._counts(one)}
            self._changes += 1
        return True

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id."""
        self._check_open()
        with self._lock:
            return {name: self._withdrawn[name].reason for name in sorted(self._withdrawn)}

    def withdrawals(self) -> list[Withdrawal]:
        """Return every withdrawn rewrite, the latest first."""
        self._check_open()
        with self._lock:
            return sorted(self._withdrawn.values(), key=lambda one: (-one.at, one.rewrite_id))

    def add_outcomes(self, outcomes: Iterable[RewriteOutcome]) -> None:
        """Keep outcomes, each in place of an earlier one of its turn."""
        self._check_open()
        with self._lock:
            self._outcomes |= {one.turn_id: one for one in outcomes if self._counts(one)}

    def _counts(self, outcome: RewriteOutcome) -> bool:
        return outcome.at > self._restored.get(outcome.rewrite_id, outcome.at - 1)

    def outcomes(
        self, rewrite_id: str, *, user_id: str | None = None, unknown: bool = False, limit: int | None = None
    ) -> list[RewriteOutcome]:
        """Return the latest outcomes of one rewrite, oldest first."""
        self._check_open()
        with self._lock:
            kept = [one for one in self._outcomes.values() if one.rewrite_id == rewrite_id]
        if user_id is not None or unknown:
            kept = [one for one in kept if one.user_id == user_id]
        kept.sort(key=lambda one: (one.at, one.turn_id))
        return kept if limit is None else kept[max(0, len(kept) - max(0, limit)) :]

    def outcome_totals(self, rewrite_id: str | None = None, *, per_user: bool = False) -> dict[str, RewriteTotals]:
        """Return the summed outcomes of each rewrite, or of one, by its id."""
        self._check_open()
        with self._lock:
            names = {one.rewrite_id for one in self._outcomes.values()} if rewrite_id is None else {rewrite_id}
        totals = {name: self.outcomes(name) for name in sorted(names)}
        return {name: total_outcomes(kept, per_user=per_user) for name, kept in totals.items() if kept}

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Replace all judgements."""
        self._check_open()
        self._judgements = {judgement.turn_id: judgement for judgement in judgements}

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return the judgement of one turn; None without one."""
        self._check_open()
        return self._judgements.get(turn_id)

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream the judgements, the most probable defects first."""
        self._check_open()
        ranked = sorted(self._judgements.values(), key=lambda judgement: (-judgement.p_defect, judgement.turn_id))
        selected = [judgement for judgement in ranked if judgement.defect or not defects]
        yield from selected[: None if limit is None else max(0, limit)]

    def change_counter(self) -> int:
        """Return a counter that grows when the release in use or the withdrawals change."""
        self._check_open()
        return self._changes

    def count_change(self) -> None:
        """Let the change counter grow."""
        self._check_open()
        with self._lock:
            self._changes += 1

    def _in_order(self) -> list[Turn]:
        with self._lock:
            # By bytes, as databases sort; the order is the same as by code points.
            turns = sorted(self._turns.values(), key=lambda turn: (turn.started, turn.turn_id.encode()))
            return [self._with_feedback(turn) for turn in turns]

    def _drop(self, turn_ids: set[str]) -> None:
        for kept in (self._turns, self._judgements, self._feedback, self._outcomes):
            for turn_id in turn_ids & kept.keys():
                del kept[turn_id]

    def _with_feedback(self, turn: Turn) -> Turn:
        with self._lock:
            late = [report for _, report in self._feedback.get(turn.turn_id, {}).values()]
        return merged(turn, late)
