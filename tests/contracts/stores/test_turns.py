"""Turns in a store: each once, in order, exactly as they were given."""

import tempfile
import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.errors import TurnError
from sayagain.store import Added, Forgotten, Store
from sayagain.turns import Nlu, Response, Turn, complete_turn

from .conftest import person


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
    assert store.taught([person("u")]) == store.taught([person("u")], "study mode") == store.tokens() == []
    assert store.token("digest") is None
    assert store.forget_user("u") == Forgotten(0, 0, 0, 0)


def test_the_turns_of_each_day_are_counted(store):
    day = 86_400_000
    assert store.day_sizes() == {}
    starts = (0, day - 1, day, 20_000 * day + 5)
    store.add_turns(turn(str(started), started) for started in starts)
    assert store.day_sizes() == {0: 2, 1: 1, 20_000: 1}


def test_a_turn_is_stored_once_and_the_first_stays(store):
    first, second = turn("a", request="lamp on"), turn("a", 5, request="lamp off")
    assert store.add_turns([first, turn("b")]) == Added(new=2, known=0)
    assert store.add_turns([second, turn("c")]) == Added(new=1, known=1)
    assert store.add_turns([turn("d"), turn("d", 9)]) == Added(new=1, known=1)
    assert store.add_turns([]) == Added(new=0, known=0)
    assert store.turn("a") == first
    assert store.count() == 4


def test_a_turn_that_was_logged_before_it_ended_is_completed_and_nothing_of_it_changes(store):
    begun, ended = turn("a"), turn("a", response=Response(text="Done."), session_id="s")
    store.add_turns([begun, turn("b")])
    assert store.add_turns([ended, turn("b", request="lamp off", response=Response(text="Off."))]) == Added(0, 2)
    assert store.turn("a") == ended
    assert store.turn("b") == turn("b")
    assert store.add_turns([begun, turn("a", response=Response(text="Failed.", type="error"))]) == Added(0, 2)
    assert store.turn("a") == ended
    # A batch may hold both records of a turn.
    store.add_turns([turn("c"), turn("c", response=Response(text="Done."))])
    assert store.turn("c") == turn("c", response=Response(text="Done."))


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


def test_the_latest_turns_come_in_order_of_time(store):
    store.add_turns([turn("a", 3), turn("b", 1, user_id="u"), turn("c", 2), turn("d", 2, user_id="u"), turn("e", 4)])
    assert ids(store.turns(latest=3)) == ["d", "a", "e"]
    assert ids(store.turns(latest=9)) == ["b", "c", "d", "a", "e"]
    assert ids(store.turns(latest=2, until=3)) == ["c", "d"]
    assert ids(store.turns(latest=1, user_id="u")) == ["d"]
    assert ids(store.turns(latest=0)) == []


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
        (turn("a", nlu=Nlu(intent="i", confidence=float("nan"))), "turn 'a': \"nlu.confidence\" is NaN or infinite"),
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


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(turns=st.lists(st.from_type(Turn), max_size=4))
def test_what_is_stored_comes_out_exactly(make, turns):
    with tempfile.TemporaryDirectory() as folder, make(folder) as store:
        store.add_turns(turns)
        firsts = {}
        for each in turns:
            firsts[each.turn_id] = complete_turn(firsts.get(each.turn_id, each), each)
        # As JSON, because to Python 1, 1.0 and True are equal.
        expected = sorted(firsts.values(), key=lambda each: (each.started, each.turn_id))
        assert [msgspec.json.encode(each) for each in store.turns()] == [msgspec.json.encode(e) for e in expected]
        assert all(store.turn(each.turn_id) == firsts[each.turn_id] for each in turns)
