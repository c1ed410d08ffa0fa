from hypothesis import given
from hypothesis import strategies as st

from sayagain.guardrails import RewriteOutcome, RewriteTotals, standing_among_users, standing_with_user


def outcomes(pattern):
    """One outcome a letter: `x` drew an objection, `.` went well, `h` was kept back and failed."""
    return [
        RewriteOutcome(
            turn_id=f"t{at}",
            rewrite_id="r",
            user_id=None,
            rewritten=letter != "h",
            failed=0.1 if letter == "." else 0.95,
            complaint="taken back" if letter == "x" else None,
            at=at,
        )
        for at, letter in enumerate(pattern)
    ]


def action(pattern):
    return standing_with_user(outcomes(pattern)).action


def test_one_objection_makes_it_a_question_and_the_next_ends_it():
    assert [action(pattern) for pattern in ("", "...", "x", "....x", "x.x", "xx")] == [
        *("serve", "serve", "ask", "ask", "withdraw", "withdraw"),
    ]


def test_three_confirmations_bring_it_back():
    assert [action(pattern) for pattern in ("x..", "x...", "x...x", "xx...")] == ["ask", "serve", "ask", "serve"]


def test_the_holdout_says_nothing_of_the_rewrite():
    assert action("hhhh") == "serve"


@given(st.text("x.h", max_size=40))
def test_a_last_objection_is_never_served_next_time(pattern):
    assert action(pattern + "x") != "serve"


@given(st.integers(0, 40), st.integers(0, 40))
def test_among_users_more_failures_never_help(good, bad):
    def harm(good, bad):
        totals = RewriteTotals(good=good, bad=bad, good_alone=3, bad_alone=7)
        return standing_among_users(totals).action == "withdraw"

    assert harm(good, bad) <= harm(good, bad + 1)


def test_among_users_what_is_left_alone_is_the_measure():
    # Eight of ten went well; left alone they always did, or never.
    assert standing_among_users(RewriteTotals(good=8, bad=2, good_alone=40)).action == "withdraw"
    assert standing_among_users(RewriteTotals(good=8, bad=2, bad_alone=40)).action == "serve"
