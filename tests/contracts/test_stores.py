"""What every store must do, run on each."""

import tempfile
import threading
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from sayagain.errors import ReleaseError, StoreError, TurnError
from sayagain.labels import Judgement, Label
from sayagain.store import Added, MemoryStore, Promotion, SqliteStore, Store
from sayagain.turns import Hypothesis, Nlu, Turn


def in_memory(folder):  # noqa: ARG001  (called like the other)
    return MemoryStore()


def in_sqlite(folder):
    return SqliteStore(Path(folder, "home.db"))


STORES = [in_memory, in_sqlite]


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    with request.param(tmp_path) as opened:
        yield opened


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


def ids(turns):
    return [each.turn_id for each in turns]


def test_it_is_a_store(store):
    assert isinstance(store, Store)


def test_an_empty_store_says_so(store):
    assert list(store.turns()) == []
    assert store.turn("a") is None
    assert store.count() == 0
    assert store.span() is None
    assert store.session_tail("u", "d", 10, 5) == []
    assert store.release_in_use() is None
    assert store.promotions() == []
    assert store.withdrawn() == {}


def test_a_turn_is_stored_once_and_the_first_stays(store):
    first, second = turn("a", request="lamp on"), turn("a", 5, request="lamp off")
    assert store.add_turns([first, turn("b")]) == Added(new=2, known=0)
    assert store.add_turns([second, turn("c")]) == Added(new=1, known=1)
    assert store.add_turns([turn("d"), turn("d", 9)]) == Added(new=1, known=1)
    assert store.add_turns([]) == Added(new=0, known=0)
    assert store.turn("a") == first
    assert store.count() == 4


def test_more_turns_than_a_batch(store):
    turns = [turn(f"{number:04}", number) for number in range(2500)]
    assert store.add_turns(iter(turns)) == Added(2500, 0)
    assert store.add_turns(iter(turns)) == Added(0, 2500)
    assert list(store.turns()) == turns


def test_turns_come_in_order_of_time_then_id(store):
    store.add_turns([turn("b", 2), turn("z", 1), turn("a", 2), turn("é", 2), turn("\U0001f4a1", 2), turn("\uffff", 2)])
    assert ids(store.turns()) == ["z", "a", "b", "é", "\uffff", "\U0001f4a1"]


def test_turns_of_a_time_and_a_user(store):
    store.add_turns([turn(f"t{started}", started, user_id="uv"[started % 2]) for started in range(10)])
    assert ids(store.turns(since=3, until=6)) == ["t3", "t4", "t5"]
    assert ids(store.turns(since=8)) == ["t8", "t9"]
    assert ids(store.turns(until=1)) == ["t0"]
    assert ids(store.turns(since=3, until=8, user_id="u")) == ["t4", "t6"]
    assert ids(store.turns(user_id="nobody")) == []
    assert store.span() == (0, 9)


def test_a_stream_shows_the_turns_there_were_when_it_began(store):
    store.add_turns([turn("a", 1), turn("c", 3)])
    stream = store.turns()
    assert next(stream).turn_id == "a"
    store.add_turns([turn("b", 2), turn("d", 4)])
    assert ids(stream) == ["c"]
    assert ids(store.turns()) == ["a", "b", "c", "d"]


def test_turns_can_be_added_while_turns_are_streamed(store):
    store.add_turns([turn(f"t{number}", number) for number in range(1500)])
    copies = (msgspec.structs.replace(each, turn_id=f"copy of {each.turn_id}") for each in store.turns())
    assert store.add_turns(copies) == Added(1500, 0)


