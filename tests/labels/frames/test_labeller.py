"""The shipped labeller, without torch and without a log."""

import subprocess
import sys

import pytest

from sayagain.errors import CorruptModel, ModelError
from sayagain.labels.frames.labeller import SHIPPED_FRAMES, open_frames
from sayagain.models import load_encoder


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def labeller(encoder):
    return open_frames(encoder=encoder)


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ("turn on the bedside lamp", "HassTurnOn|name=bedside lamp"),
        ("switch off the office light", "HassTurnOff|name=office light"),
        ("put bread on the shopping list", "HassListAddItem|item=bread,name=shopping list"),
        ("what time is it", "HassGetCurrentTime|"),
    ],
)
def test_plain_requests_are_read(session, labeller, request_, key):
    assert labeller.label([session((request_, None))])[0][0].hypothesis.key == key


def test_every_turn_of_every_session_is_labelled_in_order(session, labeller):
    sessions = [session(("lamp on", "Done"), ("thanks", None)), session(("stop", None))]
    labels = labeller.label(sessions)
    assert [[label.turn_id for label in session_labels] for session_labels in labels] == [["s0", "s1"], ["s0"]]
    assert labeller.label([]) == []


def test_a_label_does_not_depend_on_what_it_is_computed_beside(session, labeller):
    one, other = session(("turn on the fan", "Done")), session(*[("turn off the kitchen light", "Done")] * 3)
    assert labeller.label([one])[0][0].holding == labeller.label([other, one])[1][0].holding


def test_odd_words_are_no_trouble(session, labeller):
    odd_session = session(("", "Sorry"), ("\ud800 \x00 ?!", ""), ("word " * 400, "Done"))
    assert len(labeller.label([odd_session])[0]) == 3


def test_it_is_small_and_sees_later_turns(labeller):
    assert sum(path.stat().st_size for path in SHIPPED_FRAMES.glob("*/model.onnx")) <= 5_000_000
    assert labeller.later


def test_it_runs_without_torch():
    program = (
        "import sys; sys.modules['torch'] = None; from sayagain.models import load_encoder; "
        "from sayagain.labels.frames.labeller import open_frames; open_frames(encoder=load_encoder())"
    )
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (completed.returncode, completed.stderr) == (0, "")


def test_it_says_how_well_it_does_and_where_it_fails():
    card = (SHIPPED_FRAMES / "reader" / "card.md").read_text("utf-8")
    assert "homes kept apart" in card
    assert "misheard" in card


def test_a_folder_without_a_labeller_is_named(encoder, tmp_path):
    with pytest.raises(ModelError, match="holds no model"):
        open_frames(encoder=encoder, folder=tmp_path)


def test_a_changed_byte_is_noticed(encoder, tmp_path):
    for part in ("reader", "carrier"):
        (tmp_path / part).mkdir()
        for path in (SHIPPED_FRAMES / part).iterdir():
            (tmp_path / part / path.name).write_bytes(path.read_bytes())
    graph = tmp_path / "carrier" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"!")
    with pytest.raises(CorruptModel, match="carrier"):
        open_frames(encoder=encoder, folder=tmp_path)
