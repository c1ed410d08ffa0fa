"""The shipped labeller, in homes outside its training data: how fast it is, and whether its labels are worth giving.

Of turns that the assistant did not understand, how often is the labeller right, as a function of its probability,
beside the labels that what followed gives? A label is right where the reading comes to the deed that was meant. The
threshold in `sayagain.labels.curation.frame_examples` was set on the first seed; the second was not looked at before.
"""

from collections.abc import Iterable, Mapping, Sequence
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
"""Seeds of homes: the threshold was set on the one, the other was not looked at."""

TRAINING_SEEDS = (SEED + 101, SEED + 102)
"""Seeds of the labeller's training homes, 30 homes for a week each; see scripts/train_frames.py."""

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


class Lived(msgspec.Struct, frozen=True):
    """Homes that lived a week, with what is true of it."""

    turns: Sequence[Turn]
    truths: Mapping[str, Truth]
    places: Mapping[str, Place]

    def right(self, turn: Turn, reading: Hypothesis) -> bool:
        """Say whether a reading comes to what was meant."""
        meant = self.truths[turn.turn_id].meant
        try:
            return meant is not None and make_plan(reading, self.places[turn.turn_id]).deed == meant
        except ValueError:
            # A number in words, which no skill takes.
            return False


def household(count: int = 100) -> dict[str, Any]:
    """Print the figures of both seeds and return them.

    Args:
        count: how many homes of each.
    """
    known = {normalise(turn.heard) for seed in TRAINING_SEEDS for turn in Replay(seed, homes=30).step().turns}
    return {
        name: _seed(name, _lived(seed, count), known) for name, seed in (("set on", SET_ON), ("reported", REPORTED))
    }


def _lived(seed: int, count: int) -> Lived:
    week = Replay(seed, homes=count).step()
    truths = {truth.turn_id: truth for truth in week.truths}
    houses = {home.id: home for home in homes(seed, count)}
    places = {}
    for session in sessions(week.turns):
        memory = None
        for turn in session.turns:
            home = houses[turn.turn_id.partition("-")[0]]
            satellite = next(each for each in home.satellites if each.area == turn.area)
            places[turn.turn_id] = Place(home, satellite, memory)
            did = truths[turn.turn_id].did
            memory = Memory(did, turn.started) if did is not None and did.targets else memory
    return Lived(week.turns, truths, places)


def _seed(name: str, lived: Lived, known: set[str]) -> dict[str, Any]:
    learnt = learn(lived.turns, LearnSettings(position="parsed", recent=len(lived.turns)))
    judgements = {each.turn_id: each for each in learnt.judgements}
    judged = [(turn, judgements[turn.turn_id]) for turn in lived.turns]
    log = sessions(lived.turns)
    labeller = open_frames(encoder=encoder())
    who = f"household, {name}"
    figures: dict[str, Any] = speed(who, labeller, log)
    failed = [session for session in log if any(turn.understood.empty for turn in session.turns)]
    labelled = list(zip(failed, labeller.label(failed), strict=True))
    spoken = rules.Spoken.of(judged)
    agreement = rules.agreement(labelled, judgements)
    missed = [
        (turn, judgements[turn.turn_id], frame)
        for session, frames in labelled
        for turn, frame in zip(session.turns, frames, strict=True)
        if turn.understood.empty
    ]
    followed = [
        (turn, judgement.label.reading)
        for turn, judgement, _ in missed
        if judgement.label is not None and judgement.label.verified
    ]
    # As of the labeller: what was read so already, and could not be done, is no news.
    followed = [(turn, meant) for turn, meant in followed if turn.reading is None or turn.reading.key != meant.key]
    news = [
        (turn, spoken.reading(frame, sure=0.0), rules.chance(frame))
        for turn, judgement, frame in missed
        if rules.open_to(turn, judgement, frame)
    ]
    print(
        f"{who}: {len(missed)} of {len(lived.turns)} turns were not understood; the labeller reads "
        f"{agreement or 0:.1%} of what worked beside them as the assistant did"
    )
    print(f"{who}, label of a turn  turns right   words that the labeller was not trained on: turns right")
    rows = [("by what followed", followed)]
    rows += [
        (f"framed, p >= {level}", [(turn, read) for turn, read, p in news if read is not None and p >= level])
        for level in LEVELS
    ]
    for label, found in rows:
        every = [lived.right(turn, reading) for turn, reading in found]
        fresh = [lived.right(turn, reading) for turn, reading in found if normalise(turn.heard) not in known]
        print(f"{label:<27} {len(every):>6} {_mean(every):.3f}   {len(fresh):>6} {_mean(fresh):.3f}")
        figures[label] = {"turns": len(every), "right": _mean(every), "new": len(fresh), "new_right": _mean(fresh)}
    for users in (1, 2):
        before = curate(judged, min_users=users)
        have = {each.text for each in before}
        more = [e for e in rules.read_frames(labelled, judgements, spoken, min_users=users) if e.text not in have]
        own = _examples(lived, before), _examples(lived, more)
        print(f"{who}, examples of {users} user(s) or more: {_told(own[0])}; framed adds {_told(own[1])}")
        figures[f"examples_{users}"], figures[f"framed_{users}"] = own
    return figures


def _examples(lived: Lived, found: Iterable[Example]) -> dict[str, float]:
    """Return how many examples there are, of how many turns not understood, and for how many of those each is right."""
    by_text: dict[str, list[Turn]] = {}
    for turn in lived.turns:
        if turn.understood.empty:
            by_text.setdefault(normalise(turn.heard), []).append(turn)
    every = list(found)
    right = [lived.right(turn, _here(example, turn)) for example in every for turn in by_text.get(example.text, ())]
    return {"examples": len(every), "turns": len(right), "right": _mean(right)}


def _here(example: Example, turn: Turn) -> Hypothesis:
    if not example.here or turn.area is None:
        return example.reading
    slots = tuple(sorted((*example.reading.slots, Slot("area", turn.area))))
    return msgspec.structs.replace(example.reading, slots=slots)


def _told(figures: Mapping[str, float]) -> str:
    return f"{figures['examples']} of {figures['turns']} turns, {figures['right']:.1%} right"


def _mean(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else 0.0
