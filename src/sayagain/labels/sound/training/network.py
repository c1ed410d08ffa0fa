"""The sound network: convolutions over log-mel frames, then mean, maximum and attentive pooling."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from sayagain.labels.sound.mel import BANDS
from sayagain.models.training import Mlp
from sayagain.models.training.heads import NEVER

__all__ = ["SoundNetwork"]

_STRIDES = (4, 2, 2)
_SURE = 0.01


class SoundNetwork(nn.Module):
    """Probability that the transcript is wrong, from the sound alone and from sound and confidence together.

    Three convolutions down to one frame per 160 ms, then mean, maximum and an attentive mean over frames. Padding has
    no effect. Training masks bands and frames at random and varies the spectral colour, because microphones differ.

    Source: SpecAugment, Park et al. 2019; attentive pooling, Okabe et al. 2018.

    Args:
        width: channels of the first convolution; the last has twice as many.
        dropout: dropout rate of the pooled vector in training.
    """

    def __init__(self, width: int = 48, dropout: float = 0.3) -> None:
        super().__init__()
        sizes = (BANDS, width, 3 * width // 2, 2 * width)
        self.layers = nn.ModuleList(
            nn.Conv1d(in_channels, out_channels, 2 * stride + 1, stride=stride, padding=stride)
            for (in_channels, out_channels), stride in zip(pairwise(sizes), _STRIDES, strict=True)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(size) for size in sizes[1:])
        self.attention = nn.Linear(sizes[-1], 1)
        self.rest = nn.Dropout(dropout)
        self.sound = Mlp(3 * sizes[-1], 1, hidden=(width,), dropout=dropout)
        self.both = Mlp(3 * sizes[-1] + 2, 1, hidden=(width,), dropout=dropout)
        # Calibration of the logits by `platt`: slope and shift of each output.
        self.register_buffer("calibration", torch.tensor([[1.0, 0.0], [1.0, 0.0]]))

    def forward(self, mel: Tensor, mask: Tensor, confidence: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of right (always 0) and wrong transcripts, by sound and by both, each of shape (batch, 2).

        Args:
            mel: output of `log_mel`, shape (batch, frames, 40).
            mask: True for real frames, shape (batch, frames).
            confidence: confidence of the recogniser, in [0, 1], shape (batch,).
            told: True where the recogniser reports a confidence, shape (batch,).
        """
        if self.training:
            mel = _augment(mel)
        present = mask.bool()
        x = mel * present.unsqueeze(-1)
        for layer, norm, stride in zip(self.layers, self.norms, _STRIDES, strict=True):
            x = functional.gelu(norm(layer(x.transpose(1, 2)).transpose(1, 2)))
            present = present[:, ::stride]
            # Mask again, so that padding equals the zeros beyond the edge of the sound.
            x = x * present.unsqueeze(-1)
        pooled = self.rest(self._pooled(x, present))
        flag = told.to(pooled.dtype)
        logit = torch.logit(confidence.clamp(_SURE, 1 - _SURE)) * flag
        sound = self.sound(pooled)
        both = self.both(torch.cat([pooled, logit.unsqueeze(-1), flag.unsqueeze(-1)], -1))
        slope, shift = self.calibration[:, 0], self.calibration[:, 1]
        return _two_class_logits(sound * slope[0] + shift[0]), _two_class_logits(both * slope[1] + shift[1])

    def _pooled(self, frames: Tensor, present: Tensor) -> Tensor:
        weights = present.to(frames.dtype).unsqueeze(-1)
        mean = frames.sum(1) / weights.sum(1).clamp(min=1)
        maximum = (frames + NEVER * (1 - weights)).max(1).values
        attention = torch.softmax(self.attention(frames) + NEVER * (1 - weights), 1)
        return torch.cat([mean, maximum, (frames * attention).sum(1)], -1)


def _two_class_logits(logit: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(logit), logit], -1)


def _augment(mel: Tensor) -> Tensor:
    """Simulate another microphone, and mask a few bands and a stretch of time (SpecAugment)."""
    batch, frames, bands = mel.shape
    # Spectral colour of a microphone: a few decibels, smooth over the bands; 1 is 30 dB.
    tilt, bow, lift = (torch.randn(3, batch, 1, 1) * torch.tensor([0.12, 0.12, 0.05]).view(3, 1, 1, 1)).unbind(0)
    positions = torch.linspace(-1, 1, bands)
    mel = (mel + tilt * positions + bow * (positions.square() - 1 / 3) + lift).clamp(-1, 1)
    first_band, band_count = torch.rand(batch, 1, 1) * bands, torch.rand(batch, 1, 1) * 8
    band = torch.arange(bands)
    hidden = (band >= first_band) & (band < first_band + band_count)
    first_frame, frame_count = torch.rand(batch, 1, 1) * frames, torch.rand(batch, 1, 1) * 25
    frame = torch.arange(frames).view(1, -1, 1)
    hidden = hidden | ((frame >= first_frame) & (frame < first_frame + frame_count))
    return mel.masked_fill(hidden, -0.3)
