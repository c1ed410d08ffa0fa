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
    """A network with every kind of part."""

    def __init__(self, *, backward_only=False):
        super().__init__()
        self.fields = FieldVectors((4, 3), numbers=3)
        self.join = Mlp(12 + self.fields.size, 16)
        self.turns = SequenceTransformer(16, backward_only=backward_only)
        self.defect = Mlp(16, 2)
        self.span = SpanHead(16)
        self.pair = PairScorer(16)

    def forward(self, text, codes, numbers, mask):
        contextual = self.turns(self.join(torch.cat([text, self.fields(codes, numbers)], -1)), mask)
        return (
            self.defect(contextual),
            *self.span(contextual, mask),
            self.pair(contextual, contextual[:, :1].expand_as(contextual)),
        )


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


def item(turns, rng):
    return {
        "text": rng.normal(size=(turns, 12)).astype(np.float32),
        "codes": rng.integers(0, 3, (turns, 2)),
        "numbers": np.where(rng.random((turns, 3)) < 0.3, np.nan, rng.normal(size=(turns, 3))).astype(np.float32),
        "mask": np.ones(turns, bool),
    }


@pytest.fixture
def items():
    rng = np.random.default_rng(1)
    return [item(turns, rng) for turns in (4, 1, 9, 2, 6)]


@pytest.fixture
def batches(items):
    return [pad(items[:3], AXES), pad(items[3:4], AXES), pad(items[1:], AXES)]


@pytest.fixture
def judge():
    torch.manual_seed(1)
    return Judge()


@pytest.mark.parametrize("backward_only", [False, True])
def test_an_export_gives_the_outputs_of_the_network(tmp_path, items, batches, backward_only):
    torch.manual_seed(1)
    network = Judge(backward_only=backward_only)
    exported = export(network, tmp_path / "judge", batches, MANIFEST, CARD)
    assert exported.likeness.difference <= 1e-4
    model = open_model(tmp_path / "judge")
    assert model.manifest == exported.manifest
    # Other lengths and batch sizes than those of the export.
    rng = np.random.default_rng(2)
    new_items = [item(turns, rng) for turns in (11, 3, 1)]
    for example, outputs in zip([*items, *new_items], model.run_all([*items, *new_items]), strict=True):
        with torch.inference_mode():
            references = network.eval()(**{name: torch.from_numpy(array[None]) for name, array in example.items()})
        for name, reference in zip(MANIFEST.outputs, references, strict=True):
            assert outputs[name] == pytest.approx(reference[0].numpy(), abs=1e-4)


def test_the_same_network_gives_the_same_bytes(tmp_path, batches, judge):
    for weights in ("float32", "int8"):
        manifest = msgspec.structs.replace(MANIFEST, weights=weights)
        folders = [tmp_path / weights / name for name in ("one", "other")]
        for folder in folders:
            export(judge, folder, batches, manifest, CARD)
        first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
        assert sorted(first) == ["card.md", "manifest.json", "model.onnx"]
        assert first == second


def test_eight_bits_are_smaller_and_near(tmp_path):
    torch.manual_seed(1)
    wide = Mlp(64, 64, (256,))
    manifest = ModelManifest(
        name="wide", files={}, inputs={"vectors": ("batch", 64)}, outputs={"y": ("batch", 64)}, data="x", weights="int8"
    )
    inputs = [{"vectors": torch.randn(8, 64)}]
    exported = export(wide, tmp_path / "int8", inputs, manifest, CARD)
    assert 0.99 <= exported.likeness.cosine < 1
    export(wide, tmp_path / "float32", inputs, msgspec.structs.replace(manifest, weights="float32"), CARD)
    sizes = [(tmp_path / name / "model.onnx").stat().st_size for name in ("int8", "float32")]
    assert sizes[0] < sizes[1] / 2.9


def test_eight_bits_hold_for_embeddings_and_for_layers_over_sequences(tmp_path, small):
    manifest = ModelManifest(name="small", files={}, inputs={}, outputs={}, data="Nothing.", weights="int8")
    exported = export_encoder(small, tmp_path / "int8", TEXTS, manifest, CARD)
    export_encoder(small, tmp_path / "float32", TEXTS, msgspec.structs.replace(manifest, weights="float32"), CARD)
    assert 0.99 <= exported.likeness.cosine < 1
    sizes = [(tmp_path / name / "model.onnx").stat().st_size for name in ("int8", "float32")]
    assert sizes[0] < sizes[1] / 2.9
    int8, float32 = (load_encoder(tmp_path / name).vectors(TEXTS) for name in ("int8", "float32"))
    assert 0.99 < (int8 * float32).sum(1).min() < 1 - 1e-7


def test_other_inputs_than_the_network_takes_are_named(tmp_path):
    manifest = ModelManifest(name="head", files={}, inputs={"x": ("batch", 4)}, outputs={"y": ("batch", 2)}, data="x")
    with pytest.raises(ModelError, match="head: the network takes vectors, the manifest says x"):
        export(Mlp(4, 2), tmp_path / "head", [{"x": torch.randn(2, 4)}], manifest, CARD)


class Spread(nn.Module):
    """A matrix with one weight so large that 8 bits lose all others."""

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
    """A network whose trace turns the length into a constant."""

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
    """A small encoder with random weights and MiniLM's tokenizer."""
    config = transformers.BertConfig(
        vocab_size=30_522, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    torch.manual_seed(1)
    network = transformers.BertModel(config, add_pooling_layer=False)
    network.set_attn_implementation("eager")
    return TextEncoder(network, find_checkpoint().tokenizer, max_tokens=24)


def tokens(network, texts):
    text_tokenizer = Tokenizer(network.tokenizer_file, max_tokens=network.max_tokens)
    axes = dict.fromkeys(("input_ids", "attention_mask", "token_type_ids"), ("batch", "tokens"))
    batch = pad(
        [text_tokens.inputs for text_tokens in text_tokenizer.encode(texts)],
        axes,
    )
    return axes, {name: torch.from_numpy(array) for name, array in batch.items()}


@pytest.mark.parametrize("kind", [lambda encoder: encoder, BiEncoder])
def test_an_exported_encoder_gives_the_vectors_of_the_network(tmp_path, small, kind):
    manifest = ModelManifest(name="small", files={}, inputs={}, outputs={}, data="Nothing.")
    export_encoder(kind(small), tmp_path / "encoder", TEXTS, manifest, CARD)
    encoder = load_encoder(tmp_path / "encoder")
    _, batch = tokens(small, TEXTS)
    with torch.inference_mode():
        expected = small.eval().pooled(**batch).numpy()
    assert encoder.vectors(TEXTS) == pytest.approx(expected, abs=1e-4)
    assert encoder.digest != load_encoder().digest


def test_an_exported_cross_encoder_reads_pairs(tmp_path, small):
    torch.manual_seed(2)
    network = CrossEncoder(small, 3).eval()
    pairs = list(zip(TEXTS, TEXTS[::-1], strict=True))
    axes, batch = tokens(small, pairs)
    _, single = tokens(small, pairs[1:2])
    manifest = ModelManifest(
        name="pairs",
        files={},
        inputs=axes,
        outputs={"score": ("batch", 3)},
        max_tokens=small.max_tokens,
        data="Nothing.",
    )
    export(network, tmp_path / "pairs", [batch, single], manifest, CARD, tokenizer=small.tokenizer_file)
    with torch.inference_mode():
        expected = network(**batch).numpy()
    outputs = open_model(tmp_path / "pairs").read(pairs)
    assert np.stack([output["score"] for output in outputs]) == pytest.approx(expected, abs=1e-4)
