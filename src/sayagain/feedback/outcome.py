"""Outcome of a turn by its own record: whether it failed, worked, asks a question or plays something."""

import msgspec

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.text import identifier_words
from sayagain.turns import CONFIRM, REQUEST, TroubleKind, Turn

__all__ = ["Trouble", "asks", "offers", "plays", "trouble", "worked"]

CODES = {"no_intent_match": 0.9, "no_valid_targets": 0.7, "failed_to_handle": 0.6}
"""Strength of each error code as evidence of a misunderstanding (codes of Home Assistant)."""
OTHER_CODE = 0.5
"""Strength of any other code: the turn failed, perhaps without a misunderstanding."""
EMPTY_HYPOTHESIS = 0.8
"""Strength of an empty hypothesis without any deed."""
ERROR_TYPE = 0.6
"""Strength of an error response without a code."""
ACTION_FAILED = 0.5
"""Strength of a failed action."""
WORDED = 0.5
"""Strength of a failure that only the words of the response state."""
WORDED_WITHIN = 100
"""Characters at the beginning of a response in which a failure is stated; later ones belong to an answer."""

_DONE = frozenset({"action_done", "query_answer"})
_ASKING_ACTS = frozenset({REQUEST, CONFIRM, "select"})
_OFFERING_ACTS = frozenset({"offer", "offer_intent", "list", "inform_count", "recommend"})
# fmt: off
_MEDIA = frozenset({"media", "music", "song", "radio", "podcast", "video", "movie", "film", "playlist", "album",
                    "artist", "track", "station", "audiobook"})
_NOT_STARTED = frozenset({"pause", "stop", "next", "previous", "skip", "volume", "mute", "unmute", "off", "seek", "set",
                          "shuffle", "repeat"})
# fmt: on


class Trouble(msgspec.Struct, frozen=True):
    """Evidence in a turn's own record that it failed."""

    strength: float
    """How clear the evidence is, in [0, 1]."""
    why: str
    """The evidence in plain words."""
    kind: TroubleKind = "not understood"
    """Kind of trouble, as in `Turn.trouble`; the words of a response alone do not prove understanding."""


def trouble(turn: Turn) -> Trouble | None:
    """Return the evidence in a turn that it failed, or None; structure takes precedence over words.

    >>> from sayagain.turns import Response
    >>> lost = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
    >>> trouble(Turn(turn_id="t", started=0, request="turn of the lamp", response=lost))
    Trouble(strength=0.9, why='the assistant answered with the error no_intent_match', kind='not understood')
    """
    response = turn.response
    turn_trouble: Trouble | None = None
    if response is not None and response.error_code:
        strength = CODES.get(response.error_code, OTHER_CODE)
        turn_trouble = Trouble(strength, f"the assistant answered with the error {response.error_code}")
    elif worked(turn):
        turn_trouble = None
    elif turn.hypothesis is not None and turn.hypothesis.empty:
        turn_trouble = Trouble(EMPTY_HYPOTHESIS, "the assistant understood nothing in the request")
    elif response is not None and response.type == "error":
        turn_trouble = Trouble(ERROR_TYPE, "the assistant answered with an error")
    elif turn.actions:
        action = turn.actions[0]
        turn_trouble = Trouble(ACTION_FAILED, f"{action.name or 'the action'} on {action.target} did not work")
    elif response is not None and (response.type is None or response.type in _DONE):
        turn_trouble = _spoken_trouble(turn)
    return (
        turn_trouble
        if turn_trouble is None
        else msgspec.structs.replace(turn_trouble, kind=turn.trouble or turn_trouble.kind)
    )


def worked(turn: Turn) -> bool:
    """Return whether the structure of the turn shows that something was done or answered."""
    response = turn.response
    if response is not None and (response.error_code or response.type == "error"):
        return False
    response_done = response is not None and response.type in _DONE
    if turn.actions:
        return any(action.ok for action in turn.actions)
    # An LLM agent reports success whatever the outcome; without an action, an apology counts as failure.
    return response_done and _spoken_trouble(turn) is None


def asks(turn: Turn) -> bool:
    """Return whether the response waits for an answer; "anything else?" does not."""
    response = turn.response
    if response is None:
        return False
    wording = phrases(turn)
    text = response.text.rstrip()
    if wording is not None:
        ending = said(text[-WORDED_WITHIN:])
        if wording.closing_question.search(ending) or wording.asks_if_it_helped.search(ending):
            return False
    asking_act = any(act.intent in _ASKING_ACTS for act in response.acts)
    return response.type == "question" or asking_act or text.endswith(("?", "\uff1f", "\u061f"))


def offers(turn: Turn) -> bool:
    """Return whether the response lists or offers things, so that a user may cut in once satisfied."""
    return turn.response is not None and any(act.intent in _OFFERING_ACTS for act in turn.response.acts)


def plays(turn: Turn) -> bool:
    """Return whether the turn started playback: music, a film, a station.

    >>> from sayagain.turns import Nlu
    >>> plays(Turn(turn_id="t", started=0, request="jazz", nlu=Nlu(intent="HassMediaSearchAndPlay")))
    True
    >>> plays(Turn(turn_id="t", started=0, request="louder", nlu=Nlu(intent="HassMediaVolumeUp")))
    False
    """
    for action in turn.actions:
        name_words = {*identifier_words(action.target), *identifier_words(action.name or "")}
        if action.ok and name_words & {"play", *_MEDIA} and not name_words & _NOT_STARTED:
            return True
    if turn.hypothesis is not None and not turn.hypothesis.empty:
        name_words = {*identifier_words(turn.hypothesis.intent), *identifier_words(turn.hypothesis.domain or "")}
        return "play" in name_words and not name_words & _NOT_STARTED
    wording = phrases(turn)
    return wording is not None and wording.plays.search(said(turn.heard)) is not None


def _spoken_trouble(turn: Turn) -> Trouble | None:
    wording = phrases(turn)
    text = "" if turn.response is None else turn.response.text[:WORDED_WITHIN]
    match = None if wording is None else wording.failed.search(said(text))
    return None if match is None else Trouble(WORDED, f'the assistant said "{match.group().strip()}"')
