import msgspec
import numpy as np
import pytest
import torch
import transformers
from torch import nn

from sayagain.errors import ModelError
from sayagain.models import Card, ModelManifest, Tokenizer, find_checkpoint, load_encoder, open_model, pad
from sayagain.models.training import (
    BiEncoder,
    CrossEncoder,
    FieldVectors,
    Mlp,
    PairScorer,
    SequenceTransformer,
    SpanHead,
    TextEncoder,
    export,
    export_encoder,
)

pytestmark = pytest.mark.train

CARD = Card(does="Judges.", limits="Made for a test.")
AXES = {"text": ("batch", "turns", 12), "codes": ("batch", "turns", 2), "numbers": ("batch", "turns", 3)}
AXES |= {"mask": ("batch", "turns")}


class Judge(nn.Module):
    """Every kind of part at once."""

    def __init__(self, *, backward_only=False):
        super().__init__()
        self.fields = FieldVectors((4, 3), numbers=3)
        self.join = Mlp(12 + self.fields.size, 16)
        self.turns = SequenceTransformer(16, backward_only=backward_only)
        self.defect = Mlp(16, 2)
        self.span = SpanHead(16)
        self.pair = PairScorer(16)

    def forward(self, text, codes, numbers, mask):
        seen = self.turns(self.join(torch.cat([text, self.fields(codes, numbers)], -1)), mask)
        return self.defect(seen), *self.span(seen, mask), self.pair(seen, seen[:, :1].expand_as(seen))


MANIFEST = ModelManifest(
    name="judge",
    files={},
    inputs=AXES,
    outputs={
        "defect": ("batch", "turns", 2),
        "start": ("batch", "turns"),
        "end": ("batch", "turns"),
        "pair": ("batch", "turns", 1),
    },
    data="Random numbers.",
    seed=1,
)


def item(turns, dice):
    return {
        "text": dice.normal(size=(turns, 12)).astype(np.float32),
        "codes": dice.integers(0, 3, (turns, 2)),
        "numbers": np.where(dice.random((turns, 3)) < 0.3, np.nan, dice.normal(size=(turns, 3))).astype(np.float32),
        "mask": np.ones(turns, bool),
    }


@pytest.fixture
def items():
    dice = np.random.default_rng(1)
    return [item(turns, dice) for turns in (4, 1, 9, 2, 6)]


@pytest.fixture
def batches(items):
    return [pad(items[:3], AXES), pad(items[3:4], AXES), pad(items[1:], AXES)]


@pytest.fixture
def judge():
    torch.manual_seed(1)
    return Judge()


@pytest.mark.parametrize("backward_only", [False, True])
def test_what_was_exported_answers_as_what_was_taught(tmp_path, items, batches, backward_only):
    torch.manual_seed(1)
    network = Judge(backward_only=backward_only)
    done = export(network, tmp_path / "judge", batches, MANIFEST, CARD)
    assert done.likeness.difference <= 1e-4
    model = open_model(tmp_path / "judge")
    assert model.manifest == done.manifest
    # Lengths and sizes of batches that the export never saw.
    dice = np.random.default_rng(2)
    others = [item(turns, dice) for turns in (11, 3, 1)]
    for one, found in zip([*items, *others], model.run_all([*items, *others]), strict=True):
        with torch.inference_mode():
            wanted = network.eval()(**{name: torch.from_numpy(array[None]) for name, array in one.items()})
        for name, each in zip(MANIFEST.outputs, wanted, strict=True):
            assert found[name] == pytest.approx(each[0].numpy(), abs=1e-4)


def test_the_same_network_gives_the_same_bytes(tmp_path, batches, judge):
    for weights in ("float32", "int8"):
        manifest = msgspec.structs.replace(MANIFEST, weights=weights)
        folders = [tmp_path / weights / name for name in ("one", "other")]
        for folder in folders:
            export(judge, folder, batches, manifest, CARD)
        one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
        assert sorted(one) == ["card.md", "manifest.json", "model.onnx"]
        assert one == other


def test_eight_bits_are_smaller_and_near(tmp_path):
    torch.manual_seed(1)
    wide = Mlp(64, 64, (256,))
    manifest = ModelManifest(
        name="wide", files={}, inputs={"vectors": ("batch", 64)}, outputs={"y": ("batch", 64)}, data="x", weights="int8"
    )
    inputs = [{"vectors": torch.randn(8, 64)}]
    done = export(wide, tmp_path / "int8", inputs, manifest, CARD)
    assert 0.99 <= done.likeness.cosine < 1
    export(wide, tmp_path / "float32", inputs, msgspec.structs.replace(manifest, weights="float32"), CARD)
    sizes = [(tmp_path / name / "model.onnx").stat().st_size for name in ("int8", "float32")]
    assert sizes[0] < sizes[1] / 2.9


def test_eight_bits_hold_for_embeddings_and_for_layers_over_sequences(tmp_path, small):
    bare = ModelManifest(name="small", files={}, inputs={}, outputs={}, data="Nothing.", weights="int8")
    done = export_encoder(small, tmp_path / "int8", TEXTS, bare, CARD)
    export_encoder(small, tmp_path / "float32", TEXTS, msgspec.structs.replace(bare, weights="float32"), CARD)
    assert 0.99 <= done.likeness.cosine < 1
    sizes = [(tmp_path / name / "model.onnx").stat().st_size for name in ("int8", "float32")]
    assert sizes[0] < sizes[1] / 2.9
    one, other = (load_encoder(tmp_path / name).vectors(TEXTS) for name in ("int8", "float32"))
    assert 0.99 < (one * other).sum(1).min() < 1 - 1e-7


