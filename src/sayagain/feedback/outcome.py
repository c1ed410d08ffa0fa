"""What a turn shows of its own outcome: that it failed, that it worked, that it asked, that it plays."""

import msgspec

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.text import identifier_words
from sayagain.turns import CONFIRM, REQUEST, TroubleKind, Turn

__all__ = ["Trouble", "asks", "offers", "plays", "trouble", "worked"]

CODES = {"no_intent_match": 0.9, "no_valid_targets": 0.7, "failed_to_handle": 0.6}
"""How clearly an error code says that the request failed for want of understanding (codes of Home Assistant)."""
OTHER_CODE = 0.5
"""Any other code: it failed, perhaps by no fault of understanding."""
EMPTY_HYPOTHESIS = 0.8
"""Nothing was understood, and nothing was done either."""
ERROR_TYPE = 0.6
"""The response is an error, with no word of which."""
ACTION_FAILED = 0.5
"""An action was tried and did not work."""
WORDED = 0.5
"""The words of the response alone say so."""
WORDED_WITHIN = 100
"""Characters of a response in which it says that it failed; later ones belong to an answer."""

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
    """What a turn itself shows of having failed."""

    strength: float
    """How clearly, in [0, 1]."""
    why: str
    """In plain words."""
    kind: TroubleKind = "not understood"
    """What was lacking, as `Turn.trouble` tells; words of a response alone are no proof of understanding."""


def trouble(turn: Turn) -> Trouble | None:
    """Return what the turn itself shows of having failed; structure is believed before words.

    >>> from sayagain.turns import Response
    >>> lost = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
    >>> trouble(Turn(turn_id="t", started=0, request="turn of the lamp", response=lost))
    Trouble(strength=0.9, why='the assistant answered with the error no_intent_match', kind='not understood')
    """
    response = turn.response
    found: Trouble | None = None
    if response is not None and response.error_code:
        strength = CODES.get(response.error_code, OTHER_CODE)
        found = Trouble(strength, f"the assistant answered with the error {response.error_code}")
    elif worked(turn):
        found = None
    elif turn.reading is not None and turn.reading.empty:
        found = Trouble(EMPTY_HYPOTHESIS, "the assistant understood nothing in the request")
    elif response is not None and response.type == "error":
        found = Trouble(ERROR_TYPE, "the assistant answered with an error")
    elif turn.actions:
        failed = turn.actions[0]
        found = Trouble(ACTION_FAILED, f"{failed.name or 'the action'} on {failed.target} did not work")
    elif response is not None and (response.type is None or response.type in _DONE):
        found = _worded(turn)
    return found if found is None else msgspec.structs.replace(found, kind=turn.trouble or found.kind)


def worked(turn: Turn) -> bool:
    """Return whether the turn shows that something was done or answered, by its structure alone."""
    response = turn.response
    if response is not None and (response.error_code or response.type == "error"):
        return False
    done = response is not None and response.type in _DONE
    if turn.actions:
        return any(action.ok for action in turn.actions)
    # An LLM agent reports that it is done whatever came of it; without a deed an apology is believed.
    return done and _worded(turn) is None


def asks(turn: Turn) -> bool:
    """Return whether the response waits for an answer; "anything else?" does not."""
    response = turn.response
    if response is None:
        return False
    wording = phrases(turn)
    text = response.text.rstrip()
    if wording is not None:
        last = said(text[-WORDED_WITHIN:])
        if wording.closing_question.search(last) or wording.asks_if_it_helped.search(last):
            return False
    acting = any(act.intent in _ASKING_ACTS for act in response.acts)
    return response.type == "question" or acting or text.endswith(("?", "\uff1f", "\u061f"))


def offers(turn: Turn) -> bool:
    """Return whether the response lists or offers things, so that a user who has heard enough of it may cut in."""
    return turn.response is not None and any(act.intent in _OFFERING_ACTS for act in turn.response.acts)


def plays(turn: Turn) -> bool:
    """Return whether the turn started something that goes on by itself: music, a film, a station.

    >>> from sayagain.turns import Nlu
    >>> plays(Turn(turn_id="t", started=0, request="jazz", nlu=Nlu(intent="HassMediaSearchAndPlay")))
    True
    >>> plays(Turn(turn_id="t", started=0, request="louder", nlu=Nlu(intent="HassMediaVolumeUp")))
    False
    """
    for action in turn.actions:
        named = {*identifier_words(action.target), *identifier_words(action.name or "")}
        if action.ok and named & {"play", *_MEDIA} and not named & _NOT_STARTED:
            return True
    if turn.reading is not None and not turn.reading.empty:
        named = {*identifier_words(turn.reading.intent), *identifier_words(turn.reading.domain or "")}
        return "play" in named and not named & _NOT_STARTED
    wording = phrases(turn)
    return wording is not None and wording.plays.search(said(turn.heard)) is not None


def _worded(turn: Turn) -> Trouble | None:
    wording = phrases(turn)
    text = "" if turn.response is None else turn.response.text[:WORDED_WITHIN]
    seen = None if wording is None else wording.failed.search(said(text))
    return None if seen is None else Trouble(WORDED, f'the assistant said "{seen.group().strip()}"')
