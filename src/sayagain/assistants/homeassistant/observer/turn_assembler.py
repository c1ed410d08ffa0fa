"""What the observer hears, gathered into turns: the run, the chat log, the satellite and our agent know a part each.

The parts are joined by conversation and words. A turn is given once nothing more can belong to it, or once what is
missing has had time enough to come.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from sayagain.assistants.homeassistant.agent import OURS
from sayagain.assistants.homeassistant.confirmations import LIFETIME
from sayagain.assistants.homeassistant.observer.chat_log import ChatExchange, ChatLogReader, reading
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
from sayagain.assistants.homeassistant.observer.pipeline_run import Stages, stages
from sayagain.assistants.homeassistant.observer.satellites import Satellites
from sayagain.turns import Asr, AsrHypothesis, Context, Turn

__all__ = ["AssembledTurn", "TurnAssembler"]

_GRACE = 10_000
"""How long a part waits for the others, in milliseconds."""

_SPEECH = 60_000
"""How long the end of a spoken answer is waited for, in milliseconds."""

Part = TypeVar("Part", Stages, Turn, ChatExchange, ListenEvent)


class AssembledTurn(msgspec.Struct, frozen=True, kw_only=True):
    """What came of some parts."""

    turn: Turn | None
    """The turn; None where the parts are told of by another turn, or by none."""
    instead_of: str | None = None
    """The id that the turn had with our agent, where it has another now."""
    names: frozenset[str] = frozenset()
    """The parts of Home Assistant's own records that are done with."""


