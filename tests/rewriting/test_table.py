import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels import Label
from sayagain.rewriting.table import Table, TableRow, Use, shares, transcripts
from sayagain.turns import NOTHING, AppliedRewrite, Asr, AsrHypothesis, Hypothesis, Nlu, Response, Slot, Turn

ON, OFF = Hypothesis(intent="on"), Hypothesis(intent="off")
LOST = Response(type="error", error_code="no_intent_match")


def turn(request="lamp on", nbest=(), *, hypothesis=None, **fields):
    asr = Asr(nbest=tuple(AsrHypothesis(text=text, confidence=c) for text, c in nbest)) if nbest else None
    nlu = Nlu(ranking=(hypothesis,)) if hypothesis is not None else None
    return Turn(turn_id="t", started=0, request=request, asr=asr, nlu=nlu, **fields)


def label(hypothesis, probability=0.8, weight=1.0):
    return Label(turn_id="t", hypothesis=hypothesis, provenance="moved on", probability=probability, weight=weight)


def weights(*nbest):
    return transcripts(turn("x", nbest))


@pytest.mark.parametrize(
    ("nbest", "expected"),
    [
        ([("Lamp on", 0.6), ("lamb on", 0.2)], [("lamp on", 0.75), ("lamb on", 0.25)]),
        ([("lamp on", None), ("lamb on", None)], [("lamp on", 0.8), ("lamb on", 0.2)]),
        ([("lamp on", math.log(0.6)), ("lamb on", math.log(0.2))], [("lamp on", 0.75), ("lamb on", 0.25)]),
        # Log-likelihoods of whole sentences are far below what a float's exponential can hold.
        ([("a", -1000.0), ("b", -1000.0 + math.log(1 / 3))], [("a", 0.75), ("b", 0.25)]),
        # The same words twice are one string.
        ([("lamp on", 0.5), ("Lamp, on!", 0.25), ("lamb on", 0.25)], [("lamp on", 0.75), ("lamb on", 0.25)]),
        ([("lamp on", 0.0)], [("lamp on", 1.0)]),
        ([("lamp on", 0.5), ("lamb on", -0.5)], [("lamp on", 1.0), ("lamb on", 0.0)]),
        ([("", None)], [("", 1.0)]),
    ],
)
def test_strings_are_weighed_by_whatever_confidence_there_is(nbest, expected):
    found = weights(*nbest)
    assert [text for text, _ in found] == [text for text, _ in expected]
    assert [weight for _, weight in found] == pytest.approx([weight for _, weight in expected])


def test_without_an_n_best_the_request_is_all_there_is():
    assert transcripts(turn("Lamp on!")) == [("lamp on", 1.0)]
    assert transcripts(turn("")) == [("", 1.0)]


def test_after_a_rewrite_what_was_heard_counts():
    applied = AppliedRewrite(id="r", source="lamb on", target="lamp on", layer="table")
    assert transcripts(turn("lamp on", [("other", 1.0)], applied_rewrite=applied)) == [("lamb on", 1.0)]


@given(
    st.lists(st.tuples(st.text(max_size=5), st.none() | st.floats(-2000, 2000)), min_size=1, max_size=8),
)
def test_weights_sum_to_1_whatever_is_reported(nbest):
    found = weights(*nbest)
    assert sum(weight for _, weight in found) == pytest.approx(1)
    assert all(weight >= 0 for _, weight in found)
    assert len({text for text, _ in found}) == len(found) <= 5


def learnt(*turns):
    table = Table()
    for each, meant, user in turns:
        table.add(each, meant, user)
    return table


def test_a_string_that_is_read_now_as_nothing_and_now_rightly_has_only_the_right_reading():
    table = learnt(
        (turn(hypothesis=NOTHING), label(NOTHING), "u"),
        (turn(hypothesis=NOTHING), None, "u"),
        (turn(hypothesis=ON), label(ON), "v"),
    )
    row = table.row("lamp on")
    assert [(use.hypothesis, use.users) for use in row.uses] == [(ON, 1)]
    assert (row.heard, row.failed, row.users, row.plain) == (3, 2, 2, NOTHING)


def test_words_that_are_judged_to_go_wrong_mostly_fail_and_a_device_that_is_off_is_not_counted():
    table = Table()
    for p_defect in (0.9, 0.8, 0.1):
        table.add(turn(), None, "u", p_defect)
    table.add(turn(response=Response(type="error", error_code="failed_to_handle"), hypothesis=ON), None, "u", 1.0)
    row = table.row("lamp on")
    assert (row.heard, row.judged, row.defects) == (4, 3, pytest.approx(1.8))
    assert row.mostly_fails
    table.add(turn(), None, "u", 0.0)
    assert not table.row("lamp on").mostly_fails
    assert table.row("lamp on", without="u") is None


def test_labels_that_are_not_sure_teach_nothing():
    table = learnt((turn(), label(ON, weight=0.5), "u"), (turn(), label(ON, probability=0.5), "u"))
    assert table.row("lamp on").uses == ()


