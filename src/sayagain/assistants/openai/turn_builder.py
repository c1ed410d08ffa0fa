"""From calls of the model to turns: decides on new words, shows the model the past it knows, logs what came of it."""

import asyncio
import hashlib
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sayagain.assistants.front import DEADLINE, Front
from sayagain.assistants.openai.answer import Answer
from sayagain.assistants.openai.caller import Caller
from sayagain.assistants.openai.chat import ChatRequest
from sayagain.assistants.openai.exchange import Exchange
from sayagain.assistants.openai.history import PassedOn, Said
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["PATIENCE", "ChatTurnBuilder"]

PATIENCE = 600_000
"""How long a client may take to come back with what its tools answered, or to try again, in milliseconds."""

_TRY_AGAIN = 60
"""How long a client may take to try again after an error, in seconds."""

_AT_ONCE = 128
"""Threads that wait for decisions; `FailOpen` lets go of more than half of them at once."""


class ChatTurnBuilder:
    """The turns of one proxy; used from one event loop.

    Args:
        front: what is asked; a `FailOpen`, which neither raises nor hangs.
        deadline: how long a call waits for a decision, in milliseconds.
        patience: see `PATIENCE`.
    """

    def __init__(self, front: Front, *, deadline: int = DEADLINE, patience: int = PATIENCE) -> None:
        self._front = front
        # The front keeps the deadline itself; this is for the case that no thread is free to ask it.
        self._deadline = 2 * deadline / 1000
        self._patience = patience / 1000
        self._history = PassedOn()
        self._waiting: dict[Exchange, asyncio.TimerHandle] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sayagain-ask")

    async def begin(self, chat: ChatRequest, caller: Caller) -> tuple[Exchange, dict[int, str]]:
        """Take in a call.

        Returns:
            What becomes the turn, and the words to put in place of the user's, by the place of the message.
        """
        *earlier, (place, key) = chat.asked
        words: dict[int, str] = {}
        for at, each in earlier:
            before = self._history.of(each)
            if before is not None and before.exchange is not None:
                # The user went on, so nobody comes back with it.
                self._log(before.exchange, before)
            if before is not None and before.changed:
                words[at] = before.words
        said = self._history.of(key)
        if said is not None and (said.exchange is not None or not chat.fresh):
            exchange = self._again(chat, caller, said)
        else:
            exchange = await self._decided(chat, caller, [each for _, each in reversed(earlier)])
            said = Said(
                words=exchange.words,
                changed=exchange.words != exchange.request.request,
                session_id=exchange.request.session_id or "",
            )
            self._history.keep(key, said)
        if said.changed:
            words[place] = said.words
        return exchange, words

    def end(self, chat: ChatRequest, exchange: Exchange, status: int, answer: Answer, **how: Any) -> None:  # noqa: ANN401
        """Take in an answer; the turn is logged unless the client is expected to come back with it.

        Args:
            chat: the call.
            exchange: what `begin` returned for it.
            status: of HTTP.
            answer: what came of it.
            how: see `Exchange.answered`.
        """
        exchange.answered(status, answer, **how)
        said = self._history.of(chat.key)
        if said is not None and exchange.under_way:
            said.exchange = exchange
            wait = self._patience if status < 400 else min(self._patience, _TRY_AGAIN)
            self._waiting[exchange] = asyncio.get_running_loop().call_later(wait, self._log, exchange, said)
        else:
            self._log(exchange, said)

    def close(self) -> None:
        """Log what is still under way."""
        for exchange in list(self._waiting):
            self._log(exchange, None)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _log(self, exchange: Exchange, said: Said | None) -> None:
        waiting = self._waiting.pop(exchange, None)
        if waiting is not None:
            waiting.cancel()
        if said is not None and said.exchange is exchange:
            said.exchange = None
        if exchange.logged:
            self._front.observe(exchange.turn, exchange.decision)

    def _again(self, chat: ChatRequest, caller: Caller, said: Said) -> Exchange:
        """Go on with a turn: the client comes back with what its tools answered, or tries again."""
        exchange = said.exchange
        if exchange is None:
            # It was logged without: too late to add to it.
            exchange = Exchange(self._turn(chat, caller, said.session_id), None)
            exchange.logged = False
            return exchange
        said.exchange = None
        self._waiting.pop(exchange).cancel()
        exchange.results(chat.results)
        return exchange

    async def _decided(self, chat: ChatRequest, caller: Caller, earlier: list[str]) -> Exchange:
        turn = self._turn(chat, caller, self._history.session(earlier))
        words = chat.words
        if words is None:
            exchange = Exchange(turn, None)
            exchange.logged = False
            return exchange
        # Of an agent that goes on with words from before this proxy began, the past is left as the model knows it.
        return Exchange(turn, await self._ask(turn) if chat.fresh else None)

    async def _ask(self, turn: Turn) -> Decision | None:
        asking = asyncio.get_running_loop().run_in_executor(self._pool, self._front.rewrite, turn)
        try:
            return await asyncio.wait_for(asking, self._deadline)
        except TimeoutError:
            return None

    def _turn(self, chat: ChatRequest, caller: Caller, session: str | None) -> Turn:
        turn_id = uuid.uuid4().hex
        if session is None:
            # A conversation that a header names is the same after a restart; any other begins with its first words.
            known = caller.scope if caller.conversation_id is not None else f"{chat.asked[0][1]}\n{turn_id}"
            session = hashlib.blake2b(known.encode(errors="replace"), digest_size=12).hexdigest()
        trace = None if caller.trace is None else {"trace_id": caller.trace[0], "span_id": caller.trace[1]}
        return Turn(
            turn_id=turn_id,
            started=time.time_ns() // 1_000_000,
            request=chat.words or "",
            assistant="openai",
            user_id=caller.user_id,
            conversation_id=caller.conversation_id,
            session_id=session,
            raw=trace,
        )
