"""Exports as training data of a classifier: DSTC2, from transcripts to acts and slots.

One classifier (TF-IDF of words and pairs of words, one logistic regression for each act and each slot with its value)
is trained on different labels of the same earlier calls and tested on the human labels of later callers' turns. Its
settings are fixed; the settings of curation were chosen by cross-validation over the training calls, with the
exceptions in docs/labels.md.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.bootstrap import quantile_interval, resampled_sums
from benchmarks.dstc2 import Labels, read_calls
from sayagain.labels import Example, Judgement, collect_understood, curate, select_diverse
from sayagain.labels.curation.understood_examples import merge_examples
from sayagain.learning.learn import LearnSettings, learn
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Session, Turn, sessions

__all__ = ["dstc2"]

SURE = 0.5
"""Least probability of an example: a classifier tolerates some noise, and the most probable examples are easy ones."""

ALIKE = 0.8
"""Least similarity of near duplicates, for the budgets."""

BUDGETS = (50, 100, 200, 400)
"""Numbers of examples, to measure the value of diversity."""

SEEDS = 5
"""Number of draws of a twentieth of the calls, labelled by hand."""

_WORD = r"\S+"

Items = frozenset[tuple[str, str]]
Judged = Sequence[tuple[Turn, Judgement]]


class Row(msgspec.Struct, frozen=True):
    """One training example: words, acts and slots, and weight."""

    text: str
    items: Items
    weight: float = 1.0


class Tested(msgspec.Struct, frozen=True):
    """One test turn with the prediction and the label."""

    caller: str
    predicted: Items
    label: Items


def dstc2(train: Path, test: Path) -> dict[str, Any]:
    """Train the classifier on each kind of label, print the tables, and return the figures.

    Args:
        train: folder with `dstc2/`.
        test: another such folder, or the same: then the first half of the calls is for training, and the other callers
            of the second half for testing.
    """
    training, tested, labels = _calls(train, test)
    turns = [turn for session in training for turn in session.turns]
    result = learn(turns, LearnSettings(position="read", holdout=0.0))
    judgements = {judgement.turn_id: judgement for judgement in result.judgements}
    judged = [(turn, judgements[turn.turn_id]) for turn in turns]
    test_turns = [turn for session in tested for turn in session.turns if _items(labels[turn.turn_id]) != {("", "bye")}]
    print(
        f"learnt from {len(training)} calls, {len(turns)} turns, {len({s.user_id for s in training})} callers; "
        f"tested on {len(test_turns)} turns of {len({turn.user_id for turn in test_turns})} other callers"
    )
    test_set = _TestSet(test_turns, labels)
    own_rows = [Row(_words(turn), _items(turn.understood)) for turn in turns if not turn.understood.empty]
    human = [Row(_words(turn), _items(labels[turn.turn_id])) for turn in turns]
    curated = _curate(judged, min_users=1)
    # Without weak labels, requests that were not understood are negatives, or no examples.
    negative_rows = [Row(_words(turn), frozenset()) for turn in turns if turn.understood.empty]
    ways = {
        "before": test_set.predict(own_rows),
        "before_silent": test_set.predict([*own_rows, *negative_rows]),
        "after": test_set.predict(_rows(curated)),
        "after_two_users": test_set.predict(_rows(_curate(judged, min_users=2))),
        "human": test_set.predict(human),
        **_seed_predictions(test_set, turns, labels, {"": [], "_before": own_rows, "_after": _rows(curated)}),
    }
    figures = _report(ways, _row_summaries(own_rows, human, curated, turns, labels))
    figures["budget"] = _budgets(test_set, curated)
    return figures


def _calls(train: Path, test: Path) -> tuple[list[Session], list[Session], Labels]:
    turns, labels = read_calls(train)
    log = sorted(sessions(turns), key=lambda session: (session.turns[0].started, session.session_id))
    if train.resolve() != test.resolve():
        test_turns, test_labels = read_calls(test)
        return log, sessions(test_turns), {**labels, **test_labels}
    training = log[: len(log) // 2]
    training_users = {session.user_id for session in training}
    return training, [session for session in log[len(training) :] if session.user_id not in training_users], labels


def _items(hypothesis: Hypothesis) -> Items:
    """Return a hypothesis as a set, with both annotation conventions unified; see `benchmarks.dstc2.convention`."""
    return frozenset(
        ("", "bye") if item == ("", "thankyou") else ("this", "dontcare") if item[0] and item[1] == "dontcare" else item
        for item in hypothesis.items
    )


def _words(turn: Turn) -> str:
    return normalise(turn.heard)


def _curate(judged: Judged, *, min_users: int) -> list[Example]:
    failing = curate(judged, sure=SURE, min_users=min_users)
    return merge_examples(failing, collect_understood(judged, sure=SURE, min_users=min_users))


def _rows(examples: Iterable[Example]) -> list[Row]:
    return [Row(example.text, _items(example.hypothesis), example.times) for example in examples]


class _TestSet:
    """The test turns, the same for every kind of label."""

    def __init__(self, turns: Sequence[Turn], labels: Labels) -> None:
        self._turns = turns
        self._texts = [_words(turn) for turn in turns]
        self._labels = [_items(labels[turn.turn_id]) for turn in turns]

    def predict(self, rows: Sequence[Row]) -> list[Tested]:
        """Train the classifier on some rows and predict every test turn."""
        predictions = _classify([row for row in rows if row.text], self._texts)
        return [
            Tested(turn.user_id or turn.turn_id, predicted, label)
            for turn, predicted, label in zip(self._turns, predictions, self._labels, strict=True)
        ]


def _classify(rows: Sequence[Row], texts: Sequence[str]) -> list[Items]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  (only this benchmark needs it)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    features = TfidfVectorizer(ngram_range=(1, 2), token_pattern=_WORD, sublinear_tf=True)
    training, unseen = features.fit_transform([row.text for row in rows]), features.transform(texts)
    weights = np.array([row.weight for row in rows])
    predictions: list[set[tuple[str, str]]] = [set() for _ in texts]
    for item in sorted({item for row in rows for item in row.items}):
        has_item = np.array([item in row.items for row in rows])
        if has_item.all():
            indices = np.arange(len(texts))
        else:
            model = LogisticRegression(C=10, solver="liblinear", random_state=1).fit(
                training, has_item, sample_weight=weights
            )
            indices = np.flatnonzero(model.predict_proba(unseen)[:, 1] > 0.5)
        for index in indices:
            predictions[index].add(item)
    return [frozenset(items) for items in predictions]


def _seed_predictions(
    test_set: _TestSet, turns: Sequence[Turn], labels: Labels, rows_by_name: Mapping[str, list[Row]]
) -> dict[str, list[Tested]]:
    """Predict with a twentieth of the calls labelled by hand, alone and with other rows, in several draws."""
    ways: dict[str, list[Tested]] = {f"seed{name}": [] for name in rows_by_name}
    for draw in range(SEEDS):
        human_rows = [
            Row(_words(turn), _items(labels[turn.turn_id]))
            for turn in turns
            if zlib.crc32((turn.session_id or "").encode()) % 20 == draw
        ]
        for name, rows in rows_by_name.items():
            ways[f"seed{name}"] += test_set.predict([*human_rows, *rows])
    return ways


def _row_summaries(
    own_rows: Sequence[Row], human: Sequence[Row], curated: Sequence[Example], turns: Sequence[Turn], labels: Labels
) -> dict[str, str]:
    """Return the number of rows of each kind, and their agreement with the human labels."""
    understood = [turn for turn in turns if not turn.understood.empty]
    agree = np.mean([_items(turn.understood) == _items(labels[turn.turn_id]) for turn in understood])
    by_text = {example.text: _items(example.hypothesis) for example in curated}
    covered = [turn for turn in turns if _words(turn) in by_text]
    agree_curated = np.mean([by_text[_words(turn)] == _items(labels[turn.turn_id]) for turn in covered])
    return {
        "before": f"{len(own_rows)} turns, {agree:.1%} right",
        "after": f"{len(curated)} texts of {len(covered)} turns, {agree_curated:.1%} right",
        "human": f"{len(human)} turns",
    }


def _budgets(test_set: _TestSet, curated: Sequence[Example]) -> dict[str, Any]:
    scores_by_budget: dict[str, Any] = {}
    print(f"{'examples':>8} {'surest':>8} {'various':>8}   (F1; various: of one meaning no two {ALIKE:.0%} alike)")
    for budget in BUDGETS:
        chosen = {
            "surest": select_diverse(curated, most=budget),
            "various": select_diverse(curated, most=budget, alike=ALIKE),
        }
        scores = {name: _f1(test_set.predict(_rows(rows))) for name, rows in chosen.items()}
        print(f"{budget:>8} {scores['surest']:>8.3f} {scores['various']:>8.3f}")
        scores_by_budget[str(budget)] = scores
    return scores_by_budget


def _report(ways: Mapping[str, Sequence[Tested]], rows: Mapping[str, str]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    print(f"{'trained on':<18} {'F1 [90%]':<20} {'intent':>6} {'exact':>6} {'against before [90%]':<26} training data")
    for way, predictions in ways.items():
        reference = ways["seed" if way.startswith("seed") else "before"]
        f1, gain = _f1(predictions), _f1(predictions) - _f1(reference)
        low, high = _interval([predictions], lambda scores: scores[0])
        gain_low, gain_high = _interval([predictions, reference], lambda scores: scores[0] - scores[1])
        figures[way] = {
            "f1": f1,
            "f1_low": low,
            "f1_high": high,
            "intent_accuracy": float(
                np.mean([_acts(tested.predicted) == _acts(tested.label) for tested in predictions])
            ),
            "exact": float(np.mean([tested.predicted == tested.label for tested in predictions])),
            "gain": gain,
            "gain_low": gain_low,
            "gain_high": gain_high,
        }
        comparison = "" if predictions is reference else f"{gain:+.3f} [{gain_low:+.3f}, {gain_high:+.3f}]"
        print(
            f"{way:<18} {f'{f1:.3f} [{low:.3f}, {high:.3f}]':<20} {figures[way]['intent_accuracy']:>6.1%} "
            f"{figures[way]['exact']:>6.1%} {comparison:<26} {rows.get(way, '')}"
        )
    low, high = _interval([ways["seed_after"], ways["seed_before"]], lambda scores: scores[0] - scores[1])
    gain = figures["seed_after"]["f1"] - figures["seed_before"]["f1"]
    print(
        f"seeds are compared with the seed alone; seed_after against seed_before {gain:+.3f} [{low:+.3f}, {high:+.3f}]"
    )
    figures["seed_after"] |= {"gain_over_before": gain, "gain_over_before_low": low, "gain_over_before_high": high}
    return figures


def _acts(items: Items) -> Items:
    return frozenset(item for item in items if not item[0])


def _f1(predictions: Sequence[Tested]) -> float:
    hits, predicted, labelled = _counts(predictions).sum(axis=0)
    return float(2 * hits / (predicted + labelled))


def _counts(predictions: Sequence[Tested]) -> npt.NDArray[np.float64]:
    """Return the numbers of hits, predicted items and labelled items, one row per caller."""
    totals: dict[str, npt.NDArray[np.float64]] = {}
    for tested in predictions:
        row = totals.setdefault(tested.caller, np.zeros(3))
        row += (len(tested.predicted & tested.label), len(tested.predicted), len(tested.label))
    return np.array([totals[caller] for caller in sorted(totals)])


def _interval(
    ways: Sequence[Sequence[Tested]], figure: Callable[[list[npt.NDArray[np.float64]]], npt.NDArray[np.float64]]
) -> tuple[float, float]:
    """Return the 90% bootstrap interval of a figure over callers, with the same draws for every way."""
    sums = [resampled_sums(_counts(predictions)) for predictions in ways]
    return quantile_interval(figure([2 * totals[:, 0] / (totals[:, 1] + totals[:, 2]) for totals in sums]))
