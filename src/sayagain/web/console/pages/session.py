"""A session: its dialogue, why one of its turns was judged as it was, and what a person says of that turn."""

import time

import msgspec

from sayagain.feedback import Signal, detect
from sayagain.labels import Judgement
from sayagain.learner import Explanation
from sayagain.learner.request_trial import RequestTrial, try_request
from sayagain.turns import FeedbackReport, Turn, goals
from sayagain.web.console.page import Action, Done, Page, Visit

__all__ = ["NEARBY", "SESSION", "SessionTurn", "SessionView"]


NEARBY = 1_000
"""Most turns around a turn that are read to explain it."""


class SessionTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One turn of the dialogue."""

    turn: Turn
    """The turn."""
    goal: int
    """Number of its goal in the session, from 1."""
    judgement: Judgement | None
    """What learning made of it; None where it came after the last learning."""
    signals: list[Signal]
    """What the user did about it."""


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    turns: list[SessionTurn]
    """The dialogue."""
    explanation: Explanation
    """Of the turn that was asked for."""
    trial: RequestTrial | None
    """What would be decided for it now; None for visitors without the scope `read`."""


def _load(visit: Visit) -> SessionView:
    turn = visit.own_turn(visit.need("turn"))
    learner = visit.learner
    session = learner.runtime.session_of(turn)
    signals = detect(session)
    goal_of = {
        member.turn_id: number
        for number, goal in enumerate(goals(session, gap=learner.settings.goal_gap), 1)
        for member in goal.turns
    }
    turns = [
        SessionTurn(
            turn=member,
            goal=goal_of[member.turn_id],
            judgement=learner.store.judgement(member.turn_id),
            signals=[signal for signal in signals if signal.turn_id == member.turn_id],
        )
        for member in session.turns
        if visit.visitor.owns(member)
    ]
    explanation = visit.snapshots.get(
        ("explain", turn.turn_id, visit.audience),
        (visit.version, turn),
        lambda: learner.explain(turn.turn_id, nearby=NEARBY),
    )
    trial = try_request(learner, turn) if visit.visitor.sees_all else None
    return SessionView(turns=turns, explanation=explanation, trial=trial)


def _judge(kind_of_notice: str, value: float) -> "Action":
    def run(visit: Visit) -> Done:
        turn = _reported_turn(visit)
        visit.learner.feedback(turn.turn_id, FeedbackReport(kind="helped", value=value, at=_now()))
        return Done(page="session", query={"turn": turn.turn_id}, notice=kind_of_notice)

    return Action(name=kind_of_notice, scope="observe", run=run, drops=("explain",))


def _correct(visit: Visit) -> Done:
    turn, words = _reported_turn(visit), visit.need("words")
    visit.learner.feedback(turn.turn_id, FeedbackReport(kind="correction", text=words, at=_now()))
    return Done(page="session", query={"turn": turn.turn_id}, notice="corrected")


def _teach(visit: Visit) -> Done:
    """Keep what it should have been as a lesson, too: it counts from the next request on, before anything is learnt."""
    turn, words = _reported_turn(visit), visit.need("words")
    user = visit.speakers.user(visit.visitor.token, turn.user_id)
    home = visit.speakers.home(visit.visitor.token, turn.home)
    lesson = visit.learner.teach(turn.heard, means=words, user=user, home=home, language=turn.language)
    if visit.visitor.may("observe"):
        _correct(visit)
    undo = {"page": "taught", "action": "forget", "phrase": lesson.phrase}
    # A household's lesson is forgotten on the page of its own home.
    is_undone = user is not None or turn.home is None
    if user is not None:
        undo["user"] = user
    return Done(page="session", query={"turn": turn.turn_id}, notice="taught", undo=undo if is_undone else None)


def _reported_turn(visit: Visit) -> Turn:
    turn = visit.own_turn(visit.need("turn"))
    visit.speakers.check_stored(visit.visitor.token, turn.turn_id)
    return turn


def _now() -> int:
    return time.time_ns() // 1_000_000


_CORRECT = Action(name="correct", scope="observe", run=_correct, drops=("explain",))
_TEACH = Action(name="teach", scope="teach", run=_teach, drops=("explain",))

SESSION = Page(
    name="session",
    scope=None,
    load=_load,
    actions=(_judge("fine", 1.0), _judge("failed", 0.0), _CORRECT, _TEACH),
    in_menu=False,
)
"""The page."""
