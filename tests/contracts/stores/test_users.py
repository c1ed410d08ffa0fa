"""Users: forgotten without a trace, bound to their homes; and tokens."""

import msgspec
import pytest

from sayagain.errors import InputError
from sayagain.guardrails import RewriteOutcome
from sayagain.labels import Judgement
from sayagain.store import Erasure, Forgotten, Token, token_digest, user_code
from sayagain.turns import FeedbackReport, Turn

from .conftest import person, taught, token


def turn(turn_id, started=0, **fields):
    return Turn(turn_id=turn_id, started=started, request=fields.pop("request", "lamp on"), **fields)


def ids(turns):
    return [each.turn_id for each in turns]


def judged(turn_id, p, defect, label=None):
    return Judgement(turn_id=turn_id, p_defect=p, defect=defect, label=label)


UP, DOWN = FeedbackReport(kind="thumbs", value=1), FeedbackReport(kind="thumbs", value=0)


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
    assert store.taught([person("u")]) == []
    assert len(store.taught([person("v")])) == 1
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


def test_old_turns_expire_with_all_that_hangs_on_them_and_nothing_else(store):
    store.add_turns([turn(f"{at}", at, user_id="u") for at in range(6)])
    store.set_judgements([judged("1", 0.5, False), judged("4", 0.5, False)])
    for name, at in (("1", 9), ("4", 9), ("never", 2), ("later", 9)):
        store.add_feedback(name, DOWN, at)
    outcome = RewriteOutcome(turn_id="1", rewrite_id="r", user_id="u", rewritten=True, failed=1.0, complaint=None, at=1)
    store.add_outcomes([outcome, msgspec.structs.replace(outcome, turn_id="4", at=4)])
    store.teach(taught("study mode", "lamp on"))
    assert store.expire(4) == 4
    assert ids(store.turns()) == ["4", "5"]
    assert ids(store.judgements()) == ["4"]
    assert [outcome.turn_id for outcome in store.outcomes("r")] == ["4"]
    assert len(store.taught([person("u")])) == 1
    # What was deleted does not come back with its turn, and what may still come is kept.
    store.add_turns([turn("1", 1), turn("later", 7)])
    assert [len(store.turn(name).feedback) for name in ("1", "4", "later")] == [0, 1, 1]
    assert store.expire(4) == 1
    assert store.erasures() == []
