"""Failure points of DSTC2 turns by a written recipe, from transcripts, semantics and the system's answers.

The recipe, for material turns (see `benchmarks.dstc2.material`):
1. The hypothesis acted on equals the label: `result` if the answer ignores or contradicts it (it asks to repeat, asks
   for the very slot that was given, states another value for it, or gives none of the requested slots and does not
   say that it cannot); else `correct`. A turn without an answer is `correct`.
2. It does not, and the transcript is what was said: `nlu`.
3. It does not, and other words were heard: what did the SLU make of the words that were said, where they were heard
   rightly in other turns? Mostly the right hypothesis: `asr`, for the right words would have been understood. Mostly
   another: `nlu`. Where they were never heard rightly: `asr` if values of the label were said and are lost in the
   transcript, or if the label has no such values; else `nlu`.

Task success is a property of the call, not of a turn, so no rule uses it. The log of a call holds no labels.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.dstc2 import Labels, convention, material, read_calls
from benchmarks.failure_scores import Floats, StageSet
from sayagain.failures import FailureIsolator, FailurePoint, LogKnowledge
from sayagain.failures.agreement import agrees
from sayagain.failures.evidence import evidence
from sayagain.failures.settle import settle
from sayagain.learning.learn import learn
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn, sessions

__all__ = ["NAMES", "read_stage_set", "settled_probabilities", "stages"]

NAMES: tuple[FailurePoint, ...] = ("correct", "asr", "nlu", "result")
"""The failure points of the set: nobody listens by mistake, and a name denotes one thing."""

_CANNOT = frozenset({"canthelp", "canthelp.exception", "canthelp.missing_slot_value"})
_STATES = frozenset({"inform", "confirm", "confirm.implicit", "select", "offer", *_CANNOT})


def read_stage_set(folder: Path, *, confidences: bool = True, later: bool = True) -> StageSet:
    """Read the material turns of all calls with their evidence and failure points.

    Args:
        folder: folder with `dstc2/`.
        confidences: whether the scores of recognition and understanding count.
        later: whether later turns count.
    """
    turns, labels = read_calls(folder, confidences=confidences)
    truth = stages(turns, labels, _transcripts(folder))
    calls = sessions(turns)
    knowledge = LogKnowledge.of(calls)
    rows = np.vstack([evidence(call, knowledge.about(call), later=later) for call in calls])
    ordered = [turn for call in calls for turn in call.turns]
    chosen = np.array([turn.turn_id in truth for turn in ordered])
    return StageSet(
        rows=rows,
        classes=np.array([NAMES.index(truth.get(turn.turn_id, "correct")) for turn in ordered]),
        names=NAMES,
        groups=[turn.user_id or turn.turn_id for turn in ordered],
        texts=[normalise(turn.request) for turn in ordered],
    ).part(chosen)


def settled_probabilities(folder: Path, callers: Collection[str]) -> tuple[StageSet, Floats]:
    """Return the material turns of some callers with the failure points that the product reports of them.

    It learns from the calls of these callers alone, without labels; the shipped isolator is then settled with the
    judge.

    Args:
        folder: folder with `dstc2/`.
        callers: ids of the callers.
    """
    all_turns, labels = read_calls(folder)
    truth = stages(all_turns, labels, _transcripts(folder))
    turns = [turn for turn in all_turns if (turn.user_id or turn.turn_id) in callers]
    judgements = {judgement.turn_id: judgement for judgement in learn(turns).judgements}
    calls = sessions(turns)
    opinions = [opinion for call in FailureIsolator.open().isolate(calls, LogKnowledge.of(calls)) for opinion in call]
    judged = [opinion for opinion in opinions if opinion.turn_id in judgements]
    believed = agrees(
        [opinion.p_defect for opinion in judged], [judgements[opinion.turn_id].p_defect for opinion in judged]
    )
    ordered = [turn for call in calls for turn in call.turns]
    material_turns = [
        (turn, settle(opinion, judgements.get(turn.turn_id), believed=believed).probabilities)
        for turn, opinion in zip(ordered, opinions, strict=True)
        if turn.turn_id in truth
    ]
    # The other stages do not occur here.
    shares = np.array([[probabilities[name] for name in NAMES] for _, probabilities in material_turns])
    data = StageSet(
        rows=np.zeros((len(material_turns), 0)),
        classes=np.array([NAMES.index(truth[turn.turn_id]) for turn, _ in material_turns]),
        names=NAMES,
        groups=[turn.user_id or turn.turn_id for turn, _ in material_turns],
        texts=[normalise(turn.request) for turn, _ in material_turns],
    )
    return data, shares / shares.sum(axis=1, keepdims=True)


def stages(turns: Sequence[Turn], labels: Labels, transcripts: Mapping[str, str]) -> dict[str, str]:
    """Return the failure point of each material turn, by the recipe.

    Args:
        turns: all turns.
        labels: their labelled hypotheses, by turn id.
        transcripts: what was said, normalised, by turn id.
    """
    understood: defaultdict[str, list[bool]] = defaultdict(list)
    for turn in turns:
        if normalise(turn.request) == transcripts[turn.turn_id]:
            understood[transcripts[turn.turn_id]].append(_right(turn, labels[turn.turn_id]))
    truth = {}
    for turn in turns:
        label = labels[turn.turn_id]
        if not material(turn.understood, label):
            continue
        if _right(turn, label):
            truth[turn.turn_id] = "correct" if _takes_up(turn, label) else "result"
        else:
            truth[turn.turn_id] = _cause(turn, label, transcripts[turn.turn_id], understood)
    return truth


def _right(turn: Turn, label: Hypothesis) -> bool:
    return turn.understood.key == label.key or convention(turn.understood, label)


def _cause(turn: Turn, label: Hypothesis, said: str, understood: Mapping[str, Sequence[bool]]) -> str:
    heard = normalise(turn.request)
    if heard == said:
        return "nlu"
    if said in understood:
        return "asr" if 2 * sum(understood[said]) >= len(understood[said]) else "nlu"
    values = [value for slot in label.slots if (value := normalise(str(slot.value))) in said]
    lost = [value for value in values if value not in heard]
    return "asr" if lost or not values else "nlu"


def _takes_up(turn: Turn, label: Hypothesis) -> bool:
    """Return whether the answer neither ignores nor contradicts what was rightly understood."""
    if turn.response is None:
        return True
    acts = turn.response.acts
    stated: defaultdict[str, set[str]] = defaultdict(set)
    for act in acts:
        for slot in act.slots if act.intent in _STATES else ():
            stated[slot.name].add(str(slot.value))
    asked_for = {str(slot.value) for act in acts if act.intent == "request" for slot in act.slots}
    intents = {act.intent for act in acts}
    requested = {str(slot.value) for slot in label.slots if slot.name == "request.slot"}
    if "repeat" in intents or (requested and not requested & stated.keys() and not intents & _CANNOT):
        return False
    given = [(slot.name, str(slot.value)) for slot in label.slots if "." not in slot.name and slot.name != "this"]
    return all(
        name not in asked_for and (value == "dontcare" or not stated.get(name) or value in stated[name])
        for name, value in given
    )


def _transcripts(folder: Path) -> dict[str, str]:
    transcripts = {}
    for path in sorted((folder / "dstc2").glob("*/*/label.json")):
        call = json.loads(path.read_text(encoding="utf-8"))
        for index, labelled in enumerate(call["turns"]):
            transcripts[f"{call['session-id']}/{index:02d}"] = normalise(labelled["transcription"])
    return transcripts
