"""Promotions, withdrawals, and the counter by which another process notices them; and a store that is closed."""

import pytest

from sayagain.errors import ReleaseError, StoreError
from sayagain.store import Promotion
from sayagain.turns import FeedbackReport, Turn

from .conftest import person, taught, token, waiting


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


UP, DOWN = FeedbackReport(kind="thumbs", value=1), FeedbackReport(kind="thumbs", value=0)


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


def test_teaching_and_feedback_leave_the_change_counter_alone(store):
    before = store.change_counter()
    store.teach(taught("study mode", "lamp on"))
    store.add_feedback("a", UP)
    store.forget_taught(person("u"), "study mode")
    store.add_token(token("kitchen"))
    store.forget_user("u")
    assert store.change_counter() == before


def test_a_change_can_be_counted(store):
    before = store.change_counter()
    store.count_change()
    assert store.change_counter() > before


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
        lambda: store.open_exchange(waiting()),
        lambda: store.take_exchange("p"),
        lambda: store.taught([person("u")]),
        lambda: store.forget_taught(person("u"), "a"),
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
