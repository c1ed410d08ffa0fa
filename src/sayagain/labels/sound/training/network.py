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
    """P(the words are not those that were said), from the sound alone and from sound and confidence together.

    Three convolutions, to a frame each 160 ms, then mean, maximum and an attentive mean over frames. What is
    padded changes nothing. While learning, bands and frames are blanked out and the colour of the sound is changed, for
    microphones differ.

    Source: SpecAugment, Park et al. 2019; attentive pooling, Okabe et al. 2018.

    Args:
        width: of the first convolution; the last has twice as many channels.
        dropout: share of the pooled numbers that is left out while learning.
    """

    def __init__(self, width: int = 48, dropout: float = 0.3) -> None:
        super().__init__()
        sizes = (BANDS, width, 3 * width // 2, 2 * width)
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, 2 * stride + 1, stride=stride, padding=stride)
            for (before, after), stride in zip(pairwise(sizes), _STRIDES, strict=True)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(size) for size in sizes[1:])
        self.attention = nn.Linear(sizes[-1], 1)
        self.rest = nn.Dropout(dropout)
        self.sound = Mlp(3 * sizes[-1], 1, hidden=(width,), dropout=dropout)
        self.both = Mlp(3 * sizes[-1] + 2, 1, hidden=(width,), dropout=dropout)
        # From logits to probabilities that can be counted on, as found by `platt`: slope and shift of each output.
        self.register_buffer("calibration", torch.tensor([[1.0, 0.0], [1.0, 0.0]]))

    def forward(self, mel: Tensor, mask: Tensor, confidence: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of being heard rightly (always 0) and wrongly, by sound and by both, each of shape (batch, 2).

        Args:
            mel: as `log_mel` gives it, shape (batch, frames, 40).
            mask: True where there is a frame, shape (batch, frames).
            confidence: of the recogniser, in [0, 1], shape (batch,).
            told: True where it told one, shape (batch,).
        """
        if self.training:
            mel = _recorded_otherwise(mel)
        there = mask.bool()
        x = mel * there.unsqueeze(-1)
        for layer, norm, stride in zip(self.layers, self.norms, _STRIDES, strict=True):
            x = functional.gelu(norm(layer(x.transpose(1, 2)).transpose(1, 2)))
            there = there[:, ::stride]
            # Blank again, so that padding stays what the edge of the sound is.
            x = x * there.unsqueeze(-1)
        pooled = self.rest(self._pooled(x, there))
        flag = told.to(pooled.dtype)
        logit = torch.logit(confidence.clamp(_SURE, 1 - _SURE)) * flag
        sound = self.sound(pooled)
        both = self.both(torch.cat([pooled, logit.unsqueeze(-1), flag.unsqueeze(-1)], -1))
        slope, shift = self.calibration[:, 0], self.calibration[:, 1]
        return _two(sound * slope[0] + shift[0]), _two(both * slope[1] + shift[1])

    def _pooled(self, frames: Tensor, there: Tensor) -> Tensor:
        weights = there.to(frames.dtype).unsqueeze(-1)
        mean = frames.sum(1) / weights.sum(1).clamp(min=1)
        most = (frames + NEVER * (1 - weights)).max(1).values
        heed = torch.softmax(self.attention(frames) + NEVER * (1 - weights), 1)
        return torch.cat([mean, most, (frames * heed).sum(1)], -1)


def _two(logit: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(logit), logit], -1)


def _recorded_otherwise(mel: Tensor) -> Tensor:
    """Return the sounds as another microphone might have given them, with a few bands and a stretch of time blanked."""
    batch, frames, bands = mel.shape
    # A microphone's colour: up to some decibels, smooth over the bands. 1 is 30 dB.
    tilt, bow, lift = (torch.randn(3, batch, 1, 1) * torch.tensor([0.12, 0.12, 0.05]).view(3, 1, 1, 1)).unbind(0)
    at = torch.linspace(-1, 1, bands)
    mel = (mel + tilt * at + bow * (at.square() - 1 / 3) + lift).clamp(-1, 1)
    first, wide = torch.rand(batch, 1, 1) * bands, torch.rand(batch, 1, 1) * 8
    band = torch.arange(bands)
    hidden = (band >= first) & (band < first + wide)
    begin, long = torch.rand(batch, 1, 1) * frames, torch.rand(batch, 1, 1) * 25
    frame = torch.arange(frames).view(1, -1, 1)
    hidden = hidden | ((frame >= begin) & (frame < begin + long))
    return mel.masked_fill(hidden, -0.3)
