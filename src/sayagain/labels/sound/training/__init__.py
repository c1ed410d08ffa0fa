"""Training of the sound network, which predicts recognition failures from audio; needs the extra `train`."""

from sayagain.labels.sound.training.crossfit import Platt, checkpoint_of, fold_of, out_of_fold, platt
from sayagain.labels.sound.training.network import SoundNetwork
from sayagain.labels.sound.training.train_sound import SETTINGS, is_kept_back, predict_misheard, train_sound

__all__ = [
    "SETTINGS",
    "Platt",
    "SoundNetwork",
    "checkpoint_of",
    "fold_of",
    "is_kept_back",
    "out_of_fold",
    "platt",
    "predict_misheard",
    "train_sound",
]
