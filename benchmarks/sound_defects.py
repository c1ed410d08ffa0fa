"""What the sound adds to a judge of defects in the household: the same judge with and without it, taught by the truth.

Two judges: one sees the turn alone, as it could be seen while the user waits; the other also what followed. Each is
a boosted model over the same columns, learnt on one half of the homes and tested on the other.
"""

import zlib
from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.ranking import Interval, print_rankings, rankings
from benchmarks.sound_household import sureness
from sayagain.feedback import detect
from sayagain.household import Replay, Truth
from sayagain.household.outcome import Outcome
from sayagain.labels import aftermath, signal_strengths
from sayagain.rewriting.rank import fit_booster
from sayagain.turns import Session, Turn, sessions

__all__ = ["defect_figures"]

Floats = npt.NDArray[np.float64]
Key = tuple[str, tuple[str, ...], float, float, float]

_UNKNOWN = np.nan


def defect_figures(outcomes: Sequence[Outcome], logits: Floats) -> dict[str, dict[str, float]]:
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
    now = np.array([_at_once(turn) for turn in turns])
    followed = np.vstack([_followed(session) for session in log])
    homes = [turn.turn_id.split("-", maxsplit=1)[0] for turn in turns]
    test = np.array([zlib.crc32(home.encode()) % 2 == 0 for home in homes])
    print(
        f"household, a week: {len(turns):,} turns, sound known of {np.mean(~np.isnan(sound)):.1%} (of a television's, "
        "none); AUC on the homes not learnt from [90%, by home]"
    )
    points = [truths[turn.turn_id].failure_point for turn in turns]
    figures: dict[str, dict[str, float]] = {}
    for name, wrong in (
        ("defect", np.array([point != "correct" for point in points])),
        ("asr", np.array([point == "asr" for point in points])),
    ):
        columns = {"turn": now, "turn, what followed": np.hstack([now, followed])}
        scores = _scores(columns, sound, wrong, test)
        pairs = [(f"{base}, audio", base) for base in columns]
        found = rankings(wrong[test], scores, [home for home, out in zip(homes, test, strict=True) if out], pairs)
        print_rankings(f"{name}: {wrong.mean():.1%} of turns", found)
        figures[name] = _named(found)
    return figures


def _scores(
    columns: Mapping[str, Floats], sound: Floats, wrong: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_]
) -> dict[str, Floats]:
    found = {"confidence": columns["turn"][test, 0], "audio": np.nan_to_num(sound)[test]}
    for name, rows in columns.items():
        for title, used in ((name, rows), (f"{name}, audio", np.column_stack([rows, sound]))):
            y = wrong[~test].astype(np.float64)
            model = lightgbm.Booster(model_str=fit_booster(used[~test], y, np.ones(len(y)), seed=1))
            found[title] = np.asarray(model.predict(used[test], num_threads=1), np.float64)
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
    after = [aftermath(session, place, [turn.understood])[0] for place, turn in enumerate(session.turns)]
    return np.hstack([np.array(after), signal_strengths(session, detect(session))])


def _sound(turn: Turn, truth: Truth, sounds: Mapping[Key, float]) -> float:
    asr, raw = turn.asr, turn.raw
    assert asr is not None
    key = (truth.said, tuple(each.text for each in asr.nbest), raw["level_db"], raw["snr_db"], raw["no_speech"])
    return sounds.get(key, _UNKNOWN)


def _key_of(outcome: Outcome) -> Key:
    """Return by what a turn's recording is found again."""
    texts = tuple(text for text, _ in outcome.nbest)
    return (outcome.request, texts, outcome.level_db, outcome.snr_db, outcome.no_speech)


def _named(found: Mapping[str, Interval]) -> dict[str, float]:
    short = {
        "turn": "turn_auc",
        "turn, audio": "turn_audio_auc",
        "turn, what followed": "followed_auc",
        "turn, what followed, audio": "followed_audio_auc",
        "confidence": "confidence_auc",
        "audio": "audio_auc",
    }
    return {short[name]: interval[0] for name, interval in found.items() if name in short}