def test_every_string_of_the_n_best_is_taught_by_its_weight():
    table = learnt((turn(nbest=[("lamp on", 0.6), ("lamb on", 0.2)]), label(ON), "u"))
    assert table.row("lamp on").uses[0].weight == pytest.approx(0.6)
    assert table.row("lamb on").uses[0].weight == pytest.approx(0.2)
    assert (table.row("lamb on").heard, table.row("lamb on").plain) == (0, None)


def test_a_turn_that_was_rewritten_tells_nothing_of_the_request_left_alone_but_the_holdout_does():
    def applied(layer, target):
        return AppliedRewrite(id="r", source="lamb on", target=target, layer=layer)

    table = learnt((turn("lamp on", applied_rewrite=applied("table", "lamp on")), label(ON), "u"))
    assert (table.row("lamb on").heard, table.row("lamb on").uses[0].hypothesis) == (0, ON)
    table = learnt((turn("lamb on", response=LOST, applied_rewrite=applied("leave", "lamb on")), None, "u"))
    assert (table.row("lamb on").heard, table.row("lamb on").failed) == (1, 1)


def test_equal_readings_are_one_record_without_confidence():
    one = Hypothesis(intent="on", slots=(Slot("b", 1), Slot("a", 2)), confidence=0.3)
    other = Hypothesis(intent="on", slots=(Slot("a", 2), Slot("b", 1)), confidence=0.9)
    table = learnt((turn(), label(one), "u"), (turn(), label(other), "v"))
    (use,) = table.row("lamp on").uses
    assert (use.hypothesis, use.users) == (Hypothesis(intent="on", slots=(Slot("a", 2), Slot("b", 1))), 2)
    assert table.hypothesis(one.key) == use.hypothesis
    assert table.hypothesis("unknown|") is None


TAUGHT = st.lists(
    st.tuples(
        st.builds(
            turn,
            st.sampled_from(["lamp on", "lamb on", "lamp off"]),
            st.sampled_from([(), (("lamp on", 0.5), ("lamb on", 0.5))]),
            hypothesis=st.sampled_from([None, NOTHING, ON, OFF]),
        ),
        st.sampled_from([None, label(ON), label(OFF), label(ON, weight=0.3)]),
        st.sampled_from(["u", "v", "w"]),
    ),
    max_size=12,
)


def close(one: TableRow | None, other: TableRow | None) -> bool:
    if one is None or other is None:
        return one is other
    sums = [
        [row.heard, row.failed, *(use.weight for use in sorted(row.uses, key=lambda u: u.hypothesis.key))]
        for row in (one, other)
    ]
    names = [
        (row.users, row.plain, sorted((use.hypothesis.key, use.users) for use in row.uses)) for row in (one, other)
    ]
    return names[0] == names[1] and sums[0] == pytest.approx(sums[1])


@given(TAUGHT)
def test_without_a_user_is_as_if_that_user_had_never_spoken(taught):
    whole = learnt(*taught)
    for user in ("u", "v", "w"):
        rest = learnt(*(each for each in taught if each[2] != user))
        for text in ("lamp on", "lamb on", "lamp off", "never"):
            assert close(whole.row(text, user), rest.row(text))


@given(TAUGHT, st.randoms())
def test_the_order_of_turns_does_not_matter(taught, dice):
    first = learnt(*taught)
    dice.shuffle(taught)
    second = learnt(*taught)
    for text in ("lamp on", "lamb on", "lamp off"):
        assert close(first.row(text), second.row(text))


@given(TAUGHT, st.integers(1, 3))
def test_what_is_shown_to_everybody_has_enough_users_in_every_part(taught, min_users):
    rows = learnt(*taught).rows(min_users)
    assert list(rows) == sorted(rows)
    for text, row in rows.items():
        speakers = {user for each, _, user in taught if transcripts(each)[0][0] == text}
        assert row.uses or len(speakers) >= min_users
        assert all(use.users >= min_users for use in row.uses)
        if row.plain is not None:
            read = {
                user
                for each, _, user in taught
                if transcripts(each)[0][0] == text and each.understood.key == row.plain.key
            }
            assert len(read) >= min_users


def test_a_reading_that_only_one_user_got_is_not_what_everybody_gets():
    mine = Hypothesis(intent="play", slots=(Slot("playlist", "mine"),))
    table = learnt(*[(turn("play", hypothesis=mine), None, "u")] * 3, (turn("play", hypothesis=NOTHING), None, "v"))
    assert table.row("play").plain == mine
    assert table.rows(2)["play"].plain is None


def test_shares_are_of_what_was_verified():
    rows = {
        "a": TableRow(uses=(Use(hypothesis=ON, weight=3, users=2), Use(hypothesis=OFF, weight=1, users=1))),
        "b": TableRow(uses=(Use(hypothesis=OFF, weight=2, users=1),)),
    }
    found = shares([("a", 0.5), ("b", 0.5), ("c", 0.5)], rows.get)
    assert found == {ON.key: (ON, 0.5, 1.5), OFF.key: (OFF, 0.5, 1.5)}
    assert shares([("c", 1.0)], rows.get) == {}
