"""Training examples from the frame labeller: words that the assistant did not understand, labelled in their session.

The shipped labeller is trained on the intents of one assistant. So it is used only if the log shows that it fits this
assistant: its labels must agree with the assistant on working turns, and use intents, slots and values of the log.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.curate import SURE, best_meaning
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.meaning import meaning_of
from sayagain.labels.curation.understood_examples import WORKED
from sayagain.labels.frames.frame import same_text
from sayagain.labels.frames.labeller import FrameLabel
from sayagain.labels.judgement import Judgement
from sayagain.languages import common_tag, language_of
from sayagain.text import normalise
from sayagain.turns import NOTHING, SAID, Hypothesis, Session, Slot, Turn, privacy_unit

__all__ = ["FRAMED", "RELIABILITY", "SURELY", "Spoken", "agreement", "chance", "open_to", "read_frames"]

FRAMED = "framed"
"""Provenance of labels from the frame labeller."""

SURELY = 0.995
"""Least joint probability of intent and slots, by the labeller; see docs/labels-frames.md."""

RELIABILITY = 0.9
"""Share of right labels above `SURELY`: rounded down from the homes on which `SURELY` was chosen."""

AGREES = 0.8
"""Least share of the working turns on which the labeller must agree with the assistant."""

FEW = 20
"""Least number of working turns for an estimate of the agreement."""

Labelled = tuple[Session, Sequence[FrameLabel]]


class Spoken(msgspec.Struct, frozen=True):
    """The shapes and slot values of an assistant's own hypotheses in working turns."""

    shapes: frozenset[tuple[str, tuple[str, ...]]]
    """Intents with the names of their slots, without those that mostly have an implicit area: there, a misheard room
    would look like an unnamed one."""
    values: Mapping[tuple[str, str], str]
    """The assistant's spelling of each value, by slot and normalised value."""

    @classmethod
    def of(cls, judged: Iterable[tuple[Turn, Judgement]]) -> "Spoken":
        """Collect the shapes and values of working turns.

        >>> from sayagain.turns import Nlu
        >>> off = Hypothesis(intent="Off", slots=(Slot("area", "living_room"),))
        >>> turn = Turn(turn_id="t", started=0, request="living room off", nlu=Nlu(ranking=(off,)))
        >>> Spoken.of([(turn, Judgement(turn_id="t", p_defect=0.1, defect=False))]).values
        {('area', 'living room'): 'living_room'}
        """
        explicit_counts = Counter[tuple[str, tuple[str, ...]]]()
        implicit_counts = Counter[tuple[str, tuple[str, ...]]]()
        spellings = Counter[tuple[str, str, str]]()
        for turn, judgement in judged:
            if _worked(turn, judgement):
                hypothesis = turn.understood
                meaning = meaning_of(hypothesis, turn.area, turn.heard)
                (implicit_counts if meaning.here else explicit_counts)[_shape(meaning.hypothesis)] += 1
                spellings.update((slot.name, same_text(str(slot.value)), str(slot.value)) for slot in hypothesis.slots)
        shapes = {shape for shape, times in explicit_counts.items() if times >= implicit_counts[shape]}
        values: dict[tuple[str, str], str] = {}
        # Keep the most frequent spelling; of equally frequent ones the first in alphabetical order.
        for (name, value, spelling), _ in sorted(spellings.items(), key=lambda entry: (-entry[1], entry[0])):
            values.setdefault((name, value), spelling)
        return cls(frozenset(shapes), values)

    def hypothesis(self, frame: FrameLabel, sure: float = SURELY) -> Hypothesis | None:
        """Return a frame as a hypothesis of this assistant; None if a value is unknown or the probability too low.

        The result is also None if a slot is carried over: "switch it off" means another lamp next time.

        Args:
            frame: frame label of one turn.
            sure: least `chance`.
        """
        slot_values = [(slot.name, self.values.get((slot.name, same_text(slot.value)))) for slot in frame.slots]
        hypothesis = Hypothesis(
            intent=frame.hypothesis.intent,
            slots=tuple(sorted(Slot(name, value) for name, value in slot_values if value is not None)),
        )
        values_known = len(hypothesis.slots) == len(slot_values)
        is_complete = all(slot.source != "carried" for slot in frame.slots) and values_known
        return hypothesis if is_complete and _shape(hypothesis) in self.shapes and chance(frame) >= sure else None


