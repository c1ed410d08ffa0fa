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
"""The labeller that comes with the package: `reader` and `carrier`."""


_BLOCK = 512
"""Parts of sessions whose words are spread out for the networks at a time: each takes some hundred kilobytes."""


class FrameLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The intents and slots of one request."""

    turn_id: str
    """Id of the turn."""
    intents: tuple[str, ...]
    """The intents; several where the training data labels several in one request."""
    probability: float
    """Probability that these are the intents."""
    slots: tuple[DecodedSlot, ...]
    """The slots: said, implied and carried over."""

    @property
    def reading(self) -> Hypothesis:
        """The label as an NLU hypothesis."""
        slots = tuple(sorted(Slot(each.name, each.value) for each in self.slots))
        return Hypothesis(intent="+".join(self.intents), slots=slots, confidence=self.probability)

    @property
    def own(self) -> frozenset[tuple[str, str]]:
        """The slots that the request states itself, as they are compared."""
        return frozenset((each.name, same_text(each.value)) for each in self.slots if each.source != "carried")

    @property
    def holding(self) -> frozenset[tuple[str, str]]:
        """All slots, as they are compared."""
        return frozenset((each.name, same_text(each.value)) for each in self.slots)


class FrameLabeller:
    """Labels turns with intent and slots; any number of threads may share it.

    Args:
        reader: the network over rows of words.
        carrier: the network that decides what is carried over.
        encoder: the one whose embeddings both were trained on.
        thresholds: of the decisions; those of the reader's manifest when not given.
    """

    def __init__(self, reader: Model, carrier: Model, encoder: Encoder, thresholds: Thresholds | None = None) -> None:
        self.reader = reader
        self.carrier = carrier
        self.encoder = encoder
        labels, metrics = reader.manifest.labels, reader.manifest.metrics
        closed = (each.partition("=") for each in labels["closed"])
        self.names = FrameNames(
            intents=labels["intent"],
            closed=tuple((name, value) for name, _, value in closed),
            slots=carrier.manifest.labels["taken"][1:],
            several=bool(metrics["several"]),
        )
        self.later = bool(metrics["later"])
        """Whether the labeller sees later turns too."""
        self.answers = bool(metrics["answers"])
        """Whether it reads slots in responses."""
        self.thresholds = thresholds or Thresholds(
            **{name: metrics[f"threshold_{name}"] for name in Thresholds.__struct_fields__}
        )
        self._numbers = {name: at for at, name in enumerate(self.names.slots)}

    def label(self, sessions: Sequence[Session], *, alone: bool = False) -> list[tuple[FrameLabel, ...]]:
        """Label every turn of each session.

        Args:
            sessions: with the words of requests and responses.
            alone: whether to read each request for itself, with no context.
        """
        parts = self.read(sessions, alone=alone)
        blocks = (parts[start : start + _BLOCK] for start in range(0, len(parts), _BLOCK))
        labels = iter([label for block in blocks for label in self.decide(block, self.say(block))])
        return [
            tuple(msgspec.structs.replace(next(labels), turn_id=turn.turn_id) for turn in session.turns)
            for session in sessions
        ]

    def read(self, sessions: Sequence[Session], *, alone: bool = False) -> list[TextRows]:
        """Read the words of sessions, which is most of the work."""
        return read_rows(sessions, self.encoder, alone=alone, answers=self.answers)

    def say(self, parts: Sequence[TextRows]) -> list[dict[str, Array]]:
        """Run the reader: `intent`, `closed`, `tags` and `seen` of each part."""
        return self.reader.run_all([row_arrays(each) for each in parts], batch=16)

    def decide(
        self, parts: Sequence[TextRows], said: Sequence[dict[str, Array]], thresholds: Thresholds | None = None
    ) -> list[FrameLabel]:
        """Return the labels of the reader's outputs, one for each request in order.

        Args:
            parts: what was read.
            said: of each.
            thresholds: others than the labeller's.
        """
        limits = thresholds or self.thresholds
        mentions = [mentions_of(rows, each, self.names, limits) for rows, each in zip(parts, said, strict=True)]
        taken = self._take_up(parts, said, mentions)
        found = []
        for rows, each, stated, logits in zip(parts, said, mentions, taken, strict=True):
            open_to = takes_up(rows, stated, later=self.later)
            for at, row in enumerate(rows.rows):
                if not row.asked:
                    continue
                carried: list[tuple[Mention, str, float]] = []
                which = np.flatnonzero(open_to[at])
                if logits is not None and len(which):
                    carried = [
                        (stated[which[number]], slot, p)
                        for number, slot, p in carried_slots(logits[at, which], self.names, limits)
                    ]
                intents, p = intents_of(each["intent"][at], self.names, limits)
                own = [mention for mention in stated if mention.row == at]
                slots = slots_of(own, carried, several=self.names.several)
                found.append(FrameLabel(turn_id="", intents=intents, probability=p, slots=slots))
        return found

    def _take_up(
        self, parts: Sequence[TextRows], said: Sequence[dict[str, Array]], mentions: Sequence[Sequence[Mention]]
    ) -> list[Array | None]:
        items, places = [], []
        for at, (rows, each, stated) in enumerate(zip(parts, said, mentions, strict=True)):
            # One row alone has nothing to carry over.
            if stated and len(rows.rows) > 1:
                arrays = mention_arrays(rows, stated, self._numbers)
                items.append({**arrays, "rows": each["seen"], "places": each["seen"][arrays["at"]]})
                places.append(at)
        out: list[Array | None] = [None] * len(parts)
        for at, each in zip(places, self.carrier.run_all(items, batch=16), strict=True):
            out[at] = each["taken"]
        return out


def open_frames(*, encoder: Encoder, folder: Path = SHIPPED_FRAMES, threads: int = 1) -> FrameLabeller:
    """Open a labeller.

    Args:
        encoder: see `sayagain.models.load_encoder`.
        folder: holds `reader` and `carrier`.
        threads: how many one run may use.

    Raises:
        MissingExtra: onnxruntime is not installed.
        ModelError: there is none, or it was trained on another encoder's embeddings.
        CorruptModel: a file is not the one that was written.
    """
    reader = open_model(folder / "reader", encoder=encoder, threads=threads)
    return FrameLabeller(reader, open_model(folder / "carrier", encoder=encoder, threads=threads), encoder)
