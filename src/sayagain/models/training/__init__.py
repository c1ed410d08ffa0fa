"""Training of networks: torch modules, ONE trainer, export to ONNX. Needs the extra `train`; inference does not."""

import sayagain.extras

sayagain.extras.require("torch", "train")

from sayagain.models.training.fields import FieldVectors
from sayagain.models.training.heads import Mlp, SpanHead, TokenTagger
from sayagain.models.training.losses import MISSING, cross_entropy, in_batch_negatives, span_loss
from sayagain.models.training.onnx_export import Export, export, export_encoder
from sayagain.models.training.pairs import BiEncoder, CrossEncoder, PairScorer
from sayagain.models.training.sequence import SequenceTransformer
from sayagain.models.training.text_encoder import TextEncoder, load_text_encoder
from sayagain.models.training.trainer import Batch, Trained, TrainSettings, train

__all__ = [
    "MISSING",
    "Batch",
    "BiEncoder",
    "CrossEncoder",
    "Export",
    "FieldVectors",
    "Mlp",
    "PairScorer",
    "SequenceTransformer",
    "SpanHead",
    "TextEncoder",
    "TokenTagger",
    "TrainSettings",
    "Trained",
    "cross_entropy",
    "export",
    "export_encoder",
    "in_batch_negatives",
    "load_text_encoder",
    "span_loss",
    "train",
]
