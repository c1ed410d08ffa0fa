"""What the sound adds to a judge of defects in the household: the same judge with and without it, trained on the truth.

Two judges: one sees the turn alone, as it could be seen while the user waits; the other also what followed. Each is
a boosted model over the same columns, learnt on one half of the sentences and tested on the other: homes share
recordings, so a model could learn by heart which of them fail.
"""

import zlib
from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.ranking import logistic, print_rankings, rankings
from benchmarks.sound_household import sureness
from sayagain.feedback import detect
from sayagain.household import Replay, Truth
from sayagain.household.outcome import SpeechOutcome
from sayagain.labels import next_turn_features, signal_strengths
from sayagain.rewriting.rank import fit_booster
from sayagain.turns import Session, Turn, sessions

__all__ = ["defect_figures"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Key = tuple[str, tuple[str, ...], float, float, float]

_UNKNOWN = np.nan

_NAMED = {
    "confidence": "confidence_auc",
    "audio": "audio_auc",
    "confidence, audio": "confidence_audio_auc",
    "turn": "turn_auc",
    "turn, audio": "turn_audio_auc",
    "turn, what followed": "followed_auc",
    "turn, what followed, audio": "followed_audio_auc",
}


def defect_figures(outcomes: Sequence[SpeechOutcome], logits: Floats) -> dict[str, dict[str, float]]:
    """Play a week, print the tables and return the figures.

    Args:
        outcomes: of the recording.
        logits: of each, that it was misheard, by networks that met neither its voice nor its sentence.
    """
    sounds = {_key_of(outcome): logit for outcome, logit in zip(outcomes, logits, strict=True)}
    week = Replay().step()
    truths = {truth.turn_id: truth for truth in week.truths}
    log = sessions(week.turns)
    turns = [turn for session in log for turn in session.turns]
    sound = np.array([_sound(turn, truths[turn.turn_id], sounds) for turn in turns])
    # That there is no sound would give the television away.
    known = ~np.isnan(sound)
    now = np.array([_at_once(turn) for turn in turns])
    followed = np.vstack([_followed(session) for session in log])
    said = [truths[turn.turn_id].said for turn in turns]
    half = np.array([zlib.crc32(sentence.encode()) % 2 == 0 for sentence in said])
    print(
        f"household, a week: {known.sum():,} turns of people (of {(~known).sum()} of a television there is no sound); "
        "AUC on sentences not learnt from [90%, by sentence]"
    )
    points = np.array([truths[turn.turn_id].failure_point for turn in turns])
    believed = np.array([not turn.failed for turn in turns])
    columns = {"turn": now, "turn, what followed": np.hstack([now, followed])}
    figures: dict[str, dict[str, float]] = {}
    for name, wrong, among, title in (
        ("defect", points != "correct", known, "defects among all turns"),
        ("silent", points != "correct", known & believed, "defects among turns that the assistant believes it did"),
        ("asr", points == "asr", known, "failures of recognition among all turns"),
    ):
        scores = _scores(columns, sound, wrong, half, among)
        pairs = [("confidence, audio", "confidence"), *((f"{base}, audio", base) for base in columns)]
        found = rankings(wrong[among], scores, [said[at] for at in np.flatnonzero(among)], pairs)
        print_rankings(f"{title}: {wrong[among].mean():.1%} of {among.sum():,}", found)
        figures[name] = {_NAMED[key]: interval[0] for key, interval in found.items() if key in _NAMED}
    return figures


def _scores(
    columns: Mapping[str, Floats], sound: Floats, wrong: Truths, half: Truths, among: Truths
) -> dict[str, Floats]:
    """Return for each set of columns what models say of the turns among which is judged."""
    unsure = columns["turn"][:, 0]
    sets: dict[str, Floats] = {}
    for name, rows in columns.items():
        sets |= {name: rows, f"{name}, audio": np.column_stack([rows, sound])}
    two, weighed = np.column_stack([unsure, sound]), np.zeros(len(sound))
    for mine in (half, ~half):
        learn = among & ~mine
        weighed[mine] = logistic(two[learn], wrong[learn], two[mine])
    found = {"confidence": unsure[among], "audio": sound[among], "confidence, audio": weighed[among]}
    for name, rows in sets.items():
        out = np.zeros(len(rows))
        for mine in (half, ~half):
            learn = among & ~mine
            y = wrong[learn].astype(np.float64)
            model = lightgbm.Booster(model_str=fit_booster(rows[learn], y, np.ones(len(y)), seed=1))
            out[mine] = model.predict(rows[mine], num_threads=1)
        found[name] = out[among]
    return found


def _at_once(turn: Turn) -> list[float]:
    asr, raw = turn.asr, turn.raw
    assert asr is not None
    confidences = [float(each.confidence or 0.0) for each in asr.nbest]
    words = asr.text.split()
    seconds = ((turn.ended or turn.started) - turn.started) / 1000
    return [
        float(sureness([asr.confidence])[0]),
        confidences[0] - confidences[1] if len(confidences) > 1 else _UNKNOWN,
        len(confidences),
        len(words),
        len(asr.text) / seconds if seconds else _UNKNOWN,
        raw["no_speech"],
        raw["level_db"],
        raw["snr_db"],
        (turn.wake.probability or 0.0) if turn.wake is not None else _UNKNOWN,
        len(turn.readings),
        bool(turn.reading is not None and turn.reading.empty),
        turn.complained,
        turn.failed,
        len(turn.actions),
        sum(action.ok for action in turn.actions),
        sum(each.status != "ok" for each in turn.resolution),
        len(turn.response.text) if turn.response is not None else _UNKNOWN,
    ]


def _followed(session: Session) -> Floats:
    after = [next_turn_features(session, place, [turn.understood])[0] for place, turn in enumerate(session.turns)]
    return np.hstack([np.array(after), signal_strengths(session, detect(session))])


def _sound(turn: Turn, truth: Truth, sounds: Mapping[Key, float]) -> float:
    asr, raw = turn.asr, turn.raw
    assert asr is not None
    key = (truth.said, tuple(each.text for each in asr.nbest), raw["level_db"], raw["snr_db"], raw["no_speech"])
    return sounds.get(key, _UNKNOWN)


def _key_of(outcome: SpeechOutcome) -> Key:
    """Return by what a turn's recording is found again."""
    texts = tuple(text for text, _ in outcome.nbest)
    return (outcome.request, texts, outcome.level_db, outcome.snr_db, outcome.no_speech)
