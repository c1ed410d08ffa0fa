"""What every store must do, run on each."""

import tempfile
import threading
from itertools import count
from pathlib import Path

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from sayagain.errors import InputError, ReleaseError, StoreError, TurnError
from sayagain.guardrails import RewriteOutcome, total_outcomes
from sayagain.labels import Judgement, Label
from sayagain.store import (
    Added,
    Erasure,
    Forgotten,
    MemoryStore,
    Promotion,
    SqliteStore,
    Store,
    Token,
    token_digest,
    user_code,
)
from sayagain.store.postgres import PostgresStore
from sayagain.teaching import Taught
from sayagain.turns import FeedbackReport, Hypothesis, Nlu, Response, Turn, complete_turn


def in_memory(folder):  # noqa: ARG001  (called like the other)
    return MemoryStore()


def in_sqlite(folder):
    return SqliteStore(Path(folder, "home.db"))


class Postgres:
    """A store in the server that the tests started; each call finds it empty."""

    url = None

    def __call__(self, folder):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS sayagain CASCADE")
        return self.again(folder)

    def again(self, folder):  # noqa: ARG002  (called like the others)
        return PostgresStore(self.url)


in_postgres = Postgres()
STORES = [in_memory, in_sqlite, in_postgres]


@pytest.fixture(scope="session")
def _server(postgres):
    in_postgres.url = postgres


@pytest.fixture(params=STORES, ids=["memory", "sqlite", "postgres"])
def make(request):
    if request.param is in_postgres:
        request.getfixturevalue("_server")
    return request.param


@pytest.fixture
def store(make, tmp_path):
    with make(tmp_path) as opened:
        yield opened


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


UP, DOWN = FeedbackReport(kind="thumbs", value=1), FeedbackReport(kind="thumbs", value=0)


def taught(phrase, means, user="u", at=0):
    return Taught(user_id=user, phrase=phrase, means=means, at=at)


def token(name, **fields):
    return Token(name=name, digest=token_digest(name), scopes=("rewrite", "observe"), created=1, **fields)


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
    assert store.taught("u") == store.taught("u", "study mode") == store.tokens() == []
    assert store.token("digest") is None
    assert store.forget_user("u") == Forgotten(0, 0, 0, 0)


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


def outcome(turn_id, user, at=1, *, failed=0.1, rewritten=True, complaint=None):
    return RewriteOutcome(
        turn_id=turn_id,
        rewrite_id="r",
        user_id=user,
        rewritten=rewritten,
        failed=failed,
        complaint=complaint,
        at=at,
    )


def test_outcomes_of_a_user_of_unknown_speakers_and_of_all(store):
    kept = [outcome("a", "ann", 3), outcome("b", None, 1), outcome("c", "bob", 2), outcome("d", None, 4)]
    store.add_outcomes(kept)
    store.add_outcomes([outcome("a", "ann", 3, failed=0.95, complaint="no")])

    def ids(**whose):
        return [one.turn_id for one in store.outcomes("r", **whose)]

    assert (ids(), ids(user_id="ann"), ids(unknown=True)) == (["b", "c", "a", "d"], ["a"], ["b", "d"])
    assert (ids(limit=2), ids(unknown=True, limit=1), store.outcomes("other")) == (["a", "d"], ["d"], [])
    assert store.outcomes("r", user_id="ann")[0].complaint == "no"


