"""The shipped judges: the offline judge uses later turns, the online judge cannot."""

import json
import shutil

import msgspec
import pytest

from sayagain.errors import CorruptModel, ModelError
from sayagain.labels.judge import turn_fields
from sayagain.labels.judge.dialogue import LONGEST
from sayagain.labels.judge.session_judge import SHIPPED, open_judge
from sayagain.models import load_encoder
from sayagain.turns import Session


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module", params=["offline", "online"])
def judge(request, encoder):
    return open_judge(request.param, encoder=encoder)


@pytest.fixture(scope="module")
def session(worlds):
    """A session whose second request fails and is rephrased, followed by another goal."""
    requests = ("turn on the radio", "turn of the lamp", "turn off the lamp", "what is the weather")
    times = (0, 60_000, 64_000, 200_000)
    turns = [
        worlds.answered(f"t{number}", words, started)
        for number, (words, started) in enumerate(zip(requests, times, strict=True))
    ]
    return Session(session_id="s", turns=tuple(turns))


def test_a_request_that_was_not_understood_is_likeliest_a_defect(judge, session):
    opinions = judge.judge([session])[0]
    assert [opinion.turn_id for opinion in opinions] == ["t0", "t1", "t2", "t3"]
    assert max(opinions, key=lambda opinion: opinion.p_defect).turn_id == "t1"
    assert opinions[1].p_defect >= judge.threshold > opinions[0].p_defect


def test_who_has_seen_what_follows_clears_the_second_try(encoder, session):
    judge = open_judge("offline", encoder=encoder)
    assert [opinion.p_defect >= judge.threshold for opinion in judge.judge([session])[0]] == [False, True, False, False]


def test_saying_it_again_begins_no_other_goal(judge, session):
    opinions = judge.judge([session])[0]
    starts = [opinion.p_start for opinion in opinions]
    assert starts[2] < min(starts[1], starts[3])
    goals = judge.goals(session, opinions)
    assert [[turn.turn_id for turn in goal.turns] for goal in goals][-2:] == [["t1", "t2"], ["t3"]]
    assert [turn for goal in goals for turn in goal.turns] == list(session.turns)


def test_the_online_judge_does_not_see_later_turns_and_the_offline_one_does(encoder, session):
    """Test for leaks: opinions of the online judge do not depend on later turns."""
    differences = {}
    for kind in ("online", "offline"):
        judge = open_judge(kind, encoder=encoder)
        full_opinions = judge.judge([session])[0]
        differences[kind] = max(
            abs(getattr(opinion, head) - getattr(full_opinion, head))
            for count in range(1, len(session.turns))
            for opinion, full_opinion in zip(
                judge.judge([msgspec.structs.replace(session, turns=session.turns[:count])])[0],
                full_opinions,
                strict=False,
            )
            for head in ("p_defect", "p_start", "p_reached")
        )
    assert differences["online"] < 1e-5
    assert differences["offline"] > 0.01


def test_a_session_is_judged_alike_alone_and_in_company(judge, session):
    shorter = msgspec.structs.replace(session, turns=session.turns[:2])
    together = judge.judge([session, shorter])
    for opinions, expected in zip(together, (judge.judge([session])[0], judge.judge([shorter])[0]), strict=True):
        assert [opinion.p_defect for opinion in opinions] == pytest.approx(
            [opinion.p_defect for opinion in expected], abs=1e-5
        )


def test_a_long_session_is_judged_in_parts(judge, worlds):
    turns = tuple(worlds.answered(f"t{number}", "turn on the lamp", number * 60_000) for number in range(LONGEST + 3))
    assert len(judge.judge([Session(session_id="s", turns=turns)])[0]) == LONGEST + 3


def test_nothing_to_judge(judge):
    assert judge.judge([]) == []


def test_a_judge_that_was_changed_on_disk_is_refused(encoder, tmp_path):
    shutil.copytree(SHIPPED / "online", tmp_path / "online")
    with (tmp_path / "online" / "model.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(CorruptModel):
        open_judge("online", encoder=encoder, folder=tmp_path)


def test_a_field_that_is_added_is_not_seen_by_a_judge_that_was_trained_before(encoder, judge, session, monkeypatch):
    before = judge.judge([session])
    monkeypatch.setattr(turn_fields, "AFTER_FIELDS", ("signal_sigh", *turn_fields.AFTER_FIELDS))
    reopened = open_judge("online" if judge.online else "offline", encoder=encoder)
    assert reopened.judge([session]) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: [], "does not name the numbers that it takes; train it again"),
        (lambda fields: fields[1:], "does not name the numbers that it takes; train it again"),
        (lambda fields: ["blood_pressure", *fields[1:]], "takes blood_pressure, which this version lacks; upgrade"),
    ],
)
def test_a_judge_that_takes_what_nobody_makes_is_refused_in_one_sentence(encoder, tmp_path, change, message):
    shutil.copytree(SHIPPED / "online", tmp_path / "online")
    path = tmp_path / "online" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["fields"]["numbers"] = change(manifest["fields"]["numbers"])
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        open_judge("online", encoder=encoder, folder=tmp_path)


@pytest.mark.parametrize("kind", ["offline", "online"])
def test_what_is_shipped_is_small_and_has_a_card(kind):
    assert (SHIPPED / kind / "model.onnx").stat().st_size < 5_000_000
    card = (SHIPPED / kind / "card.md").read_text("utf-8")
    assert all(f"## {part}" in card for part in ("Data", "Figures", "Limits"))
