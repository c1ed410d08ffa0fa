"""Builder of turns from calls of the model: decides on new words, shows the model the past it knows, logs turns."""

import asyncio
import hashlib
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sayagain.assistants.front import DEADLINE, ConversingFront, Front
from sayagain.assistants.openai.answer import Answer
from sayagain.assistants.openai.caller import Caller
from sayagain.assistants.openai.exchange import Exchange
from sayagain.assistants.openai.history import ForwardedMessage, ForwardHistory
from sayagain.assistants.openai.model_request import SERVER_SIDE, ModelRequest
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["PATIENCE", "ChatTurnBuilder"]

PATIENCE = 600_000
"""Longest wait for a client to return with tool results or to retry, in milliseconds."""

_RETRY_SECONDS = 60
"""Longest wait for a client to retry after an error, in seconds."""

_MAX_CONCURRENT = 128
"""Threads that wait for decisions; `FailOpen` lets go of more than half of them at once."""


class ChatTurnBuilder:
    """The turns of one proxy; used from one event loop.

    Args:
        front: decides and takes the turns; a `FailOpen`, which neither raises nor hangs.
        deadline: how long a call waits for a decision, in milliseconds.
        patience: see `PATIENCE`.
        teaches: whether what teaches, takes back or asks about lessons is answered here: `Exchange.reply`.
    """

    def __init__(
        self, front: Front, *, deadline: int = DEADLINE, patience: int = PATIENCE, teaches: bool = False
    ) -> None:
        self._front = front
        self._converse = front.converse if teaches and isinstance(front, ConversingFront) else None
        # The front keeps the deadline itself; this one covers the case that no thread is free.
        self._deadline = 2 * deadline / 1000
        self._patience = patience / 1000
        self._history = ForwardHistory()
        self._timers: dict[Exchange, asyncio.TimerHandle] = {}
        self._pool = ThreadPoolExecutor(_MAX_CONCURRENT, thread_name_prefix="sayagain-ask")

    async def begin(self, chat: ModelRequest, caller: Caller) -> tuple[Exchange, dict[int, str]]:
        """Take in a call.

        Returns:
            The exchange that becomes a turn, and the words that replace the user's, by index of the message.
        """
        *earlier, (last_index, last_digest) = chat.user_messages
        replacements: dict[int, str] = {}
        for index, digest in earlier:
            earlier_message = self._history.find(digest)
            if earlier_message is not None and earlier_message.exchange is not None:
                # The user went on, so the client will not return to it.
                self._log(earlier_message.exchange, earlier_message)
            if earlier_message is not None and earlier_message.changed and index != SERVER_SIDE:
                replacements[index] = earlier_message.words
        message = self._history.find(last_digest)
        if message is not None and (message.exchange is not None or not chat.user_spoke_last):
            exchange = self._resume(chat, caller, message)
        else:
            exchange = await self._begin_exchange(chat, caller, [digest for _, digest in reversed(earlier)])
            message = ForwardedMessage(
                words=exchange.words,
                changed=exchange.words != exchange.request.request,
                session_id=exchange.request.session_id or "",
            )
            self._history.keep(last_digest, message)
        if message.changed and last_index != SERVER_SIDE:
            replacements[last_index] = message.words
        return exchange, replacements

    def end(self, chat: ModelRequest, exchange: Exchange, status: int, answer: Answer, **ending: Any) -> None:  # noqa: ANN401
        """Take in an answer; the turn is logged unless the client is expected to return.

        Args:
            chat: the request body of the call.
            exchange: what `begin` returned for it.
            status: HTTP status.
            answer: the answer of the model.
            ending: see `Exchange.add_answer`.
        """
        exchange.add_answer(status, answer, **ending)
        message = self._history.find(chat.key)
        if message is not None and status < 400:
            for key in chat.answer_keys(answer.response_id):
                self._history.keep(key, message)
        if message is not None and exchange.is_open:
            message.exchange = exchange
            seconds = self._patience if status < 400 else min(self._patience, _RETRY_SECONDS)
            self._timers[exchange] = asyncio.get_running_loop().call_later(seconds, self._log, exchange, message)
        else:
            self._log(exchange, message)

    def close(self) -> None:
        """Log the exchanges that are still open."""
        for exchange in list(self._timers):
            self._log(exchange, None)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _log(self, exchange: Exchange, message: ForwardedMessage | None) -> None:
        timer = self._timers.pop(exchange, None)
        if timer is not None:
            timer.cancel()
        if message is not None and message.exchange is exchange:
            message.exchange = None
        if exchange.is_logged:
            self._front.observe(exchange.turn, exchange.decision)

    def _resume(self, chat: ModelRequest, caller: Caller, message: ForwardedMessage) -> Exchange:
        """Continue a turn: the client returns with tool results, or retries."""
        exchange = message.exchange
        if exchange is None:
            # Its turn is logged already and can no longer grow.
            exchange = Exchange(self._turn(chat, caller, message.session_id), None)
            exchange.is_logged = False
            return exchange
        message.exchange = None
        self._timers.pop(exchange).cancel()
        exchange.add_tool_results(chat.tool_results)
        return exchange

    async def _begin_exchange(self, chat: ModelRequest, caller: Caller, earlier_digests: list[str]) -> Exchange:
        turn = self._turn(chat, caller, self._history.session_id(earlier_digests))
        words = chat.words
        if words is None:
            exchange = Exchange(turn, None)
            exchange.is_logged = False
            return exchange
        # The agent continues with words from before this proxy started: the model keeps the past that it knows.
        return Exchange(turn, await self._ask(turn, chat) if chat.user_spoke_last else None)

    async def _ask(self, turn: Turn, chat: ModelRequest) -> Decision | None:
        decide = self._front.rewrite
        if self._converse is not None and chat.takes_words:
            decide = self._converse
        future = asyncio.get_running_loop().run_in_executor(self._pool, decide, turn)
        try:
            return await asyncio.wait_for(future, self._deadline)
        except TimeoutError:
            return None

    def _turn(self, chat: ModelRequest, caller: Caller, session_id: str | None) -> Turn:
        turn_id = uuid.uuid4().hex
        if session_id is None:
            # A conversation that a header names is the same after a restart; any other begins with its first words.
            session_key = (
                caller.scope if caller.conversation_id is not None else f"{chat.user_messages[0][1]}\n{turn_id}"
            )
            session_id = hashlib.blake2b(session_key.encode(errors="replace"), digest_size=12).hexdigest()
        trace = None if caller.trace is None else {"trace_id": caller.trace[0], "span_id": caller.trace[1]}
        return Turn(
            turn_id=turn_id,
            started=time.time_ns() // 1_000_000,
            request=chat.words or "",
            assistant="openai",
            user_id=caller.user_id,
            conversation_id=caller.conversation_id,
            session_id=session_id,
            raw=trace,
        )
