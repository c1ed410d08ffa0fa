"""The labelled sets of the rephrase benchmark: SAIF, DSTC2, the household's truth, and sets composed by a recipe."""

import csv
import json
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.dstc2 import read_calls
from benchmarks.rephrase_recipe import Act, PairSet, compose, half_of
from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.household.reactions import REPLY_REACTIONS
from sayagain.turns import Response, Session, Turn, declared_acts, sessions

__all__ = ["COMPOSED", "REACH", "composed_set", "household_set", "read_dstc2", "read_saif", "written_acts"]

REACH = 3
"""Most turns between a request and a rephrase of it, plus one."""

WRITTEN = Path(__file__).with_name("rephrase_written.toml")

DIALOGUES = 1_500
"""Composed dialogues of each half of a set."""

_WAV = re.compile(r"InputAt(\d{6})-(\d{6})\.(\d{3})")


def read_saif(folder: Path) -> tuple[list[PairSet], list[int]]:
    """Read SAIF: pairs of consecutive commands, in order of time; the first half is for development.

    Returns:
        Dialogues, each with its labelled pairs; and the three-way label of each pair in their order.
    """
    rows = _read_csv(folder / "saif" / "pairs.csv")
    dialogues: list[PairSet] = []
    kinds: list[int] = []
    part: list[dict[str, str]] = []
    for place, row in enumerate(rows):
        part.append(row)
        ends = place + 1 == len(rows) or rows[place + 1]["first_wav"] != row["second_wav"]
        if ends or place + 1 == len(rows) // 2:
            turns = [_saif_turn(r["first_transcript"], r["first_wav"], r["agent_response"]) for r in part]
            turns.append(_saif_turn(row["second_transcript"], row["second_wav"], None))
            labels = {(i, i + 1): r["label"] != "0" for i, r in enumerate(part)}
            kinds += [int(r["label"]) for r in part]
            name = f"saif/{part[0]['index']}"
            dialogues.append(
                PairSet(Session(session_id=name, turns=tuple(turns)), labels, int(place >= len(rows) // 2))
            )
            part = []
    return dialogues, kinds


def _saif_turn(text: str, wav: str, answer: str | None) -> Turn:
    match = _WAV.search(wav)
    at = 0
    if match:
        moment = datetime.strptime(match[1] + match[2], "%d%m%y%H%M%S").replace(tzinfo=UTC)
        at = int(moment.timestamp() * 1000) + int(match[3])
    response = None if answer is None else Response(text=answer.replace("\\", " ").strip())
    return Turn(turn_id=wav, started=at, request=text, response=response, language="en")


def read_dstc2(folder: Path) -> list[PairSet]:
    """Read DSTC2: a later request with the same labelled acts as one that was misread says it again.

    Halves are of callers. What only answers the system (yes, thanks, goodbye) is no request.
    """
    turns, labels = read_calls(folder)
    dialogues = []
    for session in sessions(turns):
        pairs: dict[tuple[int, int], bool] = {}
        social = declared_acts(session.turns)
        bare = social.social | social.agreement | social.refusal
        for i, turn in enumerate(session.turns):
            gold = labels.get(turn.turn_id)
            if gold is None or gold.empty or gold.intents <= bare:
                continue
            wrong = turn.understood.key != gold.key
            for j in range(i + 1, min(i + 1 + REACH, len(session.turns))):
                later = labels.get(session.turns[j].turn_id)
                if later is not None:
                    pairs[i, j] = wrong and later.key == gold.key
        if pairs:
            dialogues.append(PairSet(session, pairs, half_of(session.user_id or session.session_id)))
    return dialogues


def household_set(seeds: Iterable[int], homes: int) -> list[PairSet]:
    """Simulate a week of homes: a later request of the same goal, after a defect, says it again.

    Args:
        seeds: of the homes; the half of a home is by its user.
        homes: number for each seed.
    """
    dialogues = []
    for seed in seeds:
        week = Replay(seed, homes=homes).step()
        truths = {truth.turn_id: truth for truth in week.truths}
        for goal in goal_truth(week.turns, week.truths):
            pairs: dict[tuple[int, int], bool] = {}
            turns = goal.session.turns
            for i, defect in enumerate(goal.defect):
                if truths[turns[i].turn_id].kind in REPLY_REACTIONS or truths[turns[i].turn_id].person is None:
                    continue
                for j in range(i + 1, min(i + 1 + REACH, len(turns))):
                    asks = truths[turns[j].turn_id].kind not in REPLY_REACTIONS
                    pairs[i, j] = bool(defect) and asks and not any(goal.start[i + 1 : j + 1])
            if pairs:
                dialogues.append(PairSet(goal.session, pairs, half_of(f"{seed} {goal.session.user_id}")))
    return dialogues


def composed_set(name: str, folder: Path, *, count: int = DIALOGUES, seed: int = 1) -> list[PairSet]:
    """Compose both halves of a machine-labelled set; no sentence is in both."""
    acts = list(COMPOSED[name](folder))
    return [
        dialogue
        for half in (0, 1)
        for dialogue in compose(
            [act for act in acts if half_of(act.key) == half], count, seed=seed + half, half=half, name=name
        )
    ]


def written_acts() -> Iterator[tuple[str, Act]]:
    """Yield the written rephrases that share no content word with the request, each with its recipe."""
    for recipe, domains in tomllib.loads(WRITTEN.read_text(encoding="utf-8")).items():
        for domain, lines in domains.items():
            for line in lines.strip().splitlines():
                request, rephrase = line.split(" | ")
                yield recipe, Act(key=request, domain=domain, wordings=(request, rephrase))


def _slurp_acts(folder: Path) -> Iterator[Act]:
    """SLURP: sentences of one intent with the same values ask for the same."""
    groups: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for record in _slurp_sentences(folder):
        values = re.findall(r"\[[^:\]]+:([^\]]+)\]", record["sentence_annotation"])
        groups[record["intent"], tuple(sorted(value.strip().lower() for value in values))].add(record["sentence"])
    for (intent, stated), sentences in sorted(groups.items()):
        key = f"{intent} {' '.join(stated)}"
        yield Act(key=key, domain=intent.split("_")[0], wordings=tuple(sorted(sentences)))


def _slurp_heard_acts(folder: Path) -> Iterator[Act]:
    """SLURP's recordings: what a recogniser made of a sentence, and the sentence."""
    heard: dict[str, str] = {}
    for line in (folder / "slurp" / "predictions" / "multi_slurp_hermit_predictions.jsonl").open(encoding="utf-8"):
        record = json.loads(line)
        if "text" in record:
            heard[record["file"]] = record["text"]
    for record in _slurp_sentences(folder):
        files = sorted(recording["file"] for recording in record["recordings"])
        texts = {heard[file] for file in files if file in heard} - {record["sentence"], ""}
        if texts:
            domain = record["intent"].split("_")[0]
            yield Act(record["sentence"], domain, (record["sentence"],), tuple(sorted(texts)))


def _slurp_sentences(folder: Path) -> Iterator[dict[str, Any]]:
    for name in ("devel", "test"):
        path = folder / "slurp" / f"{name}.jsonl"
        if path.exists():
            for line in path.open(encoding="utf-8"):
                yield json.loads(line)


def _snips_acts(folder: Path) -> Iterator[Act]:
    """SNIPS read aloud by a machine and recognised: the clean request, and what was heard."""
    root = folder / "snips_asr"
    for name in ("valid", "test"):
        clean_path, heard_path = (root / part / f"{name}.csv" for part in ("snips_tts", "snips_tts_asr"))
        if not clean_path.exists() or not heard_path.exists():
            continue
        heard = {row["id"]: row["text"].replace("<unk>", "").strip() for row in _read_csv(heard_path)}
        for row in _read_csv(clean_path):
            text = heard.get(row["id"], "")
            if text and text != row["text"]:
                yield Act(row["text"], row["label"], (row["text"],), (text,))


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cqr_acts(folder: Path) -> Iterator[Act]:
    """CQR: what several people wrote for the whole of what a driver wanted."""
    for path in sorted((folder / "cqr").glob("*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf-8")):
            domain = dialogue["scenario"]["task"]["intent"]
            first = dialogue["dialogue"][0]["data"]["utterance"].strip()
            texts = [t for turn in dialogue["dialogue"] for t in _reformulations(turn)]
            if texts:
                yield Act(f"{domain} {first}", domain, tuple(dict.fromkeys([first, *texts[:4]])))


def _reformulations(turn: dict[str, Any]) -> list[str]:
    reformulation = turn.get("reformulation") or {}
    texts = [*(reformulation.get("mturk_reformulations") or ()), reformulation.get("reformulated_utt")]
    return [text.strip() for text in texts if text]


def _mudoco_acts(folder: Path) -> Iterator[Act]:
    """MuDoCo: a request that leans on its context, and the same written out."""
    for path in sorted((folder / "mudoco_qr").glob("*.jsonl")):
        for line in path.open(encoding="utf-8"):
            record = json.loads(line)
            said = record["utterance"].replace("<CUR>", "").strip()
            if said != record["rewrite"]:
                yield Act(record["id"], record["id"].split("-")[0], (record["rewrite"],), (said,))


def _sgd_acts(folder: Path) -> Iterator[Act]:
    """SGD: utterances that state one intent with the same values ask for the same."""
    groups: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for path in sorted((folder / "sgd").glob("*/dialogues_*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf-8")):
            for turn in dialogue["turns"]:
                if turn["speaker"] == "USER":
                    for intent, values in _stated_intents(turn):
                        groups[intent, values].add(turn["utterance"])
    rng = random.Random(1)  # noqa: S311  (a draw, and no secret)
    for (intent, values), sentences in sorted(groups.items()):
        pool = sorted(sentences)
        # A few wordings each, or the commonest intents would be all of the set.
        rng.shuffle(pool)
        for part in range(0, min(len(pool), 30), 5):
            yield Act(f"{intent} {' '.join(values)}", intent, tuple(pool[part : part + 5]))


def _stated_intents(turn: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for frame in turn["frames"]:
        acts = frame["actions"]
        values = sorted(f"{a['slot']}={a['values'][0].lower()}" for a in acts if a["act"] == "INFORM" and a["values"])
        for act in acts:
            if act["act"] == "INFORM_INTENT" and act["values"]:
                yield act["values"][0], tuple(values)


COMPOSED: dict[str, Callable[[Path], Iterator[Act]]] = {
    "slurp": _slurp_acts,
    "slurp_asr": _slurp_heard_acts,
    "snips_asr": _snips_acts,
    "cqr": _cqr_acts,
    "mudoco": _mudoco_acts,
    "sgd": _sgd_acts,
}
"""The machine-labelled sets, each named after the folder (or its part) that its sentences come from."""