@pytest.mark.parametrize("per_user", [False, True])
def test_outcomes_are_summed_by_turns_or_with_each_user_once(per_user, store):
    kept = [outcome(f"a{number}", "ann", failed=0.95, complaint="no") for number in range(9)]
    # A home counts once, whatever users it names.
    kept += [msgspec.structs.replace(outcome(f"h{user}", user, failed=0.9), home="flat") for user in ("x", "y", "ann")]
    kept += [outcome("b", "bob"), outcome("c", None, failed=0.2), outcome("d", None, failed=0.4)]
    kept += [outcome("e", "bob", rewritten=False, failed=0.5), outcome("f", "bob", rewritten=False, failed=0.7)]
    store.add_outcomes(kept)
    totals = store.outcome_totals("r", per_user=per_user)["r"]
    bad, alone = (0.95 + 0.9 + 0.1 + 0.3, 0.6) if per_user else (9 * 0.95 + 2.7 + 0.1 + 0.6, 1.2)
    assert (totals.bad, totals.bad_alone, totals.complaints) == (pytest.approx(bad), pytest.approx(alone), 9)
    assert totals.good + totals.bad == pytest.approx(4 if per_user else 15)
    expected = total_outcomes(kept, per_user=per_user)
    assert msgspec.to_builtins(totals) == pytest.approx(msgspec.to_builtins(expected))
    assert (list(store.outcome_totals()), store.outcome_totals("other")) == (["r"], {})


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
        lambda: store.add_feedback("a", UP),
        lambda: store.teach(taught("a", "b")),
        lambda: store.taught("u"),
        lambda: store.forget_taught("u", "a"),
        lambda: store.forget_user("u"),
        store.user_key,
        store.erasures,
        lambda: store.end_erasure("code"),
        store.erasure_count,
        store.count_change,
        lambda: store.claim_user("u", "flat"),
        lambda: store.add_token(token("a")),
        store.tokens,
        lambda: store.token("a"),
        lambda: store.revoke_token("a", 1),
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


def test_late_feedback_is_part_of_the_turn_wherever_it_comes_from(store):
    own = FeedbackReport(kind="correction", text="the other lamp")
    given = FeedbackReport(kind="helped", value=0, at=2_000_000_000_000)
    store.add_turns([turn("a", 1, user_id="u", device_id="d", feedback=(own, given)), turn("b", 2)])
    assert store.add_feedback("a", UP, 2_000_000_000_001)
    assert store.add_feedback("a", DOWN, 1_999_999_999_999)
    assert store.add_feedback("c", UP, 2_000_000_000_002)
    expected = (
        own,
        msgspec.structs.replace(DOWN, at=1_999_999_999_999),
        given,
        msgspec.structs.replace(UP, at=2_000_000_000_001),
    )
    assert store.turn("a").feedback == expected
    assert [each.feedback for each in store.turns()] == [expected, ()]
    assert store.session_tail("u", "d", 5, 1)[0].feedback == expected
    # The turn comes after what was said of it.
    store.add_turns([turn("c", 3)])
    assert store.turn("c").feedback == (msgspec.structs.replace(UP, at=2_000_000_000_002),)


def test_feedback_sent_again_is_kept_once(store):
    store.add_turns([turn("a")])
    assert store.add_feedback("a", UP, 2_000_000_000_000)
    assert not store.add_feedback("a", UP, 2_000_000_000_000)
    assert store.add_feedback("a", DOWN, 2_000_000_000_001)
    # Without a time of its own it may be the user's last word as well as a second try: the later time counts.
    assert not store.add_feedback("a", UP, 2_000_000_000_002)
    assert not store.add_feedback("a", UP, 2_000_000_000_001)
    assert [(each.value, each.at) for each in store.turn("a").feedback] == [
        (0, 2_000_000_000_001),
        (1, 2_000_000_000_002),
    ]


def test_feedback_with_a_time_of_its_own_is_another_at_another_time(store):
    store.add_turns([turn("a", feedback=(msgspec.structs.replace(UP, at=2_000_000_000_000),))])
    for at in (2_000_000_000_000, 2_000_000_000_005, 2_000_000_000_005):
        store.add_feedback("a", msgspec.structs.replace(UP, at=at), 1)
    assert [each.at for each in store.turn("a").feedback] == [2_000_000_000_000, 2_000_000_000_005]
    assert store.add_feedback("a", UP)
    assert store.turn("a").feedback[0].at != store.turn("a").feedback[-1].at > 1_700_000_000_000


@pytest.mark.parametrize(
    ("turn_id", "report", "sentence"),
    [
        ("", UP, "turn '': \"turn_id\" is empty"),
        ("a", FeedbackReport(kind="thumbs", value=2), "turn 'a': \"feedback[0].value\" is 2"),
        ("a", FeedbackReport(kind="rating", value=float("nan")), "turn 'a': \"feedback[0].value\" is"),
        ("a", FeedbackReport(kind="thumbs", at=1_769_846_400), "turn 'a': \"feedback[0].at\" is 1769846400, which"),
        ("a", FeedbackReport(kind="correction", text="\ud83d"), "turn 'a': a text holds half a surrogate pair"),
    ],
)
def test_feedback_that_no_turn_could_hold_is_refused(turn_id, report, sentence, store):
    with pytest.raises(TurnError) as caught:
        store.add_feedback(turn_id, report)
    assert str(caught.value).startswith(sentence)


