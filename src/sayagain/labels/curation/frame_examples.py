"""Training examples from the frame labeller: words that the assistant did not understand, labelled in their session.

The shipped labeller is trained on one assistant's intents. So it counts only where the log shows that it knows
this one's: it must read what worked as the assistant did, and name intents, slots and values that the log has seen.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.curate import SURE, best_meaning
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.implicit_area import without_implicit_area
from sayagain.labels.frames.frame import same_text
from sayagain.labels.frames.labeller import FrameLabel
from sayagain.labels.judgement import Judgement
from sayagain.languages import common_tag, language_of
from sayagain.text import normalise
from sayagain.turns import NOTHING, SAID, Hypothesis, Session, Slot, Turn, privacy_unit

__all__ = ["FRAMED", "RELIABILITY", "SURELY", "Spoken", "agreement", "chance", "open_to", "read_frames"]

FRAMED = "framed"
"""The provenance of such a label."""

SURELY = 0.995
"""The least probability that the labeller gives to intent and all slots together; see docs/labels-frames.md."""

RELIABILITY = 0.9
"""Share of right labels above `SURELY`: rounded down from the homes on which `SURELY` was chosen."""

AGREES = 0.8
"""Least share of the working turns on which the labeller must agree with the assistant."""

FEW = 20
"""Least number of working turns for an estimate of the agreement."""

_WORKED = 0.5
"""Greatest P(defect) of a working turn."""

Labelled = tuple[Session, Sequence[FrameLabel]]


class Spoken(msgspec.Struct, frozen=True):
    """The shapes and slot values of an assistant's own hypotheses in working turns."""

    shapes: frozenset[tuple[str, tuple[str, ...]]]
    """Intents, each with the names of its slots; only such as mostly stand for themselves. Where the assistant mostly
    fills in the room of the satellite, a room that was said and misheard would be taken for one that was not said."""
    values: Mapping[tuple[str, str], str]
    """By slot and value as they are compared: the value as the assistant writes it."""

    @classmethod
    def of(cls, judged: Iterable[tuple[Turn, Judgement]]) -> "Spoken":
        """Collect them.

        >>> from sayagain.turns import Nlu
        >>> off = Hypothesis(intent="Off", slots=(Slot("area", "living_room"),))
        >>> turn = Turn(turn_id="t", started=0, request="living room off", nlu=Nlu(ranking=(off,)))
        >>> Spoken.of([(turn, Judgement(turn_id="t", p_defect=0.1, defect=False))]).values
        {('area', 'living room'): 'living_room'}
        """
        alone, filled = Counter[tuple[str, tuple[str, ...]]](), Counter[tuple[str, tuple[str, ...]]]()
        written = Counter[tuple[str, str, str]]()
        for turn, judgement in judged:
            if _worked(turn, judgement):
                read = turn.understood
                placeless = without_implicit_area(read, turn.area, turn.heard)
                if placeless is None:
                    alone[_shape(read)] += 1
                else:
                    filled[_shape(placeless)] += 1
                written.update((slot.name, same_text(str(slot.value)), str(slot.value)) for slot in read.slots)
        shapes = {shape for shape, times in alone.items() if times >= filled[shape]}
        values: dict[tuple[str, str], str] = {}
        # Keep the most frequent spelling; of equally frequent ones the first in the alphabet.
        for (name, value, as_written), _ in sorted(written.items(), key=lambda each: (-each[1], each[0])):
            values.setdefault((name, value), as_written)
        return cls(frozenset(shapes), values)

    def reading(self, frame: FrameLabel, sure: float = SURELY) -> Hypothesis | None:
        """Return a frame as a hypothesis of this assistant; None where a value is unknown or the labeller is unsure.

        A slot carried over from another turn makes none either: "switch it off" means another lamp next time.

        Args:
            frame: of one turn.
            sure: the least `chance`.
        """
        known = [(slot.name, self.values.get((slot.name, same_text(slot.value)))) for slot in frame.slots]
        found = Hypothesis(
            intent=frame.reading.intent,
            slots=tuple(sorted(Slot(name, value) for name, value in known if value is not None)),
        )
        own = all(slot.source != "carried" for slot in frame.slots) and len(found.slots) == len(known)
        return found if own and _shape(found) in self.shapes and chance(frame) >= sure else None


