"""The set DSTC2: calls to a restaurant system (Henderson et al. 2014), as turns and separate labels.

A call's log has the system's output before the user's input; a turn is an input and the output that follows it.
"""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sayagain.errors import InputError
from sayagain.evaluation import Replayed
from sayagain.turns import ActRole, Asr, AsrHypothesis, Hypothesis, Interruption, Nlu, Response, Slot, Speech, Turn

__all__ = ["Labels", "convention", "material", "read_calls", "replay", "slu_hypothesis"]

Labels = Mapping[str, Hypothesis]
"""Labelled hypotheses, by turn id."""

_ROLES: dict[str, ActRole] = {
    **dict.fromkeys(("ack", "bye", "hello", "repeat", "thankyou"), "social"),
    "affirm": "agreement",
    "negate": "refusal",
    "deny": "denial",
}
"""Roles of the user's acts that only respond to the system (Henderson et al. 2014, handbook, section 2)."""

_CONFIRMS = {"expl-conf": "confirm", "impl-conf": "confirm.implicit"}

_ENDS = frozenset({"bye", "thankyou"})


def slu_hypothesis(acts: Sequence[Mapping[str, Any]]) -> Hypothesis:
    """Convert a set of dialogue acts to a hypothesis: acts joined by `+`, slots prefixed with the act except of inform.

    >>> slu_hypothesis(
    ...     [{"act": "inform", "slots": [["food", "thai"]]}, {"act": "request", "slots": [["slot", "addr"]]}]
    ... ).key
    'inform+request|food=thai,request.slot=addr'
    """
    slots = {
        (name if act["act"] == "inform" else f"{act['act']}.{name}", value)
        for act in acts
        for name, value in act["slots"]
    }
    return Hypothesis(
        intent="+".join(sorted({act["act"] for act in acts})),
        slots=tuple(Slot(str(name), str(value)) for name, value in sorted(slots)),
    )


def read_calls(folder: Path, *, confidences: bool = True) -> tuple[list[Turn], Labels]:
    """Read all calls below `folder/dstc2`, in order of time.

    Args:
        folder: folder with `dstc2/<set>/<call>/{log,label}.json`.
        confidences: whether to keep the scores of recognition and NLU.
    """
    logs = sorted((folder / "dstc2").glob("*/*/log.json"))
    if not logs:
        raise InputError(f"{folder}: has no dstc2/<set>/<call>/log.json; fetch DSTC2 from its publisher")
    turns: list[Turn] = []
    labels: dict[str, Hypothesis] = {}
    for log in logs:
        call = json.loads(log.read_text(encoding="utf-8"))
        gold = json.loads((log.parent / "label.json").read_text(encoding="utf-8"))
        turns += _turns(call, confidences=confidences)
        for index, labelled in enumerate(gold["turns"]):
            labels[f"{call['session-id']}/{index:02d}"] = slu_hypothesis(labelled["semantics"]["json"])
    turns.sort(key=lambda turn: (turn.started, turn.turn_id))
    return turns, labels


def convention(hypothesis: Hypothesis, label: Hypothesis) -> bool:
    """Return whether a hypothesis differs from the label by an annotation convention alone.

    The two conventions are {bye} for {bye, thankyou}, and `this=dontcare` for `slot=dontcare`; neither changes the
    system's response.
    """
    if hypothesis.key == label.key or _unify_conventions(hypothesis) != _unify_conventions(label):
        return False
    # "Any area" understood as "any food" is a true defect: one of the two must be the general `this`.
    differing = {(slot.name, slot.value) for slot in hypothesis.slots} ^ {
        (slot.name, slot.value) for slot in label.slots
    }
    return not differing or ("this", "dontcare") in differing


def material(hypothesis: Hypothesis, label: Hypothesis) -> bool:
    """Return whether a turn counts in the headline figures: no convention, and more than a farewell."""
    acts = {*hypothesis.intent.split("+"), *label.intent.split("+")}
    farewell = bool(hypothesis.intent) and bool(label.intent) and acts <= _ENDS
    return not farewell and not convention(hypothesis, label)