def test_a_lesson_is_found_by_its_user_and_phrase_alone(store):
    study, work = taught("Study mode!", "lamp to 40 %"), taught("work", "radio on")
    for each in (work, study, taught("study mode", "all off", user="v")):
        assert store.teach(each)
    assert store.taught("u") == [study, work]
    assert store.taught("u", "please study-mode") == [study]
    assert store.taught("u", "study") == store.taught("w") == store.taught("w", "work") == []


def test_a_newer_lesson_supersedes_an_older_one_and_never_the_other_way_round(store):
    old, new = taught("study mode", "lamp on", at=5), taught("Study mode", "lamp off", at=6)
    assert store.teach(old)
    assert store.teach(new)
    assert not store.teach(old)
    assert store.taught("u") == [new]
    assert store.teach(new)
    # At the same time the one that comes later is the later one.
    same = taught("study mode", "radio on", at=6)
    assert store.teach(same)
    assert store.taught("u") == [same]


def test_a_lesson_can_be_forgotten(store):
    store.teach(taught("study mode", "lamp on"))
    store.teach(taught("study mode", "lamp on", user="v"))
    assert store.forget_taught("u", "Study mode, please")
    assert not store.forget_taught("u", "study mode")
    assert store.taught("u") == []
    assert len(store.taught("v")) == 1


def test_one_phrase_may_mean_something_else_in_each_language(store):
    every, german, dutch = (
        Taught(user_id="u", phrase="Rust!", means=means, at=3, language=language)
        for means, language in (("lamp off", None), ("licht aus", "de"), ("licht uit", "nl"))
    )
    other = Taught(user_id="u", phrase="rust mode", means="lamp on", at=3)
    for lesson in (dutch, other, every, german):
        assert store.teach(lesson)
    assert store.taught("u", "please, rust") == [every, german, dutch]
    assert store.taught("u") == [every, german, dutch, other]
    assert not store.teach(msgspec.structs.replace(german, means="radio an", at=2))
    newer = msgspec.structs.replace(german, means="radio an", at=4)
    assert store.teach(newer)
    assert store.taught("u", "rust") == [every, newer, dutch]
    assert store.forget_taught("u", "rust")
    assert store.taught("u") == [other]


def test_teaching_and_feedback_leave_the_change_counter_alone(store):
    before = store.change_counter()
    store.teach(taught("study mode", "lamp on"))
    store.add_feedback("a", UP)
    store.forget_taught("u", "study mode")
    store.add_token(token("kitchen"))
    store.forget_user("u")
    assert store.change_counter() == before


def test_a_forgotten_user_leaves_nothing_and_nobody_else_loses_anything(store):
    store.add_turns([turn(f"{user}{n}", n, user_id=user) for user in "uv" for n in range(3)] + [turn("nobody", 1)])
    store.set_judgements([judged(name, 0.5, False) for name in ("u0", "u1", "v0", "nobody")])
    for name in ("u0", "v0", "unknown"):
        store.add_feedback(name, UP, 2_000_000_000_000)
    store.teach(taught("study mode", "lamp on"))
    store.teach(taught("study mode", "lamp on", user="v"))
    assert store.forget_user("u") == Forgotten(turns=3, judgements=2, feedback=1, taught=1)
    assert ids(store.turns()) == ["v0", "nobody", "v1", "v2"]
    assert ids(store.judgements()) == ["nobody", "v0"]
    assert store.turn("v0").feedback
    assert store.taught("u") == []
    assert len(store.taught("v")) == 1
    assert store.forget_user("u") == Forgotten(0, 0, 0, 0)
    # Neither does the feedback come back with a turn of the same id.
    store.add_turns([turn("u0")])
    assert store.turn("u0").feedback == ()


