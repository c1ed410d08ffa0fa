"""The value of audio for a judge of defects in the household: supervised judges with and without it.

Two judges: one has the features of the turn alone, which exist while the user waits; the other has those of the later
turns too. Each is a boosted model, trained on one half of the sentences and tested on the other: homes share
recordings, so a model could memorise which of them fail.
"""

import zlib
from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.ranking import logistic, print_rankings, rankings
from benchmarks.sound_household import uncertainty_logits
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

_FIGURE_NAMES = {
    "confidence": "confidence_auc",
    "audio": "audio_auc",
    "confidence, audio": "confidence_audio_auc",
    "turn": "turn_auc",
    "turn, audio": "turn_audio_auc",
    "turn, what followed": "followed_auc",
    "turn, what followed, audio": "followed_audio_auc",
}


def defect_figures(outcomes: Sequence[SpeechOutcome], logits: Floats) -> dict[str, dict[str, float]]:
    """Simulate a week, print the tables and return the figures.

    Args:
        outcomes: outcomes of the recording.
        logits: logit of each that it was misheard, by networks trained on other voices and sentences.
    """
    sounds = {_key_of(outcome): logit for outcome, logit in zip(outcomes, logits, strict=True)}
    week = Replay().step()
    truths = {truth.turn_id: truth for truth in week.truths}
    log = sessions(week.turns)
    turns = [turn for session in log for turn in session.turns]
    sound = np.array([_sound(turn, truths[turn.turn_id], sounds) for turn in turns])
    # Missing audio would give the television away, so its turns are left out.
    known = ~np.isnan(sound)
    turn_rows = np.array([_turn_features(turn) for turn in turns])
    later_rows = np.vstack([_later_features(session) for session in log])
    sentences = [truths[turn.turn_id].said for turn in turns]
    half = np.array([zlib.crc32(sentence.encode()) % 2 == 0 for sentence in sentences])
    print(
        f"household, a week: {known.sum():,} turns of people (of {(~known).sum()} of a television there is no sound); "
        "AUC on sentences not learnt from [90%, by sentence]"
    )
    points = np.array([truths[turn.turn_id].failure_point for turn in turns])
    believed = np.array([not turn.failed for turn in turns])
    columns = {"turn": turn_rows, "turn, what followed": np.hstack([turn_rows, later_rows])}
    figures: dict[str, dict[str, float]] = {}
    for name, wrong, among, title in (
        ("defect", points != "correct", known, "defects among all turns"),
        ("silent", points != "correct", known & believed, "defects among turns that the assistant believes it did"),
        ("asr", points == "asr", known, "failures of recognition among all turns"),
    ):
        scores = _scores(columns, sound, wrong, half, among)
        pairs = [("confidence, audio", "confidence"), *((f"{base}, audio", base) for base in columns)]
        intervals = rankings(wrong[among], scores, [sentences[index] for index in np.flatnonzero(among)], pairs)
        print_rankings(f"{title}: {wrong[among].mean():.1%} of {among.sum():,}", intervals)
        figures[name] = {_FIGURE_NAMES[key]: interval[0] for key, interval in intervals.items() if key in _FIGURE_NAMES}
    return figures


def _scores(
    columns: Mapping[str, Floats], sound: Floats, wrong: Truths, half: Truths, among: Truths
) -> dict[str, Floats]:
    """Return the scores of the judged turns for each set of columns, by models of the other half of the sentences."""
    uncertainty = columns["turn"][:, 0]
    sets: dict[str, Floats] = {}
    for name, rows in columns.items():
        sets |= {name: rows, f"{name}, audio": np.column_stack([rows, sound])}
    pair, logits = np.column_stack([uncertainty, sound]), np.zeros(len(sound))
    for tested in (half, ~half):
        training = among & ~tested
        logits[tested] = logistic(pair[training], wrong[training], pair[tested])
    scores = {"confidence": uncertainty[among], "audio": sound[among], "confidence, audio": logits[among]}
    for name, rows in sets.items():
        predictions = np.zeros(len(rows))
        for tested in (half, ~half):
            training = among & ~tested
            y = wrong[training].astype(np.float64)
            model = lightgbm.Booster(model_str=fit_booster(rows[training], y, np.ones(len(y)), seed=1))
            predictions[tested] = model.predict(rows[tested], num_threads=1)
        scores[name] = predictions[among]
    return scores


def _turn_features(turn: Turn) -> list[float]:
    asr, raw = turn.asr, turn.raw
    assert asr is not None
    confidences = [float(transcript.confidence or 0.0) for transcript in asr.nbest]
    words = asr.text.split()
    seconds = ((turn.ended or turn.started) - turn.started) / 1000
    return [
        float(uncertainty_logits([asr.confidence])[0]),
        confidences[0] - confidences[1] if len(confidences) > 1 else _UNKNOWN,
        len(confidences),
        len(words),
        len(asr.text) / seconds if seconds else _UNKNOWN,
        raw["no_speech"],
        raw["level_db"],
        raw["snr_db"],
        (turn.wake.probability or 0.0) if turn.wake is not None else _UNKNOWN,
        len(turn.hypotheses),
        bool(turn.hypothesis is not None and turn.hypothesis.empty),
        turn.complained,
        turn.failed,
        len(turn.actions),
        sum(action.ok for action in turn.actions),
        sum(resolution.status != "ok" for resolution in turn.resolution),
        len(turn.response.text) if turn.response is not None else _UNKNOWN,
    ]


def _later_features(session: Session) -> Floats:
    next_rows = [next_turn_features(session, index, [turn.understood])[0] for index, turn in enumerate(session.turns)]
    return np.hstack([np.array(next_rows), signal_strengths(session, detect(session))])


def _sound(turn: Turn, truth: Truth, sounds: Mapping[Key, float]) -> float:
    asr, raw = turn.asr, turn.raw
    assert asr is not None
    key = (
        truth.said,
        tuple(transcript.text for transcript in asr.nbest),
        raw["level_db"],
        raw["snr_db"],
        raw["no_speech"],
    )
    return sounds.get(key, _UNKNOWN)


def _key_of(outcome: SpeechOutcome) -> Key:
    """Return the key by which a turn's recording is found."""
    texts = tuple(text for text, _ in outcome.nbest)
    return (outcome.request, texts, outcome.level_db, outcome.snr_db, outcome.no_speech)
