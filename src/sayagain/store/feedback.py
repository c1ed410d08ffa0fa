"""Late feedback: what a user reports of a turn after it was logged, merged into the turn when it is read."""

import hashlib
from collections.abc import Iterable

import msgspec

from sayagain.formats import encode_turn
from sayagain.turns import FeedbackReport, Turn

__all__ = ["checked_report", "decode_reports", "encode_report", "merged", "report_key"]

decode_reports = msgspec.json.Decoder(FeedbackReport).decode_lines
"""From JSON, a report a line, to reports."""
encode_report = msgspec.json.Encoder().encode
"""From a report to one line of JSON."""


def checked_report(turn_id: str, report: FeedbackReport, at: int) -> tuple[FeedbackReport, int]:
    """Return a report with its time, and that time, once it is sure that a turn can hold it.

    Args:
        turn_id: the turn that it is about.
        report: as given.
        at: when it was given, in milliseconds since 1970; counts where the report does not say so itself.

    Raises:
        TurnError: what was seen and what was expected.
    """
    when = at if report.at is None else report.at
    timed = msgspec.structs.replace(report, at=when)
    # A turn that holds it and nothing else is checked like any other.
    encode_turn(Turn(turn_id=turn_id, started=0, request="", feedback=(timed,)))
    return timed, when


def report_key(report: FeedbackReport) -> str:
    """Return by what a report is known again when it is sent twice.

    A report that says itself when it was given is another at another time. One that does not (its sender may try again
    a while later) is the same whenever it comes, and the last time counts.
    """
    return hashlib.blake2b(encode_report(report), digest_size=12).hexdigest()


def merged(turn: Turn, late: Iterable[FeedbackReport]) -> Turn:
    """Return a turn with late feedback beside its own, in order of time; what has no time came with the turn, first.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on", feedback=(FeedbackReport(kind="thumbs", value=0, at=5),))
    >>> [each.at for each in merged(turn, [FeedbackReport(kind="thumbs", value=1, at=3)]).feedback]
    [3, 5]
    """
    new = [each for each in late if each not in turn.feedback]
    if not new:
        return turn
    every = sorted((*turn.feedback, *sorted(new, key=encode_report)), key=lambda each: each.at or 0)
    return msgspec.structs.replace(turn, feedback=tuple(every))