class TurnAssembler:
    """Joins parts; holds no clock of its own.

    Args:
        seen: whether a part was made a turn before, by its name.
    """

    def __init__(self, seen: Callable[[str], bool] = lambda _: False) -> None:
        self._known = seen
        self._mine: set[str] = set()
        self._agents: frozenset[str] = frozenset()
        self._devices = DevicesEvent(at=0, areas={})
        self._chats = ChatLogReader()
        self._satellites = Satellites()
        self._runs: list[tuple[int, Stages]] = []
        self._answers: list[tuple[int, Turn]] = []
        self._exchanges: list[tuple[int, ChatExchange]] = []
        self._listened: list[tuple[int, ListenEvent]] = []

    def take(self, event: Event, now: int) -> list[AssembledTurn]:
        """Take in what was heard, and give what is whole.

        Args:
            event: in any order.
            now: in milliseconds, on a clock of the caller's.
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
                if exchange is not None and not self._seen(f"chat/{exchange.name}"):
                    self._exchanges.append((now, exchange))
            case ChatEndEvent():
                self._chats.end(event.conversation_id, event.at)
            case StateEvent():
                self._satellites.take(event)
            case AnswerEvent():
                # The same turn again says more: the user answered the question that it ended in.
                self._answers = [each for each in self._answers if each[1].turn_id != event.turn.turn_id]
                self._answers.append((now, event.turn))
            case ListenEvent():
                self._listened.append((now, event))
        return self.settle(now)

    def settle(self, now: float) -> list[AssembledTurn]:
        """Give what is whole by now; at infinity, everything."""
        found = [*self._settle_runs(now), *self._settle_answers(now), *self._settle_exchanges(now)]
        self._listened = [each for each in self._listened if now - each[0] < _SPEECH]
        for each in found:
            self._mine |= each.names
        return found

    def _seen(self, name: str) -> bool:
        return name in self._mine or self._known(name)

    def _take_run(self, event: RunEvent, now: int) -> None:
        name = f"run/{event.run_id}"
        if self._seen(name) or any(each.run_id == event.run_id for _, each in self._runs):
            return
        found = stages(event)
        if found is None:
            self._mine.add(name)
        else:
            self._runs.append((now, found))

    def _settle_runs(self, now: float) -> Iterator[AssembledTurn]:
        for since, run in list(self._runs):
            late = now - since >= _GRACE
            ours = run.engine in self._agents and not run.local
            answer = self._answer(run) if ours else None
            exchange = self._exchange_of(run, answer)
            waits = ours and answer is None
            if answer is not None and _asks(answer[1]) and now - answer[0] < LIFETIME + _GRACE:
                # The user may yet say yes.
                continue
            if (waits or exchange is None or exchange.over is None) and run.request and not late:
                continue
            speaks = run.spoken and run.satellite_id is not None
            spoke = self._satellites.spoke(run.satellite_id or "", run.started, run.over) if speaks else None
            if speaks and spoke is None and now - since < _SPEECH:
                continue
            self._runs.remove((since, run))
            names = {f"run/{run.run_id}"}
            names |= self._used(exchange, run.conversation_id, run.request)
            if waits:
                # Our agent logs what it answers; what it did not answer is no failure of understanding.
                yield AssembledTurn(turn=None, names=frozenset(names))
                continue
            known = answer[1] if answer is not None else None
            if answer is not None:
                self._answers.remove(answer)
            turn = self._with_run(known or self._begun(run), run)
            turn = self._with_exchange(turn, exchange)
            if spoke is not None:
                asked = run.asks or _asks(turn) or (turn.response is not None and turn.response.text.endswith("?"))
                cut = spoke.interrupted(asked=asked)
                turn = msgspec.structs.replace(turn, speech=spoke.speech, interrupted=cut)
            instead_of = known.turn_id if known is not None else None
            yield AssembledTurn(turn=turn, instead_of=instead_of, names=frozenset(names))

    def _settle_answers(self, now: float) -> Iterator[AssembledTurn]:
        for since, turn in list(self._answers):
            if now - since < (LIFETIME + _GRACE if _asks(turn) else _GRACE) or self._awaited(turn):
                continue
            self._answers.remove((since, turn))
            exchange = self._find(self._exchanges, _forwarded(turn), turn.request)
            names = self._used(exchange, turn.conversation_id, turn.heard)
            yield AssembledTurn(
                turn=self._with_exchange(turn, exchange), instead_of=turn.turn_id, names=frozenset(names)
            )

    def _settle_exchanges(self, now: float) -> Iterator[AssembledTurn]:
        waiting = {run.conversation_id for _, run in self._runs} | {
            conversation for _, turn in self._answers for conversation in (turn.conversation_id, _forwarded(turn))
        }
        for since, exchange in list(self._exchanges):
            patience = 2 * _GRACE if exchange.over is not None else _SPEECH
            if now - since < patience or exchange.conversation_id in waiting:
                continue
            self._exchanges.remove((since, exchange))
            ours = exchange.conversation_id.startswith(OURS) or exchange.agents & self._agents
            turn = None
            if not ours and (exchange.answer is not None or exchange.results):
                turn = Turn(
                    turn_id=f"homeassistant-{exchange.name}",
                    started=exchange.at,
                    request=exchange.text,
                    assistant="homeassistant",
                    conversation_id=exchange.conversation_id,
                )
                turn = self._with_exchange(turn, exchange)
            yield AssembledTurn(turn=turn, names=frozenset({f"chat/{exchange.name}"}))

    def _answer(self, run: Stages) -> tuple[int, Turn] | None:
        return next(
            (
                each
                for each in self._answers
                if each[1].conversation_id == run.conversation_id and each[1].heard == run.request
            ),
            None,
        )

    def _awaited(self, turn: Turn) -> bool:
        """Whether a run waits that this turn is a part of."""
        return any(run.conversation_id == turn.conversation_id and run.request == turn.heard for _, run in self._runs)

    def _exchange_of(self, run: Stages, answer: tuple[int, Turn] | None) -> ChatExchange | None:
        turn = answer[1] if answer is not None else None
        if turn is not None and turn.response is not None and turn.response.type != "question":
            # What Home Assistant made of it stands in the conversation in which it was asked to act.
            return self._find(self._exchanges, _forwarded(turn), turn.request)
        return self._find(self._exchanges, run.conversation_id, run.request)

    @staticmethod
    def _find(among: list[tuple[int, ChatExchange]], conversation_id: str | None, text: str) -> ChatExchange | None:
        return next((each for _, each in among if each.conversation_id == conversation_id and each.text == text), None)

    def _used(self, exchange: ChatExchange | None, conversation_id: str | None, heard: str) -> set[str]:
        """Take out the exchanges that a turn has used: the one forwarded, and the one that came to us."""
        names = set()
        for each in (exchange, self._find(self._exchanges, conversation_id, heard)):
            if each is not None:
                self._exchanges = [kept for kept in self._exchanges if kept[1] is not each]
                names.add(f"chat/{each.name}")
        return names

    def _begun(self, run: Stages) -> Turn:
        area = self._devices.satellite_areas.get(run.satellite_id or "")
        device = run.device_id or self._devices.satellites.get(run.satellite_id or "")
        area = area or self._devices.areas.get(device or "")
        return Turn(
            turn_id="",
            started=run.started,
            request=run.request,
            assistant="homeassistant",
            device_id=device,
            area=area,
            context=Context(area=area) if area is not None else None,
        )

    def _with_run(self, turn: Turn, run: Stages) -> Turn:
        """Return the turn with what the run knows of it; what our agent answered is known to it better."""
        given: dict[str, Any] = {
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
            given |= {"response": run.response, "actions": run.actions or turn.actions}
        given |= self._sound(run)
        return msgspec.structs.replace(turn, **{name: value for name, value in given.items() if value is not None})

    def _with_exchange(self, turn: Turn, exchange: ChatExchange | None) -> Turn:
        if exchange is None:
            return turn
        given: dict[str, Any] = {}
        if turn.response is None:
            given["response"] = exchange.response
        if not turn.actions:
            given["actions"] = exchange.actions
        turn = msgspec.structs.replace(turn, **given)
        if turn.nlu is None:
            nlu = reading(exchange, turn.request, turn.area, failed=turn.complained)
            turn = msgspec.structs.replace(turn, nlu=nlu)
        return turn

    def _asr(self, run: Stages) -> Asr | None:
        heard = self._heard(run)
        if run.asr is None or heard is None:
            return run.asr
        nbest = tuple(AsrHypothesis(text=text, confidence=confidence) for text, confidence in heard.nbest)
        return Asr(text=run.asr.text, nbest=nbest, confidence=heard.confidence, misheard=heard.misheard)

    def _sound(self, run: Stages) -> dict[str, Any]:
        heard = self._heard(run)
        return {} if heard is None else {"raw": {"audio_ms": heard.audio}}

    def _heard(self, run: Stages) -> ListenEvent | None:
        text = run.asr.text if run.asr is not None else None
        near = [
            each
            for _, each in self._listened
            if each.text == text and run.started - _GRACE < each.at < run.over + _GRACE
        ]
        return min(near, key=lambda each: abs(each.at - (run.ended or run.over)), default=None)


def _asks(turn: Turn) -> bool:
    return turn.response is not None and turn.response.type == "question" and not turn.feedback


def _forwarded(turn: Turn) -> str | None:
    """Return the conversation in which our agent asked Home Assistant."""
    return None if turn.conversation_id is None else OURS + turn.conversation_id
