"""Training of the lesson tagger; needs the extra `train`."""

from sayagain.teaching.training.network import TaggerNetwork
from sayagain.teaching.training.train_tagger import TAGGER, tagged_items, train_tagger, write_tagger

__all__ = ["TAGGER", "TaggerNetwork", "tagged_items", "train_tagger", "write_tagger"]