def test_a_session_tail_is_the_latest_of_the_same_user_and_device(store):
    store.add_turns(
        [
            turn("a", 1, user_id="u", device_id="d"),
            turn("b", 2, user_id="u", device_id="d"),
            turn("other device", 3, user_id="u", device_id="e"),
            turn("other user", 3, user_id="v", device_id="d"),
            turn("no user", 3, device_id="d"),
            turn("no device", 3, user_id="u"),
            turn("satellite", 3, user_id="u", satellite_id="d"),
            turn("satellite of e", 3, user_id="u", device_id="e", satellite_id="d"),
            turn("later", 4, user_id="u", device_id="d"),
            turn("nobody", 3),
        ]
    )
    assert ids(store.session_tail("u", "d", 4, 10)) == ["a", "b", "satellite"]
    assert ids(store.session_tail("u", "d", 4, 2)) == ["b", "satellite"]
    assert ids(store.session_tail("u", "d", 2, 10)) == ["a"]
    assert ids(store.session_tail("u", None, 9, 10)) == ["no device"]
    assert ids(store.session_tail(None, "d", 9, 10)) == ["no user"]
    assert ids(store.session_tail(None, None, 9, 10)) == ["nobody"]
    assert store.session_tail("u", "d", 9, 0) == store.session_tail("u", "d", 9, -1) == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (turn("a", nlu=Nlu(intent="i", confidence=float("nan"))), "turn 'a': \"nlu.confidence\" is not finite"),
        (turn("a", 1_769_846_400), "turn 'a': \"started\" is 1769846400, which looks like seconds"),
        (turn(""), "turn '': \"turn_id\" is empty"),
        (turn("a", request=5), "turn 'a': \"request\" is a number; expected text"),
    ],
)
def test_what_is_no_turn_is_refused_and_the_store_goes_on(bad, sentence, store):
    with pytest.raises(TurnError) as caught:
        store.add_turns([bad])
    assert str(caught.value).startswith(sentence)
    assert store.add_turns([turn("good")]) == Added(1, 0)
    assert ids(store.turns()) == ["good"]


def test_after_an_error_the_same_turns_can_be_given_again(store):
    turns = [turn(f"{number:04}", number) for number in range(1500)]

    def broken():
        yield from turns
        raise TurnError("the log breaks off")

    with pytest.raises(TurnError, match="breaks off"):
        store.add_turns(broken())
    assert store.count() >= 1000
    before = store.count()
    assert store.add_turns(turns) == Added(1500 - before, before)


def test_a_rollback_returns_to_the_release_before(store):
    store.set_release_in_use(1, at=10, note="first")
    store.set_release_in_use(2, at=20)
    store.set_release_in_use(3, at=30)
    assert store.release_in_use() == 3
    assert store.roll_back(at=40) == 2 == store.release_in_use()
    assert store.roll_back(at=50) == 1 == store.release_in_use()
    store.set_release_in_use(4, at=60)
    assert store.roll_back(at=70) == 1
    assert store.roll_back(at=80) is None
    assert store.release_in_use() is None
    with pytest.raises(ReleaseError, match="there is no promotion to roll back"):
        store.roll_back()
    assert store.promotions() == [
        Promotion(number=1, previous=None, at=10, note="first", undone=80),
        Promotion(number=2, previous=1, at=20, undone=50),
        Promotion(number=3, previous=2, at=30, undone=40),
        Promotion(number=4, previous=1, at=60, undone=70),
    ]


def test_no_release_may_be_put_into_use(store):
    store.set_release_in_use(1)
    store.set_release_in_use(None)
    assert store.release_in_use() is None
    assert store.roll_back() == 1


def test_the_release_in_use_is_not_promoted_again(store):
    store.set_release_in_use(None)
    store.set_release_in_use(1)
    before = store.change_counter()
    store.set_release_in_use(1)
    assert store.change_counter() == before
    assert [each.number for each in store.promotions()] == [1]
    assert store.promotions()[0].at > 1_700_000_000_000


def test_a_withdrawn_rewrite_keeps_its_first_reason(store):
    store.withdraw("b", "it turned off the oven", at=5)
    store.withdraw("a", "two losses")
    store.withdraw("b", "again")
    assert list(store.withdrawn().items()) == [("a", "two losses"), ("b", "it turned off the oven")]


def test_the_change_counter_grows_with_releases_and_withdrawals_only(store):
    seen = [store.change_counter()]

    def changed():
        seen.append(store.change_counter())
        return seen[-1] > seen[-2]

    store.add_turns([turn("a")])
    assert not changed()
    store.set_release_in_use(1)
    assert changed()
    store.withdraw("r", "why")
    assert changed()
    store.withdraw("r", "why")
    assert not changed()
    store.roll_back()
    assert changed()
    with pytest.raises(ReleaseError):
        store.roll_back()
    assert not changed()


