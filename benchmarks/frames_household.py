"""The shipped frame labeller in homes outside its training data: its speed, and the accuracy of its labels.

For turns that the assistant did not understand, the accuracy as a function of the labeller's probability, compared with
weak labels. A label is right if its hypothesis leads to the action that was meant. The threshold in
`sayagain.labels.curation.frame_examples` was tuned on the first seed; the second was never used for a choice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from benchmarks.frames_speed import speed
from benchmarks.vectors import encoder
from sayagain.household import SEED, Replay, homes
from sayagain.household.deeds import Memory, Place
from sayagain.household.skills import make_plan
from sayagain.household.truth import Truth
from sayagain.labels import Example, curate
from sayagain.labels.curation import frame_examples as rules
from sayagain.labels.frames.labeller import open_frames
from sayagain.learning.learn import LearnSettings, learn
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Slot, Turn, sessions

__all__ = ["household"]

SET_ON, REPORTED = SEED + 201, SEED + 202
"""Seeds of homes: the threshold was tuned on the first alone."""

TRAINING_SEEDS = (SEED + 101, SEED + 102)
"""Seeds of the labeller's training homes, 30 homes for a week each; see scripts/train_frames.py."""

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


class Lived(msgspec.Struct, frozen=True):
    """A simulated week of homes with its truth."""

    turns: Sequence[Turn]
    truths: Mapping[str, Truth]
    places: Mapping[str, Place]

    def right(self, turn: Turn, hypothesis: Hypothesis) -> bool:
        """Return whether a hypothesis leads to the action that was meant."""
        meant = self.truths[turn.turn_id].meant
        try:
            return meant is not None and make_plan(hypothesis, self.places[turn.turn_id]).deed == meant
        except ValueError:
            # No skill takes a number in words.
            return False


def household(count: int = 100) -> dict[str, Any]:
    """Print the figures of both seeds and return them.

    Args:
        count: number of homes per seed.
    """
    known = {normalise(turn.heard) for seed in TRAINING_SEEDS for turn in Replay(seed, homes=30).step().turns}
    return {
        name: _figures(name, _live(seed, count), known) for name, seed in (("set on", SET_ON), ("reported", REPORTED))
    }


def _live(seed: int, count: int) -> Lived:
    week = Replay(seed, homes=count).step()
    truths = {truth.turn_id: truth for truth in week.truths}
    houses = {home.id: home for home in homes(seed, count)}
    places = {}
    for session in sessions(week.turns):
        memory = None
        for turn in session.turns:
            home = houses[turn.turn_id.partition("-")[0]]
            satellite = next(satellite for satellite in home.satellites if satellite.area == turn.area)
            places[turn.turn_id] = Place(home, satellite, memory)
            did = truths[turn.turn_id].did
            memory = Memory(did, turn.started) if did is not None and did.targets else memory
    return Lived(week.turns, truths, places)


def _figures(name: str, lived: Lived, known: set[str]) -> dict[str, Any]:
    result = learn(lived.turns, LearnSettings(position="parsed", recent=len(lived.turns)))
    judgements = {judgement.turn_id: judgement for judgement in result.judgements}
    judged = [(turn, judgements[turn.turn_id]) for turn in lived.turns]
    log = sessions(lived.turns)
    labeller = open_frames(encoder=encoder())
    title = f"household, {name}"
    figures: dict[str, Any] = speed(title, labeller, log)
    failing_sessions = [session for session in log if any(turn.understood.empty for turn in session.turns)]
    labelled = list(zip(failing_sessions, labeller.label(failing_sessions), strict=True))
    spoken = rules.Spoken.of(judged)
    agreement = rules.agreement(labelled, judgements)
    not_understood = [
        (turn, judgements[turn.turn_id], frame)
        for session, frames in labelled
        for turn, frame in zip(session.turns, frames, strict=True)
        if turn.understood.empty
    ]
    weak_labels = [
        (turn, judgement.label.hypothesis)
        for turn, judgement, _ in not_understood
        if judgement.label is not None and judgement.label.verified
    ]
    # As for the frame labels: a label that equals the hypothesis of a request that was not carried out adds nothing.
    weak_labels = [
        (turn, hypothesis)
        for turn, hypothesis in weak_labels
        if turn.hypothesis is None or turn.hypothesis.key != hypothesis.key
    ]
    frame_labels = [
        (turn, spoken.hypothesis(frame, sure=0.0), rules.chance(frame))
        for turn, judgement, frame in not_understood
        if rules.open_to(turn, judgement, frame)
    ]
    print(
        f"{title}: {len(not_understood)} of {len(lived.turns)} turns were not understood; the labeller reads "
        f"{agreement or 0:.1%} of what worked beside them as the assistant did"
    )
    print(f"{title}, label of a turn  turns right   words that the labeller was not trained on: turns right")
    rows = [("by what followed", weak_labels)]
    rows += [
        (
            f"framed, p >= {level}",
            [(turn, hypothesis) for turn, hypothesis, p in frame_labels if hypothesis is not None and p >= level],
        )
        for level in LEVELS
    ]
    for label_name, labels in rows:
        right = [lived.right(turn, hypothesis) for turn, hypothesis in labels]
        right_new = [lived.right(turn, hypothesis) for turn, hypothesis in labels if normalise(turn.heard) not in known]
        print(f"{label_name:<27} {len(right):>6} {_mean(right):.3f}   {len(right_new):>6} {_mean(right_new):.3f}")
        figures[label_name] = {
            "turns": len(right),
            "right": _mean(right),
            "new": len(right_new),
            "new_right": _mean(right_new),
        }
    for users in (1, 2):
        curated = curate(judged, min_users=users)
        curated_texts = {example.text for example in curated}
        added = [
            example
            for example in rules.read_frames(labelled, judgements, spoken, min_users=users)
            if example.text not in curated_texts
        ]
        curated_figures, added_figures = _example_figures(lived, curated), _example_figures(lived, added)
        print(
            f"{title}, examples of {users} user(s) or more: {_summary(curated_figures)}; "
            f"framed adds {_summary(added_figures)}"
        )
        figures[f"examples_{users}"], figures[f"framed_{users}"] = curated_figures, added_figures
    return figures


def _example_figures(lived: Lived, examples: Sequence[Example]) -> dict[str, float]:
    """Return the number of examples, the number of turns with their words, and the share of these that they fit."""
    turns_by_text: dict[str, list[Turn]] = {}
    for turn in lived.turns:
        if turn.understood.empty:
            turns_by_text.setdefault(normalise(turn.heard), []).append(turn)
    right = [
        lived.right(turn, _with_area(example, turn))
        for example in examples
        for turn in turns_by_text.get(example.text, ())
    ]
    return {"examples": len(examples), "turns": len(right), "right": _mean(right)}


def _with_area(example: Example, turn: Turn) -> Hypothesis:
    if not example.here or turn.area is None:
        return example.hypothesis
    slots = tuple(sorted((*example.hypothesis.slots, Slot("area", turn.area))))
    return msgspec.structs.replace(example.hypothesis, slots=slots)


def _summary(figures: Mapping[str, float]) -> str:
    return f"{figures['examples']} of {figures['turns']} turns, {figures['right']:.1%} right"


def _mean(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else 0.0
