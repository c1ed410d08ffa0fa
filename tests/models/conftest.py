"""Small hand-written networks: an encoder that is a table of words, and a head over vectors."""

from types import SimpleNamespace

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from sayagain.models import ModelManifest
from sayagain.models.manifest import file_digest

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "turn", "on", "off", "the", "lamp", "radio", "play", "jazz"]
WIDTH = 4


def save(folder, graph, manifest, tokenizer=None):
    """Write a model in the format of an export."""
    folder.mkdir(parents=True, exist_ok=True)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), folder / "model.onnx")
    if tokenizer is not None:
        tokenizer.save(str(folder / "tokenizer.json"))
    files = {path.name: file_digest(path) for path in folder.iterdir() if path.name != "manifest.json"}
    seal(folder, msgspec.structs.replace(manifest, files=files))
    return folder


def seal(folder, manifest):
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))


def tokenizer():
    word_tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    word_tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    word_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return word_tokenizer


def encoder(folder, *, pooling="mean", seed=1, max_tokens=8):
    """Write an encoder whose embedding of a token is a row of a table."""
    table = np.random.default_rng(seed).normal(size=(len(WORDS), WIDTH)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["vectors"])],
        "encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", "tokens", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    manifest = ModelManifest(
        name="table",
        files={},
        inputs={"input_ids": ("batch", "tokens")},
        outputs={"vectors": ("batch", "tokens", WIDTH)},
        pooling=pooling,
        max_tokens=max_tokens,
        data="nothing",
    )
    return save(folder, graph, manifest, tokenizer())


def head(folder, *, encoder=None):
    """Write a head over the turns of a dialogue: each turn's vector minus the mean of the unmasked ones."""
    nodes = [
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["wide"]),
        helper.make_node("Mul", ["text", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "turns"], ["sum"], keepdims=1),
        helper.make_node("ReduceSum", ["wide", "turns"], ["count"], keepdims=1),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("Sub", ["text", "mean"], ["apart"]),
        helper.make_node("ReduceMax", ["apart"], ["whole"], axes=[1, 2], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "head",
        [
            helper.make_tensor_value_info("text", TensorProto.FLOAT, ["batch", "turns", WIDTH]),
            helper.make_tensor_value_info("mask", TensorProto.BOOL, ["batch", "turns"]),
        ],
        [
            helper.make_tensor_value_info("apart", TensorProto.FLOAT, ["batch", "turns", WIDTH]),
            helper.make_tensor_value_info("whole", TensorProto.FLOAT, ["batch"]),
        ],
        [numpy_helper.from_array(np.array([2]), "last"), numpy_helper.from_array(np.array([1]), "turns")],
    )
    manifest = ModelManifest(
        name="apart",
        files={},
        inputs={"text": ("batch", "turns", WIDTH), "mask": ("batch", "turns")},
        outputs={"apart": ("batch", "turns", WIDTH), "whole": ("batch",)},
        encoder=encoder,
        categories={"domain": ("light", "music")},
        data="nothing",
    )
    return save(folder, graph, manifest)


@pytest.fixture(scope="session")
def write():
    """Functions that write small models."""
    return SimpleNamespace(encoder=encoder, head=head, seal=seal, width=WIDTH)
