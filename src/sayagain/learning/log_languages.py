"""The languages of a log: every turn gets a language before learning."""

from collections.abc import Iterable, Sequence
from itertools import chain, groupby

import msgspec

from sayagain.languages import language_of, log_languages
from sayagain.learning.count import Counted
from sayagain.turns import Goal, Session, Turn

__all__ = ["goals_in_language", "state_languages"]


def state_languages(log: Iterable[Session], older: Iterable[str] = ()) -> list[Session]:
    """Return sessions whose turns state their language without its region; one that states none has the commonest.

    A log that states none anywhere is returned as it is: it is in one language, whichever that is.

    Args:
        log: the sessions.
        older: what turns before them state, one entry a turn.

    >>> turns = [Turn(turn_id=tag, started=0, request="x", language=tag) for tag in ("de-AT", "de", "*")]
    >>> (session,) = state_languages([Session(session_id="s", turns=tuple(turns))])
    >>> [turn.language for turn in session.turns]
    ['de', 'de', 'de']
    """
    log = list(log)
    languages = log_languages(chain((turn.language for session in log for turn in session.turns), older))
    if not languages:
        return log
    return [
        msgspec.structs.replace(session, turns=tuple(_state_language(turn, languages[0]) for turn in session.turns))
        for session in log
    ]


def goals_in_language(goals: Sequence[Goal], counted: Counted, other: str | None) -> list[Goal]:
    """Return the parts of goals that are in one language; where the language changes, a goal ends.

    Args:
        goals: of one session.
        counted: tells the languages apart.
        other: the language; None for the one that most turns state.
    """
    return [
        Goal(session_id=goal.session_id, turns=tuple(turns))
        for goal in goals
        for language, turns in groupby(goal.turns, key=counted.other_language)
        if language == other
    ]


def _state_language(turn: Turn, commonest: str) -> Turn:
    code = language_of(turn.language) or commonest
    return turn if turn.language == code else msgspec.structs.replace(turn, language=code)
