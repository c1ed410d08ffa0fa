"""Assembler of turns from the observer's events: run, chat log, satellite and our agent know a part each.

The parts are joined by conversation and words. A turn is complete once no further part can belong to it, or once the
wait for a missing part is over.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from sayagain.assistants.homeassistant.agent import CONVERSATION_PREFIX, forwarded_conversation
from sayagain.assistants.homeassistant.confirmations import LIFETIME
from sayagain.assistants.homeassistant.observer.chat_log import ChatExchange, ChatLogReader, exchange_nlu
from sayagain.assistants.homeassistant.observer.events import (
    AgentsEvent,
    AnswerEvent,
    ChatEndEvent,
    ChatEvent,
    DevicesEvent,
    Event,
    ListenEvent,
    RunEvent,
    StateEvent,
)
from sayagain.assistants.homeassistant.observer.pipeline_run import Stages, parse_stages
from sayagain.assistants.homeassistant.observer.satellites import Satellites
from sayagain.turns import Asr, AsrHypothesis, Context, Turn

__all__ = ["AssembledTurn", "TurnAssembler"]

_GRACE = 10_000
"""Longest wait of a part for the others, in milliseconds."""

_SPEECH = 60_000
"""Longest wait for the end of a spoken answer, in milliseconds."""

Part = TypeVar("Part", Stages, Turn, ChatExchange, ListenEvent)


class AssembledTurn(msgspec.Struct, frozen=True, kw_only=True):
    """The result of some parts."""

    turn: Turn | None
    """The turn; None if the parts belong to another turn, or to none."""
    previous_id: str | None = None
    """Earlier id of the turn, from our agent."""
    names: frozenset[str] = frozenset()
    """Names of the records of Home Assistant that are used up."""


class TurnAssembler:
    """Joins parts into turns; the caller gives the time.

    Args:
        is_known: whether a record of Home Assistant is part of an earlier turn, by its name.
    """

    def __init__(self, is_known: Callable[[str], bool] = lambda _: False) -> None:
        self._is_known = is_known
        self._settled_names: set[str] = set()
        self._agents: frozenset[str] = frozenset()
        self._devices = DevicesEvent(at=0, areas={})
        self._chats = ChatLogReader()
        self._satellites = Satellites()
        self._runs: list[tuple[int, Stages]] = []
        self._answers: list[tuple[int, Turn]] = []
        self._exchanges: list[tuple[int, ChatExchange]] = []
        self._transcripts: list[tuple[int, ListenEvent]] = []

    def take(self, event: Event, now: int) -> list[AssembledTurn]:
        """Take in an event, and return the complete turns.

        Args:
            event: the event; events may come in any order.
            now: time in milliseconds, on the caller's clock.
        """
        match event:
            case AgentsEvent():
                self._agents = frozenset(event.ids)
            case DevicesEvent():
                self._devices = event
            case RunEvent():
                self._take_run(event, now)
            case ChatEvent():
                exchange = self._chats.take(event)
                if exchange is not None and not self._is_settled(f"chat/{exchange.name}"):
                    self._exchanges.append((now, exchange))
            case ChatEndEvent():
                self._chats.end(event.conversation_id, event.at)
            case StateEvent():
                self._satellites.take(event)
            case AnswerEvent():
                # The same turn again has more: the user's answer to its question.
                self._answers = [entry for entry in self._answers if entry[1].turn_id != event.turn.turn_id]
                self._answers.append((now, event.turn))
            case ListenEvent():
                self._transcripts.append((now, event))
        return self.settle(now)

    def settle(self, now: float) -> list[AssembledTurn]:
        """Return the turns that are complete by now; at infinity, all turns."""
        assembled = [*self._settle_runs(now), *self._settle_answers(now), *self._settle_exchanges(now)]
        self._transcripts = [entry for entry in self._transcripts if now - entry[0] < _SPEECH]
        for part in assembled:
            self._settled_names |= part.names
        return assembled

    def _is_settled(self, name: str) -> bool:
        return name in self._settled_names or self._is_known(name)

    def _take_run(self, event: RunEvent, now: int) -> None:
        name = f"run/{event.run_id}"
        if self._is_settled(name) or any(known_run.run_id == event.run_id for _, known_run in self._runs):
            return
        run = parse_stages(event)
        if run is None:
            self._settled_names.add(name)
        else:
            self._runs.append((now, run))

    def _settle_runs(self, now: float) -> Iterator[AssembledTurn]:
        for arrived, run in list(self._runs):
            is_late = now - arrived >= _GRACE
            is_ours = run.engine in self._agents and not run.is_local
            answer = self._find_answer(run) if is_ours else None
            exchange = self._find_run_exchange(run, answer)
            waits_for_answer = is_ours and answer is None
            if answer is not None and _is_question(answer[1]) and now - answer[0] < LIFETIME + _GRACE:
                # The user may still say yes.
                continue
            if (waits_for_answer or exchange is None or exchange.ended is None) and run.request and not is_late:
                continue
            expects_speech = run.is_spoken and run.satellite_id is not None
            spoken_answer = (
                self._satellites.find_answer(run.satellite_id or "", run.started, run.run_ended)
                if expects_speech
                else None
            )
            if expects_speech and spoken_answer is None and now - arrived < _SPEECH:
                continue
            self._runs.remove((arrived, run))
            names = {f"run/{run.run_id}"}
            names |= self._take_exchanges(exchange, run.conversation_id, run.request)
            if waits_for_answer:
                # Our agent logs its answers; a missing answer is not a failure of understanding.
                yield AssembledTurn(turn=None, names=frozenset(names))
                continue
            agent_turn = answer[1] if answer is not None else None
            if answer is not None:
                self._answers.remove(answer)
            turn = self._add_run(agent_turn or self._new_turn(run), run)
            turn = self._add_exchange(turn, exchange)
            if spoken_answer is not None:
                after_question = (
                    run.asks_back
                    or _is_question(turn)
                    or (turn.response is not None and turn.response.text.endswith("?"))
                )
                interruption = spoken_answer.interruption(after_question=after_question)
                turn = msgspec.structs.replace(turn, speech=spoken_answer.speech, interrupted=interruption)
            previous_id = agent_turn.turn_id if agent_turn is not None else None
            yield AssembledTurn(turn=turn, previous_id=previous_id, names=frozenset(names))

    def _settle_answers(self, now: float) -> Iterator[AssembledTurn]:
        for arrived, turn in list(self._answers):
            if now - arrived < (LIFETIME + _GRACE if _is_question(turn) else _GRACE) or self._is_awaited(turn):
                continue
            self._answers.remove((arrived, turn))
            exchange = self._find_exchange(forwarded_conversation(turn), turn.request)
            names = self._take_exchanges(exchange, turn.conversation_id, turn.heard)
            yield AssembledTurn(
                turn=self._add_exchange(turn, exchange), previous_id=turn.turn_id, names=frozenset(names)
            )

    def _settle_exchanges(self, now: float) -> Iterator[AssembledTurn]:
        open_conversations = {run.conversation_id for _, run in self._runs} | {
            conversation
            for _, turn in self._answers
            for conversation in (turn.conversation_id, forwarded_conversation(turn))
        }
        for arrived, exchange in list(self._exchanges):
            grace = 2 * _GRACE if exchange.ended is not None else _SPEECH
            if now - arrived < grace or exchange.conversation_id in open_conversations:
                continue
            self._exchanges.remove((arrived, exchange))
            is_ours = exchange.conversation_id.startswith(CONVERSATION_PREFIX) or exchange.agents & self._agents
            turn = None
            if not is_ours and (exchange.answer is not None or exchange.results):
                turn = Turn(
                    turn_id=f"homeassistant-{exchange.name}",
                    started=exchange.at,
                    request=exchange.text,
                    assistant="homeassistant",
                    conversation_id=exchange.conversation_id,
                )
                turn = self._add_exchange(turn, exchange)
            yield AssembledTurn(turn=turn, names=frozenset({f"chat/{exchange.name}"}))

    def _find_answer(self, run: Stages) -> tuple[int, Turn] | None:
        return next(
            (
                entry
                for entry in self._answers
                if entry[1].conversation_id == run.conversation_id and entry[1].heard == run.request
            ),
            None,
        )

    def _is_awaited(self, turn: Turn) -> bool:
        """Whether an open run waits for this turn."""
        return any(run.conversation_id == turn.conversation_id and run.request == turn.heard for _, run in self._runs)

    def _find_run_exchange(self, run: Stages, answer: tuple[int, Turn] | None) -> ChatExchange | None:
        turn = answer[1] if answer is not None else None
        if turn is not None and turn.response is not None and turn.response.type != "question":
            # Home Assistant acted on it in the forwarded conversation.
            return self._find_exchange(forwarded_conversation(turn), turn.request)
        return self._find_exchange(run.conversation_id, run.request)

    def _find_exchange(self, conversation_id: str | None, text: str) -> ChatExchange | None:
        return next(
            (
                exchange
                for _, exchange in self._exchanges
                if exchange.conversation_id == conversation_id and exchange.text == text
            ),
            None,
        )

    def _take_exchanges(self, exchange: ChatExchange | None, conversation_id: str | None, request: str) -> set[str]:
        """Remove the exchanges of a turn, the forwarded one and the one with us; return their names."""
        names = set()
        for used_exchange in (exchange, self._find_exchange(conversation_id, request)):
            if used_exchange is not None:
                self._exchanges = [entry for entry in self._exchanges if entry[1] is not used_exchange]
                names.add(f"chat/{used_exchange.name}")
        return names

    def _new_turn(self, run: Stages) -> Turn:
        area = self._devices.satellite_areas.get(run.satellite_id or "")
        device_id = run.device_id or self._devices.satellites.get(run.satellite_id or "")
        area = area or self._devices.areas.get(device_id or "")
        return Turn(
            turn_id="",
            started=run.started,
            request=run.request,
            assistant="homeassistant",
            device_id=device_id,
            area=area,
            context=Context(area=area) if area is not None else None,
        )

    def _add_run(self, turn: Turn, run: Stages) -> Turn:
        """Add the run's fields to a turn; the response of our agent takes precedence."""
        fields: dict[str, Any] = {
            "turn_id": f"homeassistant-{run.run_id}",
            "started": run.started,
            "ended": run.ended,
            "satellite_id": run.satellite_id,
            "conversation_id": run.conversation_id,
            "language": run.language,
            "wake": run.wake,
            "asr": self._asr(run),
        }
        if turn.response is None:
            fields |= {"response": run.response, "actions": run.actions or turn.actions}
        fields |= self._audio_fields(run)
        return msgspec.structs.replace(turn, **{name: value for name, value in fields.items() if value is not None})

    def _add_exchange(self, turn: Turn, exchange: ChatExchange | None) -> Turn:
        if exchange is None:
            return turn
        fields: dict[str, Any] = {}
        if turn.response is None:
            fields["response"] = exchange.response
        if not turn.actions:
            fields["actions"] = exchange.actions
        turn = msgspec.structs.replace(turn, **fields)
        if turn.nlu is None:
            nlu = exchange_nlu(exchange, turn.request, turn.area, failed=turn.complained)
            turn = msgspec.structs.replace(turn, nlu=nlu)
        return turn

    def _asr(self, run: Stages) -> Asr | None:
        transcript = self._find_transcript(run)
        if run.asr is None or transcript is None:
            return run.asr
        nbest = tuple(AsrHypothesis(text=text, confidence=confidence) for text, confidence in transcript.nbest)
        return Asr(text=run.asr.text, nbest=nbest, confidence=transcript.confidence, misheard=transcript.misheard)

    def _audio_fields(self, run: Stages) -> dict[str, Any]:
        transcript = self._find_transcript(run)
        return {} if transcript is None else {"raw": {"audio_ms": transcript.audio}}

    def _find_transcript(self, run: Stages) -> ListenEvent | None:
        text = run.asr.text if run.asr is not None else None
        candidates = [
            transcript
            for _, transcript in self._transcripts
            if transcript.text == text and run.started - _GRACE < transcript.at < run.run_ended + _GRACE
        ]
        return min(candidates, key=lambda transcript: abs(transcript.at - (run.ended or run.run_ended)), default=None)


def _is_question(turn: Turn) -> bool:
    return turn.response is not None and turn.response.type == "question" and not turn.feedback