def chance(frame: FrameLabel) -> float:
    """Return the joint probability of intent and slots, by the labeller, in [0, 1]."""
    return frame.probability * math.prod(slot.probability for slot in frame.slots)


def agreement(labelled: Iterable[Labelled], judgements: Mapping[str, Judgement]) -> float | None:
    """Return the share of working turns on which labeller and assistant agree; None for fewer than `FEW` turns.

    Args:
        labelled: sessions with the frame label of each turn.
        judgements: judgements by turn id.
    """
    matches = [
        _comparable(meaning_of(turn.understood, turn.area, turn.heard).hypothesis) == _comparable(frame.hypothesis)
        for session, frames in labelled
        for turn, frame in zip(session.turns, frames, strict=True)
        if turn.turn_id in judgements and _worked(turn, judgements[turn.turn_id])
    ]
    return sum(matches) / len(matches) if len(matches) >= FEW else None


def read_frames(
    labelled: Sequence[Labelled],
    judgements: Mapping[str, Judgement],
    spoken: Spoken,
    *,
    sure: float = SURE,
    min_users: int = 2,
    anonymous: Anonymous = "one",
) -> list[Example]:
    """Collect words that the assistant did not understand, with the confident frame labels, most frequent first.

    The labeller gives the same label for the same words of any user, so more users do not raise the probability. Words
    with two different labels, or with a confident label in at most half of their turns, are left out.

    Args:
        labelled: sessions with the frame label of each turn.
        judgements: judgements by turn id; turns without one, and turns with a verified label, do not count.
        spoken: shapes and values of the assistant's own hypotheses.
        sure: least probability of a meaning; above `RELIABILITY` the result is empty.
        min_users: least number of users who said the words with this meaning.
        anonymous: privacy unit of turns without a user id.
    """
    share = agreement(labelled, judgements)
    if sure > RELIABILITY or share is None or share < AGREES:
        return []
    observations: dict[tuple[str, str], list[tuple[str, Hypothesis | None, str | None]]] = {}
    for session, frames in labelled:
        for turn, frame in zip(session.turns, frames, strict=True):
            judgement, words = judgements.get(turn.turn_id), normalise(turn.heard)
            if words and judgement is not None and open_to(turn, judgement, frame):
                key = words, language_of(turn.language) or ""
                observations.setdefault(key, []).append(
                    (privacy_unit(turn, anonymous), spoken.hypothesis(frame), turn.language)
                )
    examples = []
    for (words, language), word_observations in sorted(observations.items(), key=lambda entry: entry[0]):
        confident_hypotheses = [
            (user, hypothesis) for user, hypothesis, _ in word_observations if hypothesis is not None
        ]
        users = {user for user, _ in confident_hypotheses}
        unanimous = len({hypothesis.key for _, hypothesis in confident_hypotheses}) == 1
        if unanimous and 2 * len(confident_hypotheses) > len(word_observations) and len(users) >= min_users:
            examples.append(
                Example(
                    text=words,
                    language=language or None,
                    tag=common_tag(tag for *_, tag in word_observations),
                    hypothesis=confident_hypotheses[0][1],
                    probability=RELIABILITY,
                    times=len(word_observations),
                    users=len(users),
                    provenance=FRAMED,
                )
            )
    return best_meaning(examples)


def open_to(turn: Turn, judgement: Judgement, frame: FrameLabel) -> bool:
    """Return whether a frame label adds anything: the turn was not understood and has no verified label.

    A turn whose hypothesis agrees with the frame label, but which was not carried out, needs no label.
    """
    has_label = judgement.label is not None and judgement.label.verified
    hypothesis = turn.hypothesis or NOTHING
    return turn.understood.empty and not has_label and _comparable(hypothesis) != _comparable(frame.hypothesis)


def _worked(turn: Turn, judgement: Judgement) -> bool:
    hypothesis = turn.understood
    return not (hypothesis.empty or hypothesis.intent == SAID) and judgement.p_defect <= WORKED


def _shape(hypothesis: Hypothesis) -> tuple[str, tuple[str, ...]]:
    return hypothesis.intent, tuple(slot.name for slot in hypothesis.slots)


def _comparable(hypothesis: Hypothesis) -> tuple[str, tuple[tuple[str, str], ...]]:
    return hypothesis.intent, tuple(sorted((slot.name, same_text(str(slot.value))) for slot in hypothesis.slots))
