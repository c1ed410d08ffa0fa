"""Networks: text embeddings and the models over them. Inference needs no torch; training is in `models.training`."""

from sayagain.models.card import Card
from sayagain.models.categories import Categories
from sayagain.models.checkpoint import MINILM, Checkpoint, find_checkpoint
from sayagain.models.encoder import Encoder, TokenVectors, Vectors, load_encoder
from sayagain.models.manifest import ModelManifest, Shape, read_manifest
from sayagain.models.onnx_session import Array
from sayagain.models.padding import pad, unpad
from sayagain.models.progress import Progress
from sayagain.models.runner import Model, open_model
from sayagain.models.tokenizer import Tokenizer, Tokens
from sayagain.models.vector_cache import VectorCache

__all__ = [
    "MINILM",
    "Array",
    "Card",
    "Categories",
    "Checkpoint",
    "Encoder",
    "Model",
    "ModelManifest",
    "Progress",
    "Shape",
    "TokenVectors",
    "Tokenizer",
    "Tokens",
    "VectorCache",
    "Vectors",
    "find_checkpoint",
    "load_encoder",
    "open_model",
    "pad",
    "read_manifest",
    "unpad",
]