def replay(turn: Turn, hypothesis: Hypothesis | None, label: Hypothesis) -> Replayed | None:
    """Compare a decision on a turn with the label; None if the turn differs from it by a convention alone.

    Args:
        turn: turn as logged.
        hypothesis: hypothesis of the decision; None leaves the turn as it is.
        label: labelled hypothesis.
    """
    if convention(turn.understood, label):
        return None
    wrong = turn.understood.key != label.key
    changed = hypothesis is not None and hypothesis.key != turn.understood.key
    right = changed and hypothesis is not None and hypothesis.key == label.key
    return Replayed(
        user=turn.user_id or turn.turn_id,
        trigger=changed,
        win=float(wrong and right),
        loss=float(changed and not wrong),
        defect=float(wrong),
    )


def _unify_conventions(hypothesis: Hypothesis) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    acts = frozenset(hypothesis.intent.split("+"))
    if acts & _ENDS:
        acts = acts - _ENDS | {"bye"}
    slots = {("this" if slot.value == "dontcare" else slot.name, str(slot.value)) for slot in hypothesis.slots}
    return acts, frozenset(slots)


def _acts(output: Mapping[str, Any]) -> tuple[Hypothesis, ...]:
    return tuple(
        Hypothesis(
            intent=_CONFIRMS.get(act["act"], act["act"]),
            slots=tuple(Slot(str(name), str(value)) for name, value in act["slots"]),
        )
        for act in output["dialog-acts"]
    )


def _turns(call: Mapping[str, Any], *, confidences: bool) -> list[Turn]:
    # The calls state no time zone; all are in one, so only differences matter.
    opened = datetime.fromisoformat(f"{call['session-date']}T{call['session-time']}+00:00").timestamp()
    turns = []
    for index, exchange in enumerate(call["turns"]):
        spoken, live = exchange["input"], exchange["input"]["live"]
        answer = call["turns"][index + 1]["output"] if index + 1 < len(call["turns"]) else None
        start = spoken.get("start-time") or exchange["output"]["end-time"]
        asr = tuple(
            AsrHypothesis(
                text=transcript["asr-hyp"], confidence=min(1.0, math.exp(transcript["score"])) if confidences else None
            )
            for transcript in live["asr-hyps"]
        )
        text = asr[0].text if asr else ""
        turn = Turn(
            turn_id=f"{call['session-id']}/{index:02d}",
            started=_ms(opened, start),
            ended=_ms(opened, spoken.get("end-time") or start),
            assistant="dstc2",
            user_id=call["caller-id"],
            session_id=call["session-id"],
            language="en",
            request=text,
            asr=Asr(text=text, nbest=asr),
            nlu=_nlu(_ranking(live["slu-hyps"], confidences=confidences)),
            response=Response(text=answer["transcript"], acts=_acts(answer)) if answer else None,
            speech=Speech(started=_ms(opened, answer["start-time"]), ended=_ms(opened, answer["end-time"]))
            if answer
            else None,
            interrupted=Interruption(yes=True, by="user") if answer and answer["aborted"] else None,
        )
        turns.append(turn)
    return turns


def _nlu(ranking: tuple[Hypothesis, ...]) -> Nlu:
    acts = sorted({act for hypothesis in ranking for act in hypothesis.intents} & _ROLES.keys())
    return Nlu(engine="slu", ranking=ranking, act_roles={act: _ROLES[act] for act in acts})


def _ranking(hypotheses: Sequence[Mapping[str, Any]], *, confidences: bool) -> tuple[Hypothesis, ...]:
    merged: dict[str, Hypothesis] = {}
    for scored in hypotheses:
        hypothesis = slu_hypothesis(scored["slu-hyp"])
        previous = merged.get(hypothesis.key)
        score = float(scored["score"]) + (previous.confidence or 0.0 if previous else 0.0)
        merged[hypothesis.key] = Hypothesis(
            intent=hypothesis.intent, slots=hypothesis.slots, confidence=score if confidences else None
        )
    return tuple(merged.values()) or (Hypothesis(intent=""),)


def _ms(opened: float, seconds: float) -> int:
    return round((opened + seconds) * 1000)