def test_a_closed_store_says_so(store):
    store.close()
    store.close()
    for ask in (
        store.count,
        store.span,
        store.release_in_use,
        store.roll_back,
        store.promotions,
        store.withdrawn,
        store.change_counter,
        lambda: store.turn("a"),
        lambda: list(store.turns()),
        lambda: store.add_turns([turn("a")]),
        lambda: store.session_tail("u", "d", 1, 1),
        lambda: store.withdraw("a", "b"),
        lambda: store.set_release_in_use(1),
    ):
        with pytest.raises(StoreError, match="the store is closed"):
            ask()


def test_several_threads_may_use_it(store):
    failures = []

    def work(name):
        try:
            for number in range(40):
                store.add_turns([turn(f"{name} {number}", number), turn(f"shared {number}", number)])
                store.withdraw(f"{name} {number}", "why")
                assert store.turn(f"{name} {number}") is not None
                assert len(list(store.turns(since=number))) >= 2
                assert store.change_counter() > 0
        except BaseException as error:  # noqa: BLE001  (a thread must hand its failure over)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.count() == 4 * 40 + 40
    assert len(store.withdrawn()) == store.change_counter() == 160


@pytest.mark.parametrize("make", STORES)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(turns=st.lists(st.from_type(Turn), max_size=4))
def test_what_is_stored_comes_out_exactly(make, turns):
    with tempfile.TemporaryDirectory() as folder, make(folder) as store:
        store.add_turns(turns)
        firsts = {}
        for each in turns:
            firsts.setdefault(each.turn_id, each)
        # As JSON, because to Python 1, 1.0 and True are equal.
        expected = sorted(firsts.values(), key=lambda each: (each.started, each.turn_id))
        assert [msgspec.json.encode(each) for each in store.turns()] == [msgspec.json.encode(e) for e in expected]
        assert all(store.turn(each.turn_id) == firsts[each.turn_id] for each in turns)


class StoreMachine(RuleBasedStateMachine):
    """A store against a model of dicts and lists."""

    make = staticmethod(in_memory)
    turn_ids = Bundle("turn_ids")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.make(self.folder.name)
        self.turns = {}
        self.releases = []
        self.withdrawn = {}
        self.clock = count()

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
            each
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
            each
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

    @invariant()
    def agrees(self):
        turns = self.in_order()
        assert self.store.count() == len(turns)
        assert self.store.span() == ((turns[0].started, turns[-1].started) if turns else None)
        assert self.store.release_in_use() == (self.releases[-1] if self.releases else None)
        assert self.store.withdrawn() == self.withdrawn
        assert [each.number for each in self.store.promotions() if each.undone is None] == self.releases

    def in_order(self):
        return sorted(self.turns.values(), key=lambda each: (each.started, each.turn_id))

    def teardown(self):
        self.store.close()
        self.folder.cleanup()


class SqliteMachine(StoreMachine):
    make = staticmethod(in_sqlite)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make(self.folder.name)


FEW = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestMemoryStore = StoreMachine.TestCase
TestMemoryStore.settings = FEW
TestSqliteStore = SqliteMachine.TestCase
TestSqliteStore.settings = FEW


def judged(turn_id, p, defect, label=None):
    return Judgement(turn_id=turn_id, p_defect=p, defect=defect, label=label)


def test_judgements_are_replaced_as_a_whole(store):
    assert store.judgement("a") is None
    assert list(store.judgements()) == []
    label = Label(turn_id="b", reading=Hypothesis(intent="on"), provenance="moved on", probability=0.8, weight=1.0)
    first = [judged("a", 0.2, False), judged("b", 0.9, True, label), judged("c", 0.9, True)]
    store.set_judgements(first)
    assert store.judgement("b") == first[1]
    assert list(store.judgements()) == [first[1], first[2], first[0]]
    assert ids(store.judgements(defects=True)) == ["b", "c"]
    assert ids(store.judgements(limit=1)) == ["b"]
    store.set_judgements([judged("d", 0.5, False)])
    assert ids(store.judgements()) == ["d"]
    assert store.judgement("b") is None
