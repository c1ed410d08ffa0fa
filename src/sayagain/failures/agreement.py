"""Whether the isolator is believed on a log: by its agreement with the judge, which learning fits to the log."""

from collections.abc import Sequence

import numpy as np

from sayagain.labels.judge.calibration import sigmoid

__all__ = ["ENOUGH", "LEAST_SLOPE", "agrees"]

ENOUGH = 200
"""Least judged turns that can show a disagreement."""

LEAST_SLOPE = 0.45
"""Least slope of the judge's log-odds over the isolator's. It was .57 to .71 in simulated homes, where both opinions
together are better than either, and .29 on the DSTC2 calls of the first half, where the judge alone is better."""


def agrees(opinions: Sequence[float], judged: Sequence[float]) -> bool:
    """Return whether the isolator's opinion on whether turns failed counts beside that of the judge.

    An assistant that the isolator was not trained for makes it surer than the judge, and of other turns: then the
    judge's log-odds hardly rise with its own. In too small a log it is believed.

    Args:
        opinions: P(defect) of turns by the isolator.
        judged: of the same turns by the judge.

    >>> sure = [0.01, 0.99] * 200
    >>> agrees(sure, [0.1, 0.9] * 200), agrees(sure, [0.3, 0.4] * 200)
    (True, False)
    """
    if len(opinions) < ENOUGH:
        return True
    slope, _ = sigmoid(np.array(opinions, np.float64), np.array(judged, np.float64))
    return slope >= LEAST_SLOPE
