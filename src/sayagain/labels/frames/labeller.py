"""The frame labeller at run time: the turns of a session to intents and slots. Needs no torch.

The shipped labeller is trained on the household's recordings alone; see the card beside it.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from sayagain.labels.frames.decoding import (
    DecodedSlot,
    Thresholds,
    carried_slots,
    intents_of,
    mentions_of,
    slots_of,
)
from sayagain.labels.frames.frame import FrameNames, same_text
from sayagain.labels.frames.mentions import Mention, mention_arrays, takes_up
from sayagain.labels.frames.rows import TextRows, read_rows, row_arrays
from sayagain.models import Array, Encoder, Model, open_model
from sayagain.turns import Hypothesis, Session, Slot

__all__ = ["SHIPPED_FRAMES", "FrameLabel", "FrameLabeller", "open_frames"]

SHIPPED_FRAMES = Path(__file__).parent / "shipped"
"""Folder of the shipped labeller: `reader` and `carrier`."""


_BLOCK = 512
"""Parts of sessions per block of network inputs; each part takes some hundred kilobytes."""


class FrameLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The intents and slots of one request."""

    turn_id: str
    """Id of the turn."""
    intents: tuple[str, ...]
    """The intents; several if the training data labels several per request."""
    probability: float
    """Probability that these are the intents."""
    slots: tuple[DecodedSlot, ...]
    """The slots: said, implied and carried over."""

    @property
    def hypothesis(self) -> Hypothesis:
        """The label as an NLU hypothesis."""
        slots = tuple(sorted(Slot(slot.name, slot.value) for slot in self.slots))
        return Hypothesis(intent="+".join(self.intents), slots=slots, confidence=self.probability)

    @property
    def own(self) -> frozenset[tuple[str, str]]:
        """The slots that the request states itself, with normalised values."""
        return frozenset((slot.name, same_text(slot.value)) for slot in self.slots if slot.source != "carried")

    @property
    def holding(self) -> frozenset[tuple[str, str]]:
        """All slots, with normalised values."""
        return frozenset((slot.name, same_text(slot.value)) for slot in self.slots)


class FrameLabeller:
    """Labels turns with intent and slots; any number of threads may share it.

    Args:
        reader: the network over rows of words.
        carrier: the network that decides which mentions are carried over.
        encoder: encoder of the embeddings that both were trained on.
        thresholds: decision thresholds; None for those of the reader's manifest.
    """

    def __init__(self, reader: Model, carrier: Model, encoder: Encoder, thresholds: Thresholds | None = None) -> None:
        self.reader = reader
        self.carrier = carrier
        self.encoder = encoder
        labels, metrics = reader.manifest.labels, reader.manifest.metrics
        closed = (label.partition("=") for label in labels["closed"])
        self.names = FrameNames(
            intents=labels["intent"],
            closed=tuple((name, value) for name, _, value in closed),
            slots=carrier.manifest.labels["taken"][1:],
            several=bool(metrics["several"]),
        )
        self.later = bool(metrics["later"])
        """Whether the labeller uses later turns too."""
        self.answers = bool(metrics["answers"])
        """Whether it labels slots in responses."""
        self.thresholds = thresholds or Thresholds(
            **{name: metrics[f"threshold_{name}"] for name in Thresholds.__struct_fields__}
        )
        self._numbers = {name: index for index, name in enumerate(self.names.slots)}

    def label(self, sessions: Sequence[Session], *, alone: bool = False) -> list[tuple[FrameLabel, ...]]:
        """Label every turn of each session.

        Args:
            sessions: sessions with requests and responses.
            alone: whether to label each request without context.
        """
        parts = self.read(sessions, alone=alone)
        blocks = (parts[start : start + _BLOCK] for start in range(0, len(parts), _BLOCK))
        labels = iter([label for block in blocks for label in self.decide(block, self.run_reader(block))])
        return [
            tuple(msgspec.structs.replace(next(labels), turn_id=turn.turn_id) for turn in session.turns)
            for session in sessions
        ]

    def read(self, sessions: Sequence[Session], *, alone: bool = False) -> list[TextRows]:
        """Encode the words of sessions, which takes most of the time."""
        return read_rows(sessions, self.encoder, alone=alone, answers=self.answers)

    def run_reader(self, parts: Sequence[TextRows]) -> list[dict[str, Array]]:
        """Run the reader: `intent`, `closed`, `tags` and `seen` of each part."""
        return self.reader.run_all([row_arrays(rows) for rows in parts], batch=16)

    def decide(
        self, parts: Sequence[TextRows], outputs: Sequence[dict[str, Array]], thresholds: Thresholds | None = None
    ) -> list[FrameLabel]:
        """Return the labels of the reader's outputs, one for each request in order.

        Args:
            parts: encoded parts of sessions.
            outputs: outputs of the reader for each part.
            thresholds: decision thresholds; None for those of the labeller.
        """
        limits = thresholds or self.thresholds
        mentions = [
            mentions_of(rows, part_outputs, self.names, limits)
            for rows, part_outputs in zip(parts, outputs, strict=True)
        ]
        carrier_logits = self._run_carrier(parts, outputs, mentions)
        labels = []
        for rows, part_outputs, part_mentions, logits in zip(parts, outputs, mentions, carrier_logits, strict=True):
            may_carry = takes_up(rows, part_mentions, later=self.later)
            for index, row in enumerate(rows.rows):
                if not row.asked:
                    continue
                carried: list[tuple[Mention, str, float]] = []
                candidates = np.flatnonzero(may_carry[index])
                if logits is not None and len(candidates):
                    carried = [
                        (part_mentions[candidates[number]], slot, p)
                        for number, slot, p in carried_slots(logits[index, candidates], self.names, limits)
                    ]
                intents, p = intents_of(part_outputs["intent"][index], self.names, limits)
                own_mentions = [mention for mention in part_mentions if mention.row == index]
                slots = slots_of(own_mentions, carried, several=self.names.several)
                labels.append(FrameLabel(turn_id="", intents=intents, probability=p, slots=slots))
        return labels

    def _run_carrier(
        self, parts: Sequence[TextRows], outputs: Sequence[dict[str, Array]], mentions: Sequence[Sequence[Mention]]
    ) -> list[Array | None]:
        items, part_indices = [], []
        for index, (rows, part_outputs, part_mentions) in enumerate(zip(parts, outputs, mentions, strict=True)):
            # A single row has nothing to carry over.
            if part_mentions and len(rows.rows) > 1:
                arrays = mention_arrays(rows, part_mentions, self._numbers)
                items.append({**arrays, "rows": part_outputs["seen"], "places": part_outputs["seen"][arrays["at"]]})
                part_indices.append(index)
        logits_by_part: list[Array | None] = [None] * len(parts)
        for index, part_outputs in zip(part_indices, self.carrier.run_all(items, batch=16), strict=True):
            logits_by_part[index] = part_outputs["taken"]
        return logits_by_part


def open_frames(*, encoder: Encoder, folder: Path = SHIPPED_FRAMES, threads: int = 1) -> FrameLabeller:
    """Open a labeller.

    Args:
        encoder: see `sayagain.models.load_encoder`.
        folder: folder with `reader` and `carrier`.
        threads: most threads of one run.

    Raises:
        MissingExtra: onnxruntime is not installed.
        ModelError: there is no labeller, or it was trained on another encoder's embeddings.
        CorruptModel: a file has another checksum.
    """
    reader = open_model(folder / "reader", encoder=encoder, threads=threads)
    return FrameLabeller(reader, open_model(folder / "carrier", encoder=encoder, threads=threads), encoder)
