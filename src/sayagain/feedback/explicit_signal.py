"""Explicit feedback: a rating, thumbs, and the answer to "did that help?"."""

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Kind, Signal
from sayagain.feedback.timing import followed
from sayagain.turns import Session, Turn

__all__ = ["explicit"]

ANSWER_WINDOW = 30_000
"""Milliseconds after "did that help?" in which the user answers it."""
NEUTRAL = 0.5
"""The value from which a rating is positive; its strength grows from 0 here to 1 at either end."""
ANSWERED = 0.9
"""A yes or no to "did that help?", in words."""


def explicit(session: Session) -> list[Signal]:
    """Find what users said on purpose about a turn, in a report or in words.

    A yes or no speaks about the turn in which the assistant asked, or, where the user had asked for nothing in it,
    about the one before. A rating with no value says nothing.

    >>> from sayagain.turns import FeedbackReport
    >>> rated = Turn(turn_id="t", started=0, request="news", feedback=(FeedbackReport(kind="rating", value=0.25),))
    >>> [(signal.positive, signal.strength) for signal in explicit(Session(session_id="s", turns=(rated,)))]
    [(False, 0.5)]
    """
    found = []
    for turn in session.turns:
        for report in turn.feedback:
            if report.kind == "correction" or report.value is None:
                continue
            kind: Kind = "helped" if report.kind == "helped" else "rating"
            found.append(
                Signal(
                    turn_id=turn.turn_id,
                    kind=kind,
                    positive=report.value >= NEUTRAL,
                    strength=min(1.0, abs(report.value - NEUTRAL) * 2),
                    evidence=f"the user reported {report.kind} {report.value:g} of 1",
                )
            )
    return found + _answers(session)


def _answers(session: Session) -> list[Signal]:
    found = []
    place = {id(turn): number for number, turn in enumerate(session.turns)}
    for asked, answer, _ in followed(session, ANSWER_WINDOW):
        helped = _helped(asked, answer)
        if helped is not None:
            found.append(
                Signal(
                    turn_id=_about(session, place[id(asked)]).turn_id,
                    kind="helped",
                    positive=helped,
                    strength=ANSWERED,
                    evidence=f'asked whether it helped, the user said "{answer.heard}"',
                )
            )
    return found


def _helped(asked: Turn, answer: Turn) -> bool | None:
    question, wording = phrases(asked), phrases(answer)
    if asked.response is None or question is None or wording is None:
        return None
    if not question.asks_if_it_helped.search(said(asked.response.text)):
        return None
    text = said(answer.heard)
    if wording.no.search(text):
        return False
    return True if wording.yes.search(text) else None


def _about(session: Session, number: int) -> Turn:
    """Step back over turns in which the user wanted nothing: silence, thanks, a bare reply."""
    while number > 0:
        turn = session.turns[number]
        wording = phrases(turn)
        text = said(turn.heard)
        if text and (wording is None or not (wording.reply.search(text) or wording.thanks.search(text))):
            break
        number -= 1
    return session.turns[number]
