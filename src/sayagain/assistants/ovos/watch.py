"""Watching the bus: each message goes to the turn of its session that it belongs to."""

from collections import deque
from collections.abc import Iterator

from sayagain.assistants.ovos.message import Message
from sayagain.assistants.ovos.turn_builder import QUIET, OvosTurnBuilder

__all__ = ["TICK", "Watch", "watched"]

TICK = "sayagain.tick"
"""The type of a message that only tells the time, so that a turn is given although nothing more comes."""

_REMEMBERED = 16

_UTTERANCE = "recognizer_loop:utterance"
_BEGINS = "recognizer_loop:record_begin"
_SPEAKS = "recognizer_loop:audio_output_start"
_SPOKE = "recognizer_loop:audio_output_end"
_STOP = "mycroft.stop"
_OF_A_TURN = frozenset(
    {
        "speak",
        "complete_intent_failure",
        "skill.converse.response",
        "mycroft.skill.handler.complete",
        "mycroft.skill.handler.error",
        "ovos.utterance.cancelled",
        "ovos.utterance.handled",
    }
)


def watched(kind: str, data: object) -> bool:
    """Whether a message tells something of a turn; the bus carries ten times as many that do not.

    >>> watched("speak", {}), watched("gui.page.show", {}), watched("a.skill:On.intent", {"utterance": "on"})
    (True, False, True)
    """
    if kind in _OF_A_TURN or kind in {_UTTERANCE, _BEGINS, _SPEAKS, _SPOKE, _STOP, TICK}:
        return True
    if kind.startswith("ovos.skills.fallback."):
        return kind.endswith(".response")
    if kind.endswith(".converse.get_response"):
        return True
    return ":" in kind and not kind.startswith("recognizer_loop:") and isinstance(data, dict) and "utterance" in data


class _Conversation:
    """The turns of one session that are not given yet, oldest first."""

    def __init__(self) -> None:
        self.turns: list[OvosTurnBuilder] = []
        self.given: deque[str] = deque(maxlen=_REMEMBERED)
        """Ids of the latest turns that were given: a message that names one comes too late."""
        self.began: int | None = None
        """When the user began to speak words that are not recognised yet."""


class Watch:
    """The turns that are under way on the bus."""

    def __init__(self) -> None:
        self._conversations: dict[str, _Conversation] = {}

    def take(self, message: Message, line: int) -> list[OvosTurnBuilder]:
        """Take in a message; returns the turns to which nothing more can belong.

        Args:
            message: in the order of the bus.
            line: where it stands in the log.
        """
        if message.type == TICK:
            return [each for key in list(self._conversations) for each in self._let_go(key, now=message.at)]
        key = message.session.session_id
        if message.type == _UTTERANCE:
            if not message.utterances:
                return []
            conversation = self._conversations.setdefault(key, _Conversation())
            given = self._let_go(key)
            conversation.turns.append(OvosTurnBuilder(message, line, self._began(conversation, message.at)))
            self._conversations[key] = conversation
            return given
        if message.type == _BEGINS:
            conversation = self._conversations.setdefault(key, _Conversation())
            conversation.began = message.at
            _cut_short(conversation, message.at)
        elif (found := self._conversations.get(key)) is not None:
            self._tell(found, message)
            # One that comes late, after the next utterance, was all that its turn was waiting for.
            return self._let_go(key, but_last=True)
        return []

    def rest(self) -> Iterator[OvosTurnBuilder]:
        """Give up every turn that is left, at the end of the log."""
        for conversation in self._conversations.values():
            yield from conversation.turns
        self._conversations.clear()

    def _tell(self, conversation: _Conversation, message: Message) -> None:
        kind = message.type
        if kind == _STOP:
            _cut_short(conversation, message.at)
        elif kind in {_SPEAKS, _SPOKE}:
            turn = _speaker(conversation, message)
            if turn is not None and kind == _SPEAKS:
                turn.starts_to_speak(message.at)
            elif turn is not None and turn.speaking:
                turn.ends_to_speak(message.at)
        elif watched(kind, message.data) and (turn := _owner(conversation, message)) is not None:
            turn.take(message)

    def _began(self, conversation: _Conversation, at: int) -> int | None:
        began, conversation.began = conversation.began, None
        return began if began is not None and 0 <= at - began <= QUIET else None

    def _let_go(self, key: str, *, but_last: bool = False, now: int | None = None) -> list[OvosTurnBuilder]:
        """Take out the turns that are done; told the time, those of which nothing more is to be expected instead."""
        conversation = self._conversations[key]
        given: list[OvosTurnBuilder] = []
        kept: list[OvosTurnBuilder] = []
        for place, turn in enumerate(conversation.turns):
            last = but_last and place == len(conversation.turns) - 1
            done = turn.handled and not turn.speaking if now is None else turn.quiet(now)
            (given if done and not last else kept).append(turn)
        conversation.turns = kept
        conversation.given.extend(turn.turn_id for turn in given if turn.turn_id is not None)
        if not kept and now is not None:
            del self._conversations[key]
        return given


def _cut_short(conversation: _Conversation, at: int) -> None:
    for turn in conversation.turns:
        if turn.speaking:
            turn.is_cut_short(at)


def _speaker(conversation: _Conversation, message: Message) -> OvosTurnBuilder | None:
    """The turn whose answer sounds: the one that the message names, else the latest that has said something."""
    if message.turn_id is not None:
        return next((turn for turn in conversation.turns if turn.turn_id == message.turn_id), None)
    return next((turn for turn in reversed(conversation.turns) if turn.answers), None)


def _owner(conversation: _Conversation, message: Message) -> OvosTurnBuilder | None:
    """The turn that a message belongs to: the one that it names, else the oldest that OVOS is not done with."""
    if message.turn_id is None:
        return next((turn for turn in conversation.turns if not turn.handled), None)
    named = next((turn for turn in conversation.turns if turn.turn_id == message.turn_id), None)
    if named is not None or message.turn_id in conversation.given:
        return named
    heard = None if message.applied is None else message.applied.source
    nameless = [turn for turn in conversation.turns if turn.turn_id is None]
    return next((turn for turn in nameless if heard is None or turn.heard[0] == heard), None)