def chance(frame: FrameLabel) -> float:
    """Return the probability that the labeller gives to intent and all slots together, in [0, 1]."""
    return frame.probability * math.prod(slot.probability for slot in frame.slots)


def agreement(labelled: Iterable[Labelled], judgements: Mapping[str, Judgement]) -> float | None:
    """Return the share of working turns on which labeller and assistant agree; None of fewer than `FEW` turns.

    Args:
        labelled: sessions with what the labeller says of each turn.
        judgements: by turn.
    """
    agrees = [
        _comparable(without_implicit_area(turn.understood, turn.area, turn.heard) or turn.understood)
        == _comparable(frame.reading)
        for session, frames in labelled
        for turn, frame in zip(session.turns, frames, strict=True)
        if turn.turn_id in judgements and _worked(turn, judgements[turn.turn_id])
    ]
    return sum(agrees) / len(agrees) if len(agrees) >= FEW else None


def read_frames(
    labelled: Sequence[Labelled],
    judgements: Mapping[str, Judgement],
    spoken: Spoken,
    *,
    sure: float = SURE,
    min_users: int = 2,
    anonymous: Anonymous = "one",
) -> list[Example]:
    """Collect words that the assistant did not understand, with the labeller's sure meanings, surest first.

    It says the same of the same words whoever says them, so users are no further signs: more of them make nothing
    surer. Words that it reads in two ways, or that it is sure of less often than not, are left out.

    Args:
        labelled: sessions with what the labeller says of each turn.
        judgements: by turn; turns without one, and those whose label is believed, do not count.
        spoken: what the assistant's own readings look like.
        sure: the least probability of a meaning; above `RELIABILITY` nothing is given.
        min_users: users who must have said the words and meant this.
        anonymous: whom turns without a user id count as.
    """
    share = agreement(labelled, judgements)
    if sure > RELIABILITY or share is None or share < AGREES:
        return []
    heard: dict[tuple[str, str], list[tuple[str, Hypothesis | None, str | None]]] = {}
    for session, frames in labelled:
        for turn, frame in zip(session.turns, frames, strict=True):
            judgement, words = judgements.get(turn.turn_id), normalise(turn.heard)
            if words and judgement is not None and open_to(turn, judgement, frame):
                key = words, language_of(turn.language) or ""
                heard.setdefault(key, []).append((privacy_unit(turn, anonymous), spoken.reading(frame), turn.language))
    found = []
    for (words, language), every in sorted(heard.items(), key=lambda each: each[0]):
        said = [(user, reading) for user, reading, _ in every if reading is not None]
        users = {user for user, _ in said}
        one = len({reading.key for _, reading in said}) == 1
        if one and 2 * len(said) > len(every) and len(users) >= min_users:
            found.append(
                Example(
                    text=words,
                    language=language or None,
                    tag=common_tag(tag for *_, tag in every),
                    reading=said[0][1],
                    probability=RELIABILITY,
                    times=len(every),
                    users=len(users),
                    provenance=FRAMED,
                )
            )
    return best_meaning(found)


def open_to(turn: Turn, judgement: Judgement, frame: FrameLabel) -> bool:
    """Return whether a frame label adds anything: the turn was not understood and has no verified label.

    A turn that the assistant understood as the labeller does, but could not carry out, needs no label.
    """
    told = judgement.label is not None and judgement.label.verified
    read = turn.reading or NOTHING
    return turn.understood.empty and not told and _comparable(read) != _comparable(frame.reading)


def _worked(turn: Turn, judgement: Judgement) -> bool:
    read = turn.understood
    return not (read.empty or read.intent == SAID) and judgement.p_defect <= _WORKED


def _shape(reading: Hypothesis) -> tuple[str, tuple[str, ...]]:
    return reading.intent, tuple(slot.name for slot in reading.slots)


def _comparable(reading: Hypothesis) -> tuple[str, tuple[tuple[str, str], ...]]:
    return reading.intent, tuple(sorted((slot.name, same_text(str(slot.value))) for slot in reading.slots))