def test_other_inputs_than_the_network_takes_are_named(tmp_path):
    manifest = ModelManifest(name="head", files={}, inputs={"x": ("batch", 4)}, outputs={"y": ("batch", 2)}, data="x")
    with pytest.raises(ModelError, match="head: the network takes vectors, the manifest says x"):
        export(Mlp(4, 2), tmp_path / "head", [{"x": torch.randn(2, 4)}], manifest, CARD)


class Spread(nn.Module):
    """One weight is so much larger than the rest that 8 bits lose all others."""

    def __init__(self):
        super().__init__()
        self.matrix = nn.Parameter(torch.full((64, 64), 0.01))
        self.matrix.data[0] = 100.0

    def forward(self, x):
        return x @ self.matrix


def test_eight_bits_that_lose_too_much_are_refused_and_nothing_is_left(tmp_path):
    x = torch.ones(2, 64)
    x[:, 0] = 0
    x[0, 1:] = torch.linspace(-1, 1, 63)
    manifest = ModelManifest(
        name="spread", files={}, inputs={"x": ("batch", 64)}, outputs={"y": ("batch", 64)}, data="x", weights="int8"
    )
    with pytest.raises(ModelError, match=r"spread: 8 bits turn y to a cosine of -?[\d.]+, 0\.99 is the least allowed"):
        export(Spread(), tmp_path / "spread", [{"x": x}], manifest, CARD)
    assert list(tmp_path.iterdir()) == []


class Fixed(nn.Module):
    """Looks at the length once, when it is traced, and takes it for a constant ever after."""

    def forward(self, x):
        return x / float(x.shape[1])


def test_a_network_whose_export_answers_otherwise_is_refused_and_the_old_one_stays(tmp_path, judge, batches):
    export(judge, tmp_path / "model", batches, MANIFEST, CARD)
    before = (tmp_path / "model" / "model.onnx").read_bytes()
    manifest = ModelManifest(
        name="fixed", files={}, inputs={"x": ("batch", "turns")}, outputs={"y": ("batch", "turns")}, data="x"
    )
    examples = [{"x": torch.ones(2, 3)}, {"x": torch.ones(2, 5)}]
    with pytest.raises(ModelError, match=r"fixed: the exported y differs by 0\.13 and chooses alike in"):
        export(Fixed(), tmp_path / "model", examples, manifest, CARD)
    assert (tmp_path / "model" / "model.onnx").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    with pytest.raises(ModelError, match="give examples of unlike lengths"):
        export(Fixed(), tmp_path / "model", examples[:1], manifest, CARD)


def test_a_newer_export_takes_the_place_of_an_older(tmp_path, batches, judge):
    for seed in (1, 2):
        export(judge, tmp_path / "judge", batches, msgspec.structs.replace(MANIFEST, seed=seed), CARD)
    assert open_model(tmp_path / "judge").manifest.seed == 2
    assert [path.name for path in tmp_path.iterdir()] == ["judge"]


TEXTS = ["turn on the lamp", "stop", "play some jazz in the kitchen please", "what is the weather like tomorrow"]


@pytest.fixture(scope="module")
def small():
    """A small encoder with random weights that reads words as MiniLM does, with its tokenizer."""
    config = transformers.BertConfig(
        vocab_size=30_522, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    torch.manual_seed(1)
    network = transformers.BertModel(config, add_pooling_layer=False)
    network.set_attn_implementation("eager")
    return TextEncoder(network, find_checkpoint().tokenizer, max_tokens=24)


def tokens(network, texts):
    reader = Tokenizer(network.tokenizer_file, max_tokens=network.max_tokens)
    axes = dict.fromkeys(("input_ids", "attention_mask", "token_type_ids"), ("batch", "tokens"))
    batch = pad(
        [
            {"input_ids": each.ids, "attention_mask": each.ids * 0 + 1, "token_type_ids": each.types}
            for each in reader.encode(texts)
        ],
        axes,
    )
    return axes, {name: torch.from_numpy(array) for name, array in batch.items()}


@pytest.mark.parametrize("kind", [lambda each: each, BiEncoder])
def test_an_encoder_that_was_taught_is_one_that_runs(tmp_path, small, kind):
    bare = ModelManifest(name="small", files={}, inputs={}, outputs={}, data="Nothing.")
    export_encoder(kind(small), tmp_path / "encoder", TEXTS, bare, CARD)
    encoder = load_encoder(tmp_path / "encoder")
    _, batch = tokens(small, TEXTS)
    with torch.inference_mode():
        wanted = small.eval().pooled(**batch).numpy()
    assert encoder.vectors(TEXTS) == pytest.approx(wanted, abs=1e-4)
    assert encoder.digest != load_encoder().digest


def test_a_cross_encoder_that_was_taught_reads_pairs(tmp_path, small):
    torch.manual_seed(2)
    network = CrossEncoder(small, 3).eval()
    pairs = list(zip(TEXTS, TEXTS[::-1], strict=True))
    axes, batch = tokens(small, pairs)
    _, other = tokens(small, pairs[1:2])
    manifest = ModelManifest(
        name="pairs",
        files={},
        inputs=axes,
        outputs={"score": ("batch", 3)},
        max_tokens=small.max_tokens,
        data="Nothing.",
    )
    export(network, tmp_path / "pairs", [batch, other], manifest, CARD, tokenizer=small.tokenizer_file)
    with torch.inference_mode():
        wanted = network(**batch).numpy()
    found = open_model(tmp_path / "pairs").read(pairs)
    assert np.stack([each["score"] for each in found]) == pytest.approx(wanted, abs=1e-4)
