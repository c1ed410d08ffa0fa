"""Explicit feedback: a rating, thumbs, and the answer to "did that help?"."""

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Kind, Signal
from sayagain.feedback.timing import followed
from sayagain.turns import Session, Turn

__all__ = ["explicit"]

ANSWER_WINDOW = 30_000
"""Milliseconds after "did that help?" in which a reply counts as its answer."""
NEUTRAL = 0.5
"""Least value of a positive rating; the strength grows from 0 here to 1 at either end."""
ANSWERED = 0.9
"""Strength of a spoken yes or no to "did that help?"."""


def explicit(session: Session) -> list[Signal]:
    """Find explicit feedback about turns, reported or spoken.

    A yes or no refers to the turn in which the assistant asked, or to the previous one if the user requested nothing
    in that turn. A rating without a value gives no signal.

    >>> from sayagain.turns import FeedbackReport
    >>> rated = Turn(turn_id="t", started=0, request="news", feedback=(FeedbackReport(kind="rating", value=0.25),))
    >>> [(signal.positive, signal.strength) for signal in explicit(Session(session_id="s", turns=(rated,)))]
    [(False, 0.5)]
    """
    signals = []
    for turn in session.turns:
        for report in turn.feedback:
            if report.kind == "correction" or report.value is None:
                continue
            kind: Kind = "helped" if report.kind == "helped" else "rating"
            signals.append(
                Signal(
                    turn_id=turn.turn_id,
                    kind=kind,
                    positive=report.value >= NEUTRAL,
                    strength=min(1.0, abs(report.value - NEUTRAL) * 2),
                    evidence=f"the user reported {report.kind} {report.value:g} of 1",
                )
            )
    return signals + _answers(session)


def _answers(session: Session) -> list[Signal]:
    signals = []
    positions = {id(turn): number for number, turn in enumerate(session.turns)}
    for question_turn, answer, _ in followed(session, ANSWER_WINDOW):
        answer_positive = _parse_answer(question_turn, answer)
        if answer_positive is not None:
            signals.append(
                Signal(
                    turn_id=_rated_turn(session, positions[id(question_turn)]).turn_id,
                    kind="helped",
                    positive=answer_positive,
                    strength=ANSWERED,
                    evidence=f'asked whether it helped, the user said "{answer.heard}"',
                )
            )
    return signals


def _parse_answer(question_turn: Turn, answer: Turn) -> bool | None:
    question_wording, answer_wording = phrases(question_turn), phrases(answer)
    if question_turn.response is None or question_wording is None or answer_wording is None:
        return None
    if not question_wording.asks_if_it_helped.search(said(question_turn.response.text)):
        return None
    text = said(answer.heard)
    if answer_wording.no.search(text):
        return False
    return True if answer_wording.yes.search(text) else None


def _rated_turn(session: Session, number: int) -> Turn:
    """Return the last turn, up to a position, that is a request: not silence, thanks or a bare reply."""
    while number > 0:
        turn = session.turns[number]
        wording = phrases(turn)
        text = said(turn.heard)
        if text and (wording is None or not (wording.reply.search(text) or wording.thanks.search(text))):
            break
        number -= 1
    return session.turns[number]
