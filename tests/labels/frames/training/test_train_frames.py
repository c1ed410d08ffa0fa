"""Training of a frame labeller: it fits its data, copies from earlier turns, and looks back only."""

import msgspec
import pytest

from sayagain.labels.frames.frame import Frame, FrameNames, TurnFrames, locate
from sayagain.labels.frames.rows import read_rows
from sayagain.labels.frames.training.examples import frame_example
from sayagain.labels.frames.training.train_frames import FRAMES, _frames, set_thresholds, train_frames, write_frames
from sayagain.models import Card, load_encoder

pytestmark = pytest.mark.train

THINGS = ("lamp", "fan", "radio", "heater", "printer", "kettle", "screen", "toaster")
SETTINGS = msgspec.structs.replace(FRAMES, epochs=25, batch=4)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def labelled_session(session, thing, number):
    """Return a session in which a user turns a thing on, and then turns "it" off."""
    first, second = (f"turn on the {thing}", "turn it off") if number % 2 else (f"start the {thing}", "switch it off")
    on_and_off = session((first, "Done"), (second, "Done"), name=f"{thing}{number}")
    holds = (("name", (thing,)),)
    on = Frame(intents=("on",), spans=(locate("name", thing, first),), holds=holds)
    return TurnFrames(on_and_off, (on, Frame(intents=("off",), holds=holds)))


@pytest.fixture(scope="module")
def data(session):
    return [labelled_session(session, thing, number) for thing in THINGS for number in range(2)]


def trained(session, data, encoder, folder, *, later=False):
    parts = read_rows([labelled.session for labelled in data], encoder)
    names = FrameNames.of([frame for labelled in data for frame in labelled.frames], several=False)
    network = train_frames(data, parts, names, later=later, settings=SETTINGS)
    long_session = session(("turn on the lamp", "Done"), ("turn it off", "Done"), ("start the fan", "Done"))
    frames = (*data[0].frames, data[0].frames[0])
    examples = [(parts[0], data[0].frames), (read_rows([long_session], encoder)[0], frames)]
    card = Card(does="For a test.", limits="Knows two intents.")
    return write_frames(network, folder, examples, encoder, data="a test", card=card, seed=1)


@pytest.fixture(scope="module")
def labeller(session, data, encoder, tmp_path_factory):
    return trained(session, data, encoder, tmp_path_factory.mktemp("frames") / "made")


def test_it_learns_intents_and_words_of_slots(session, labeller):
    [[label]] = labeller.label([session(("turn on the lamp", "Done"))])
    assert label.hypothesis.key == "on|name=lamp"
    assert [slot.source for slot in label.slots] == ["said"]


def test_a_value_is_copied_from_an_earlier_turn_and_not_without_it(session, labeller):
    dialogue = session(("start the radio", "Done"), ("switch it off", "Done"))
    [[_, label]] = labeller.label([dialogue])
    assert label.hypothesis.key == "off|name=radio"
    assert [slot.source for slot in label.slots] == ["carried"]
    assert labeller.label([dialogue], alone=True)[0][1].slots == ()


def test_what_looks_back_only_does_not_change_with_what_is_said_later(session, labeller):
    first = ("turn on the lamp", "Done")
    short, long = session(first), session(first, ("start the fan", "No"), ("turn it off", "Done"))
    [short_rows], [long_rows] = labeller.read([short]), labeller.read([long])
    short_outputs, long_outputs = labeller.run_reader([short_rows])[0], labeller.run_reader([long_rows])[0]
    tokens = len(short_rows.words[0])
    assert short_outputs["seen"][:2] == pytest.approx(long_outputs["seen"][:2], abs=1e-4)
    assert short_outputs["tags"][:tokens] == pytest.approx(long_outputs["tags"][:tokens], abs=1e-4)
    assert labeller.label([short])[0][0].holding == labeller.label([long])[0][0].holding


def test_what_looks_both_ways_does_change(session, data, encoder, tmp_path):
    labeller = trained(session, data, encoder, tmp_path / "both", later=True)
    first = ("turn on the lamp", "Done")
    short, long = session(first), session(first, ("switch it off", "Sorry"))
    vectors = [labeller.run_reader(labeller.read([dialogue]))[0]["seen"][0] for dialogue in (short, long)]
    assert abs(vectors[0] - vectors[1]).max() > 1e-3


def test_the_same_data_and_seed_give_the_same_bytes(session, data, encoder, tmp_path, labeller):
    retrained = trained(session, data, encoder, tmp_path / "again")
    assert retrained.reader.manifest.files == labeller.reader.manifest.files
    assert retrained.carrier.manifest.files == labeller.carrier.manifest.files


def test_thresholds_are_kept_with_the_model_and_never_make_it_worse(data, labeller):
    assert labeller.thresholds.carried == 0.5
    thresholds = set_thresholds(labeller, data)
    assert 0.3 <= thresholds.carried <= 0.6


def test_a_request_that_nothing_is_known_of_teaches_nothing(data, encoder):
    [rows] = read_rows([data[0].session], encoder)
    names = FrameNames.of(data[0].frames, several=False, rare=1)
    example = frame_example(rows, (None, data[0].frames[1]), names, later=False)
    assert example.labels["weight intent"].tolist() == [0, 0, 1, 0]
    assert not example.labels["weight tags"][: rows.begins[1]].any()


def test_a_session_that_is_read_in_parts_keeps_its_frames(session, data, encoder):
    long_session = session(*[("turn on the lamp", "Done")] * 65)
    labelled = TurnFrames(long_session, (data[0].frames[0],) * 65)
    parts = read_rows([long_session, data[2].session], encoder)
    assert [len(part.rows) for part in parts] == [128, 2, 4]
    assert _frames([labelled, data[2]], parts) == [labelled.frames, labelled.frames, data[2].frames]
