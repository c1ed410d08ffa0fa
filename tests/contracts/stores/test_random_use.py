"""Any use of a store in any order, compared with a model of dicts and lists."""

import tempfile
from itertools import count

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sayagain.errors import ReleaseError
from sayagain.store import Added, Forgotten
from sayagain.turns import FeedbackReport, Turn

from .conftest import person, taught


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


class StoreMachine(RuleBasedStateMachine):
    """A store against a model of dicts and lists."""

    turn_ids = Bundle("turn_ids")

    def __init__(self, make):
        super().__init__()
        self.make = make
        self.folder = tempfile.TemporaryDirectory()
        self.store = make(self.folder.name)
        self.turns = {}
        self.releases = []
        self.withdrawn = {}
        self.clock = count()
        self.reports = {}
        self.lessons = {}

    @initialize(target=turn_ids)
    def first(self):
        return "first"

    @rule(target=turn_ids, turn_id=st.text(min_size=1).filter(str.strip))
    def name(self, turn_id):
        return turn_id

    @rule(
        turns=st.lists(
            st.tuples(turn_ids, st.integers(0, 5), st.sampled_from([None, "u", "v"]), st.sampled_from([None, "d"])),
            max_size=4,
        )
    )
    def add(self, turns):
        given = [turn(name, at, user_id=user, device_id=device) for name, at, user, device in turns]
        before = len(self.turns)
        for each in given:
            self.turns.setdefault(each.turn_id, each)
        new = len(self.turns) - before
        assert self.store.add_turns(given) == Added(new, len(given) - new)

    @rule(since=st.none() | st.integers(0, 6), until=st.none() | st.integers(0, 6), user=st.sampled_from([None, "u"]))
    def search(self, since, until, user):
        assert list(self.store.turns(since=since, until=until, user_id=user)) == [
            self.told(each)
            for each in self.in_order()
            if (since is None or since <= each.started)
            and (until is None or each.started < until)
            and user in {None, each.user_id}
        ]

    @rule(
        user=st.sampled_from([None, "u", "v"]),
        device=st.sampled_from([None, "d"]),
        before=st.integers(0, 6),
        limit=st.integers(0, 4),
    )
    def tail(self, user, device, before, limit):
        same = [
            self.told(each)
            for each in self.in_order()
            if (each.user_id, each.device_id) == (user, device) and each.started < before
        ]
        assert self.store.session_tail(user, device, before, limit) == (same[-limit:] if limit else [])

    @rule(number=st.none() | st.integers(1, 3))
    def promote(self, number):
        self.store.set_release_in_use(number, at=next(self.clock))
        if number != (self.releases[-1] if self.releases else None):
            self.releases.append(number)

    @rule()
    def roll_back(self):
        if not self.releases:
            with pytest.raises(ReleaseError):
                self.store.roll_back()
            return
        self.releases.pop()
        assert self.store.roll_back(at=next(self.clock)) == (self.releases[-1] if self.releases else None)

    @rule(rewrite=st.sampled_from("abc"), reason=st.text())
    def withdraw(self, rewrite, reason):
        self.store.withdraw(rewrite, reason, next(self.clock))
        self.withdrawn.setdefault(rewrite, reason)

    @rule(turn_id=turn_ids, value=st.sampled_from([0, 1]), at=st.integers(10**12, 10**12 + 3))
    def report(self, turn_id, value, at):
        new = value not in self.reports.setdefault(turn_id, {})
        assert self.store.add_feedback(turn_id, FeedbackReport(kind="thumbs", value=value), at) == new
        self.reports[turn_id][value] = max(at, self.reports[turn_id].get(value, 0))

    @rule(
        user=st.sampled_from("uv"),
        phrase=st.sampled_from(["a", "A!", "b", "\x00c", "é"]),
        means=st.text(),
        at=st.integers(0, 3),
    )
    def teach(self, user, phrase, means, at):
        made = taught(phrase, means, user, at)
        old = self.lessons.get((user, made.key))
        kept = old is None or at >= old.at
        assert self.store.teach(made) == kept
        if kept:
            self.lessons[user, made.key] = made

    @rule(user=st.sampled_from("uv"), phrase=st.sampled_from(["a", "é", "d"]))
    def unteach(self, user, phrase):
        known = self.lessons.pop((user, phrase), None)
        assert self.store.forget_taught(person(user), phrase) == (known is not None)

    @rule(user=st.sampled_from("uv"))
    def forget(self, user):
        theirs = [each.turn_id for each in self.turns.values() if each.user_id == user]
        reports = sum(len(self.reports.pop(name, {})) for name in theirs)
        lessons = [key for key in self.lessons if key[0] == user]
        assert self.store.forget_user(user) == Forgotten(len(theirs), 0, reports, len(lessons))
        for name in theirs:
            del self.turns[name]
        for key in lessons:
            del self.lessons[key]

    @precondition(lambda self: self.make.lasts)
    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make.again(self.folder.name)

    @invariant()
    def knows_what_was_taught(self):
        for user in "uv":
            mine = {key: each for (owner, key), each in self.lessons.items() if owner == user}
            assert self.store.taught([person(user)]) == [mine[key] for key in sorted(mine)]
            assert all(self.store.taught([person(user)], each.phrase) == [each] for each in mine.values())

    @invariant()
    def agrees(self):
        turns = self.in_order()
        assert self.store.count() == len(turns)
        assert self.store.span() == ((turns[0].started, turns[-1].started) if turns else None)
        assert self.store.release_in_use() == (self.releases[-1] if self.releases else None)
        assert self.store.withdrawn() == self.withdrawn
        assert [each.number for each in self.store.promotions() if each.undone is None] == self.releases

    def told(self, turn):
        reports = sorted((at, value) for value, at in self.reports.get(turn.turn_id, {}).items())
        return msgspec.structs.replace(
            turn, feedback=tuple(FeedbackReport(kind="thumbs", value=value, at=at) for at, value in reports)
        )

    def in_order(self):
        return sorted(self.turns.values(), key=lambda each: (each.started, each.turn_id))

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


def test_a_store_agrees_with_the_model(make):
    few = settings(max_examples=make.examples, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(lambda: StoreMachine(make), settings=few)
