"""Late feedback: reports that arrive after their turn was logged, merged into the turn when it is read."""

import hashlib
from collections.abc import Iterable

import msgspec

from sayagain.formats import encode_turn
from sayagain.turns import FeedbackReport, Turn

__all__ = ["checked_report", "decode_reports", "encode_report", "merged", "report_key"]

decode_reports = msgspec.json.Decoder(FeedbackReport).decode_lines
"""Decode reports from JSON, one a line."""
encode_report = msgspec.json.Encoder().encode
"""Encode a report as one line of JSON."""


def checked_report(turn_id: str, report: FeedbackReport, at: int) -> tuple[FeedbackReport, int]:
    """Check that a turn can hold a report; return the report with its time, and the time.

    Args:
        turn_id: id of the turn.
        report: the report.
        at: time for a report without one, in milliseconds since 1970.

    Raises:
        TurnError: what was seen and what was expected.
    """
    when = at if report.at is None else report.at
    timed = msgspec.structs.replace(report, at=when)
    # A minimal turn that holds the report gets the same checks as any turn.
    encode_turn(Turn(turn_id=turn_id, started=0, request="", feedback=(timed,)))
    return timed, when


def report_key(report: FeedbackReport) -> str:
    """Return the key that identifies a report sent twice.

    The same content at another stated time is another report. A report without a time is the same whenever it arrives,
    since its sender may retry; the last arrival counts as its time.
    """
    return hashlib.blake2b(encode_report(report), digest_size=12).hexdigest()


def merged(turn: Turn, late: Iterable[FeedbackReport]) -> Turn:
    """Return a turn with late feedback added to its own, in order of time; reports without a time come first.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on", feedback=(FeedbackReport(kind="thumbs", value=0, at=5),))
    >>> [report.at for report in merged(turn, [FeedbackReport(kind="thumbs", value=1, at=3)]).feedback]
    [3, 5]
    """
    new = [report for report in late if report not in turn.feedback]
    if not new:
        return turn
    reports = sorted((*turn.feedback, *sorted(new, key=encode_report)), key=lambda report: report.at or 0)
    return msgspec.structs.replace(turn, feedback=tuple(reports))
