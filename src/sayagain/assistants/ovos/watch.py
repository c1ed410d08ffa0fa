"""The watch over the bus: gives each message to the turn of its session that it belongs to."""

from collections import deque
from collections.abc import Iterator

from sayagain.assistants.ovos.message import Message
from sayagain.assistants.ovos.turn_builder import QUIET, OvosTurnBuilder

__all__ = ["TICK", "Watch", "is_watched"]

TICK = "sayagain.tick"
"""Type of a message that only carries the time, so that a turn can finish without further messages."""

_MAX_PAST_TURNS = 16

_UTTERANCE = "recognizer_loop:utterance"
_RECORD_BEGIN = "recognizer_loop:record_begin"
_AUDIO_START = "recognizer_loop:audio_output_start"
_AUDIO_END = "recognizer_loop:audio_output_end"
_STOP = "mycroft.stop"
_TURN_TYPES = frozenset(
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


def is_watched(kind: str, data: object) -> bool:
    """Whether a message belongs to a turn; the bus carries ten times as many that do not.

    >>> is_watched("speak", {}), is_watched("gui.page.show", {}), is_watched("a.skill:On.intent", {"utterance": "on"})
    (True, False, True)
    """
    if kind in _TURN_TYPES or kind in {_UTTERANCE, _RECORD_BEGIN, _AUDIO_START, _AUDIO_END, _STOP, TICK}:
        return True
    if kind.startswith("ovos.skills.fallback."):
        return kind.endswith(".response")
    if kind.endswith(".converse.get_response"):
        return True
    return ":" in kind and not kind.startswith("recognizer_loop:") and isinstance(data, dict) and "utterance" in data


class _Conversation:
    """The open turns of one session, oldest first."""

    def __init__(self) -> None:
        self.turns: list[OvosTurnBuilder] = []
        self.finished_ids: deque[str] = deque(maxlen=_MAX_PAST_TURNS)
        """Ids of the latest finished turns; a message for one of them is too late."""
        self.speech_started: int | None = None
        """When the user began to speak; None once the words are recognised."""


class Watch:
    """The open turns on the bus."""

    def __init__(self) -> None:
        self._conversations: dict[str, _Conversation] = {}

    def take(self, message: Message, line: int) -> list[OvosTurnBuilder]:
        """Take in a message and return the turns that are finished by it.

        Args:
            message: the next message of the bus.
            line: its line in the log, from 1.
        """
        if message.type == TICK:
            return [
                builder for key in list(self._conversations) for builder in self._take_finished(key, now=message.at)
            ]
        key = message.session.session_id
        if message.type == _UTTERANCE:
            if not message.utterances:
                return []
            conversation = self._conversations.setdefault(key, _Conversation())
            finished = self._take_finished(key)
            conversation.turns.append(OvosTurnBuilder(message, line, self._take_speech_start(conversation, message.at)))
            self._conversations[key] = conversation
            return finished
        if message.type == _RECORD_BEGIN:
            conversation = self._conversations.setdefault(key, _Conversation())
            conversation.speech_started = message.at
            _interrupt(conversation, message.at)
        elif (open_conversation := self._conversations.get(key)) is not None:
            self._dispatch(open_conversation, message)
            # A message after the next utterance was the last that its turn was waiting for.
            return self._take_finished(key, keep_last=True)
        return []

    def flush(self) -> Iterator[OvosTurnBuilder]:
        """Yield the turns that are still open at the end of the log."""
        for conversation in self._conversations.values():
            yield from conversation.turns
        self._conversations.clear()

    def _dispatch(self, conversation: _Conversation, message: Message) -> None:
        kind = message.type
        if kind == _STOP:
            _interrupt(conversation, message.at)
        elif kind in {_AUDIO_START, _AUDIO_END}:
            turn = _speaker(conversation, message)
            if turn is not None and kind == _AUDIO_START:
                turn.start_speaking(message.at)
            elif turn is not None and turn.is_speaking:
                turn.end_speaking(message.at)
        elif is_watched(kind, message.data) and (turn := _owner(conversation, message)) is not None:
            turn.take(message)

    def _take_speech_start(self, conversation: _Conversation, at: int) -> int | None:
        speech_started, conversation.speech_started = conversation.speech_started, None
        return speech_started if speech_started is not None and 0 <= at - speech_started <= QUIET else None

    def _take_finished(self, key: str, *, keep_last: bool = False, now: int | None = None) -> list[OvosTurnBuilder]:
        """Remove and return the finished turns; at a tick, those for which no further message is expected."""
        conversation = self._conversations[key]
        finished: list[OvosTurnBuilder] = []
        open_turns: list[OvosTurnBuilder] = []
        for index, turn in enumerate(conversation.turns):
            is_last = keep_last and index == len(conversation.turns) - 1
            is_finished = turn.is_handled and not turn.is_speaking if now is None else turn.is_quiet(now)
            (finished if is_finished and not is_last else open_turns).append(turn)
        conversation.turns = open_turns
        conversation.finished_ids.extend(turn.turn_id for turn in finished if turn.turn_id is not None)
        if not open_turns and now is not None:
            del self._conversations[key]
        return finished


def _interrupt(conversation: _Conversation, at: int) -> None:
    for turn in conversation.turns:
        if turn.is_speaking:
            turn.interrupt(at)


def _speaker(conversation: _Conversation, message: Message) -> OvosTurnBuilder | None:
    """Return the turn whose answer is spoken: the one that the message names, else the latest with an answer."""
    if message.turn_id is not None:
        return next((turn for turn in conversation.turns if turn.turn_id == message.turn_id), None)
    return next((turn for turn in reversed(conversation.turns) if turn.has_answer), None)


def _owner(conversation: _Conversation, message: Message) -> OvosTurnBuilder | None:
    """Return the turn of a message: the one that it names, else the oldest that OVOS has not handled."""
    if message.turn_id is None:
        return next((turn for turn in conversation.turns if not turn.is_handled), None)
    named_turn = next((turn for turn in conversation.turns if turn.turn_id == message.turn_id), None)
    if named_turn is not None or message.turn_id in conversation.finished_ids:
        return named_turn
    transcript = None if message.applied_rewrite is None else message.applied_rewrite.source
    turns_without_id = [turn for turn in conversation.turns if turn.turn_id is None]
    return next((turn for turn in turns_without_id if transcript is None or turn.transcripts[0] == transcript), None)
