import shutil

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.errors import CorruptModel, ModelError
from sayagain.failures import FAILURE_POINTS, FailureIsolator, LogKnowledge
from sayagain.failures.isolator import SHIPPED
from sayagain.failures.log_fields import LOG_FIELDS, without
from sayagain.failures.tree_model import TREES
from sayagain.models import read_manifest
from sayagain.turns import Action, Turn, sessions


@settings(max_examples=30, deadline=None)
@given(omitted=st.sets(st.sampled_from(sorted(LOG_FIELDS))), later=st.booleans())
def test_it_works_on_any_subset_of_the_fields(home_log, isolator, omitted, later):
    turns = home_log[:20]
    for field in omitted:
        turns = [without(turn, field) for turn in turns]
    log = sessions(turns)
    isolations = [i for opinions in isolator.isolate(log, LogKnowledge.of(log), later=later) for i in opinions]
    assert [i.turn_id for i in isolations] == [turn.turn_id for session in log for turn in session.turns]
    for isolation in isolations:
        assert sum(isolation.probabilities.values()) == pytest.approx(1, abs=1e-3)
        assert isolation.stage == max(FAILURE_POINTS, key=lambda stage: isolation.probabilities[stage])


def test_words_alone_are_enough_for_an_answer(isolator):
    log = sessions([Turn(turn_id="t", started=0, request="lamp on")])
    assert isolator.isolate(log, LogKnowledge.of(log))[0][0].turn_id == "t"
    assert isolator.isolate([], LogKnowledge.of([])) == []


def test_the_same_log_gives_the_same_failure_points_in_any_order(home_log, isolator):
    log = sessions(home_log)
    knowledge = LogKnowledge.of(log)
    assert isolator.isolate(log[::-1], knowledge) == isolator.isolate(log, knowledge)[::-1]


def test_what_the_package_ships_is_small_and_says_what_it_was_trained_on():
    manifest = read_manifest(SHIPPED, TREES)
    assert (SHIPPED / TREES).stat().st_size <= 5_000_000
    assert set(manifest.labels["failure_point"]) == set(FAILURE_POINTS)
    assert "homes" in manifest.data
    assert manifest.metrics["accuracy_full"] >= 0.94
    assert "Limits" in (SHIPPED / "card.md").read_text(encoding="utf-8")


def test_a_model_that_was_changed_is_refused(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    with (tmp_path / "model" / TREES).open("a", encoding="utf-8") as trees:
        trees.write("\n")
    with pytest.raises(CorruptModel, match=TREES):
        FailureIsolator.open(tmp_path / "model")


def test_where_there_is_no_model_that_is_said(tmp_path):
    with pytest.raises(ModelError, match="holds no model"):
        FailureIsolator.open(tmp_path)


def test_a_model_with_a_column_of_a_later_version_is_refused(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    manifest = read_manifest(SHIPPED, TREES)
    fields = {"evidence": (*manifest.fields["evidence"][:-1], "blood_pressure")}
    (tmp_path / "model" / "manifest.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(manifest, fields=fields))
    )
    with pytest.raises(ModelError, match="blood_pressure"):
        FailureIsolator.open(tmp_path / "model")


class SureModel:
    """A model that is sure of one failure point, whatever the evidence."""

    classes = FAILURE_POINTS

    def __init__(self, stage):
        self._row = [float(name == stage) for name in FAILURE_POINTS]

    def probabilities(self, rows):
        return np.array([self._row] * len(rows))


@pytest.mark.parametrize(
    ("code", "ok", "expected"),
    [
        ("device_offline", False, "result"),
        ("failed_to_handle", False, "result"),
        ("not_supported", True, "correct"),
        ("no_intent_match", True, "nlu"),
        ("no_valid_targets", True, "nlu"),
    ],
)
def test_what_the_assistant_states_of_itself_rules_out_what_the_model_takes_it_for(
    make_turn, hypothesis, code, ok, expected
):
    turn = make_turn(
        "lamp on",
        hypothesis=hypothesis("HassTurnOn", name="lamp") if code != "no_intent_match" else None,
        answer=("Sorry", code),
        actions=() if ok else (Action(target="light.lamp", ok=False),),
    )
    log = sessions([turn])
    assert FailureIsolator(SureModel("nlu")).isolate(log, LogKnowledge.of(log))[0][0].stage == expected