def test_who_is_forgotten_is_kept_by_code_until_the_releases_forget_too(store):
    assert (store.erasures(), store.erasure_count()) == ([], 0)
    store.add_turns([turn("u1", 7, user_id="u"), turn("u0", 5, user_id="u"), turn("v0", 1, user_id="v")])
    store.forget_user("u")
    store.forget_user("nobody")
    codes = {user: user_code(user, store.user_key()) for user in ("u", "nobody")}
    expected = sorted([Erasure(codes["u"], 5), Erasure(codes["nobody"], None)])
    assert (sorted(store.erasures()), store.erasure_count()) == (expected, 2)
    # Forgotten again before it is done, the first turn is the first of all.
    store.add_turns([turn("u2", 9, user_id="u"), turn("n0", 3, user_id="nobody")])
    store.forget_user("u")
    store.forget_user("nobody")
    expected = sorted([Erasure(codes["u"], 5), Erasure(codes["nobody"], 3)])
    assert (sorted(store.erasures()), store.erasure_count()) == (expected, 4)
    store.end_erasure(codes["u"])
    store.end_erasure("unknown")
    assert store.erasures() == [Erasure(codes["nobody"], 3)]


def test_what_was_made_of_others_in_a_session_of_the_user_goes_too(store):
    shared = [turn("u0", 0, user_id="u", session_id="s"), turn("v0", 1, user_id="v", session_id="s")]
    store.add_turns([*shared, turn("x0", 2, session_id="s"), turn("v1", 3, user_id="v"), turn("x1", 4, session_id="t")])
    store.set_judgements([judged(name, 0.5, False) for name in ("u0", "v0", "x0", "v1", "x1")])
    assert store.forget_user("u").judgements == 3
    assert sorted(ids(store.judgements())) == ["v1", "x1"]
    assert store.count() == 4


def test_the_key_of_users_is_random_and_stays(store):
    key = store.user_key()
    assert len(key) == 32
    assert len(set(key)) > 8
    assert store.user_key() == key


def test_a_change_can_be_counted(store):
    before = store.change_counter()
    store.count_change()
    assert store.change_counter() > before


def test_a_user_belongs_to_the_first_home_and_one_who_is_known_only_on_purpose(store):
    store.add_turns([turn("a", user_id="ann")])
    store.teach(taught("study mode", "lamp on", user="bob"))
    assert store.claim_user("cy", "flat") == "flat"
    assert store.claim_user("cy", "hut") == store.claim_user("cy", "hut", known=True) == "flat"
    assert [store.claim_user(user, "hut") for user in ("ann", "bob")] == [None, None]
    assert [store.claim_user(user, "hut", known=True) for user in ("ann", "bob")] == ["hut", "hut"]
    assert store.claim_user("ann", "flat") == "hut"
    for user in ("ann", "cy"):
        store.forget_user(user)
    assert [store.claim_user(user, "inn") for user in ("ann", "bob", "cy")] == ["inn", "hut", "inn"]


def test_tokens(store):
    kitchen, phone = token("kitchen", home="flat", users=("ann", "b, c")), token("phone", expires=9)
    store.add_token(phone)
    store.add_token(kitchen)
    assert store.tokens() == [kitchen, phone]
    assert store.token(token_digest("phone")) == phone
    assert store.token(token_digest("other")) is None
    store.revoke_token("kitchen", 7)
    store.revoke_token("kitchen", 8)
    assert store.token(kitchen.digest) == msgspec.structs.replace(kitchen, revoked=7)
    with pytest.raises(InputError, match="there is a token named 'kitchen' already; choose another name"):
        store.add_token(Token(name="kitchen", digest="other", scopes=(), created=1))
    with pytest.raises(InputError, match="there is no token named 'cellar'"):
        store.revoke_token("cellar", 1)
    assert [each.stands(8) for each in store.tokens()] == [False, True]


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
        assert self.store.forget_taught(user, phrase) == (known is not None)

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

    @invariant()
    def knows_what_was_taught(self):
        for user in "uv":
            mine = {key: each for (owner, key), each in self.lessons.items() if owner == user}
            assert self.store.taught(user) == [mine[key] for key in sorted(mine)]
            assert all(self.store.taught(user, each.phrase) == [each] for each in mine.values())

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


class SqliteMachine(StoreMachine):
    make = staticmethod(in_sqlite)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make(self.folder.name)


class PostgresMachine(StoreMachine):
    make = in_postgres

    @rule()
    def reopen(self):
        self.store.close()
        self.store = self.make.again(self.folder.name)


FEW = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestMemoryStore = StoreMachine.TestCase
TestMemoryStore.settings = FEW
TestSqliteStore = SqliteMachine.TestCase
TestSqliteStore.settings = FEW
TestPostgresStore = pytest.mark.usefixtures("_server")(PostgresMachine.TestCase)
TestPostgresStore.settings = settings(FEW, max_examples=10)


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
