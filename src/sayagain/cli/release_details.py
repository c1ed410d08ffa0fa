"""The details of a release as people read them: counts, replay and judges under their names, with units."""

from collections.abc import Callable, Mapping

__all__ = ["count_rows", "judge_rows", "judge_sentence", "replay_rows", "threshold_rows"]

_COUNTS = {
    "turns": "turns",
    "users": "users",
    "sessions": "sessions",
    "judged": "judged turns",
    "signals": "feedback signals",
    "labels": "weak labels",
    "defects": "defects",
    "chain": "chain rewrites",
    "strings": "requests in the table",
    "read_turns": "turns looked at one by one",
    "with_replies": "turns with a reply",
    "with_error_codes": "turns with an error code",
    "with_hypotheses": "turns with a hypothesis",
    "with_users": "turns with a user",
    "with_languages": "turns with a language",
}

Format = Callable[[float], str]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _percentage(value: float) -> str:
    return f"{value:+.2%}"


def _ratio(value: float) -> str:
    return f"{value:,.1f}"


def _agreement(value: float) -> str:
    return f"{value:.3f}"


def _bias(value: float) -> str:
    return f"{value:+.2f}"


def _yes_or_no(value: float) -> str:
    return "yes" if value else "no"


_REPLAY: dict[str, tuple[str, Format]] = {
    "turns": ("turns", _amount),
    "defective": ("defective turns", _amount),
    "triggers": ("rewritten turns", _amount),
    "wins": ("wins", _amount),
    "losses": ("losses", _amount),
    "gain_low": ("gain, lower bound", _percentage),
    "gain_high": ("gain, upper bound", _percentage),
    "ratio_low": ("wins ÷ losses, lower bound", _ratio),
    "ratio_high": ("wins ÷ losses, upper bound", _ratio),
}
_JUDGES: dict[str, tuple[str, Format]] = {
    "agreement_shipped": ("shipped judge, agreement with weak labels", _agreement),
    "agreement_learnt": ("judge learnt from the log, agreement with weak labels", _agreement),
    "agreement_adapted": ("both together, agreement with weak labels", _agreement),
    "bias_shipped": ("shipped judge, mean error of P(defect)", _bias),
    "shipped_judge": ("shipped judge in use", _yes_or_no),
    "adapted_judge": ("adapted judge in use", _yes_or_no),
}


def count_rows(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return name and value of each count of a manifest.

    >>> count_rows({"turns": 12000, "signals": 90})
    [('turns', '12,000'), ('feedback signals', '90')]
    """
    return [(_COUNTS.get(key, key.replace("_", " ")), f"{value:,}") for key, value in counts.items()]


def replay_rows(metrics: Mapping[str, float | None]) -> list[tuple[str, str]]:
    """Return name and value of each metric of the replay.

    >>> replay_rows({"turns": 10000.0, "wins": 12.34, "gain_low": 0.0123, "ratio_low": None})
    [('turns', '10,000'), ('wins', '12.3'), ('gain, lower bound', '+1.23%'), ('wins ÷ losses, lower bound', '–')]
    """
    return _rows(metrics, _REPLAY)


def threshold_rows(thresholds: Mapping[str, Mapping[str, float | None]]) -> list[tuple[str, str]]:
    """Return each class of change with its threshold and the cross-fitted decisions that it rests on.

    >>> threshold_rows({"nothing": {"least": 0.6, "wins": 40.0, "losses": 1.5, "wrong": 2.0}})
    [('nothing', 'from 60%: 40 wins, 1.5 losses, 2 still wrong')]
    >>> threshold_rows({"value": {"least": None, "wins": 3.0, "losses": 9.0, "wrong": 0.0}})
    [('value', 'not rewritten: 3 wins, 9 losses, 0 still wrong')]
    """
    rows = []
    for change, kept in thresholds.items():
        counts = ", ".join(
            f"{_amount(kept[key] or 0.0)} {name}"
            for key, name in (("wins", "wins"), ("losses", "losses"), ("wrong", "still wrong"))
        )
        min_probability = kept["least"]
        rows.append(
            (change, f"{'not rewritten' if min_probability is None else f'from {min_probability:.0%}'}: {counts}")
        )
    return rows


def judge_rows(judging: Mapping[str, float | None]) -> list[tuple[str, str]]:
    """Return name and value of each measure of the judges.

    >>> judge_rows({"bias_shipped": -0.09, "shipped_judge": 0.0})
    [('shipped judge, mean error of P(defect)', '-0.09'), ('shipped judge in use', 'no')]
    """
    return _rows(judging, _JUDGES)


def judge_sentence(judging: Mapping[str, float | None]) -> str:
    """Say which judge a release uses, and why; for a manifest that compares two.

    >>> judge_sentence({"agreement_shipped": 0.7, "agreement_learnt": 0.8, "shipped_judge": 0.0})
    'judge: learnt from the log; agreement with weak labels 0.800, shipped judge 0.700'
    """
    shipped, learnt = judging["agreement_shipped"], judging["agreement_learnt"]
    uses_shipped = bool(judging["shipped_judge"])
    bias = judging.get("bias_shipped")
    off = ""
    if bias is not None and not uses_shipped and round(abs(bias), 2):
        off = f"; the shipped judge's P(defect) is {abs(bias):.2f} too {'low' if bias < 0 else 'high'}"
    if shipped is None or learnt is None:
        why = "the log is too small to learn one" if uses_shipped else "the shipped judge does not know the assistant"
    elif uses_shipped:
        why = f"agreement with weak labels {shipped:.3f}, judge learnt from the log {learnt:.3f}"
    else:
        why = f"agreement with weak labels {learnt:.3f}, shipped judge {shipped:.3f}"
    judge = "shipped with sayagain" if uses_shipped else "learnt from the log"
    adapted = judging.get("agreement_adapted")
    if judging.get("adapted_judge"):
        judge += ", combined with the shipped judge adapted to it"
        off += f"; combined {adapted:.3f}" if adapted is not None else ""
    return f"judge: {judge}; {why}{off}"


def _rows(values: Mapping[str, float | None], names: Mapping[str, tuple[str, Format]]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        name, form = names.get(key, (key.replace("_", " "), _agreement))
        rows.append((name, "–" if value is None else form(value)))
    return rows
