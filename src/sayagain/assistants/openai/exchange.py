"""The exchange: one request of the user and the calls of the model for it, until it becomes a turn."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.openai.answer import Answer, ToolCall
from sayagain.errors import TurnError
from sayagain.formats import encode_turn
from sayagain.runtime import Decision
from sayagain.turns import Action, Interruption, Response, Turn

__all__ = ["RETRY_STATUSES", "Exchange"]

RETRY_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
"""HTTP statuses after which the client of OpenAI retries by itself."""


class Exchange:
    """Builder of one turn.

    Args:
        request: the turn as it began: its id, words as heard, user, session.
        decision: decision on the words; None if no front was asked.
    """

    def __init__(self, request: Turn, decision: Decision | None) -> None:
        self.request = request
        """The turn as it began."""
        self.decision = decision
        """The decision on its words."""
        self.is_logged = True
        """Whether it becomes a turn; False if it continues a turn that is logged already."""
        self._answer = Answer(streamed=False)
        self._calls: list[ToolCall] = []
        self._results: dict[str, bool] = {}
        self._status = 200
        self._attempts = 0
        self._failure: str | None = None
        self._disconnected_at: int | None = None

    @property
    def words(self) -> str:
        """The words that are forwarded."""
        return self.decision.text if self.decision is not None else self.request.request

    @property
    def reply(self) -> str | None:
        """What sayagain answers itself; None where the model does."""
        return None if self.decision is None else self.decision.reply

    @property
    def is_open(self) -> bool:
        """Whether the client is expected to return, with tool results or for a retry."""
        if self._disconnected_at is not None:
            return False
        has_tool_calls = bool(self._answer.tool_calls) and self._status < 400 and self._failure is None
        return self._status in RETRY_STATUSES or has_tool_calls

    def add_tool_results(self, results_by_call: Mapping[str, bool]) -> None:
        """Record whether each tool worked, by id of its call."""
        self._results.update(results_by_call)

    def add_answer(
        self, status: int, answer: Answer, *, failure: str | None = None, disconnected_at: int | None = None
    ) -> None:
        """Record one answer of the model.

        Args:
            status: HTTP status.
            answer: the answer, or its beginning.
            failure: error code if the model's API was lost before the end.
            disconnected_at: when the client disconnected before the end, in milliseconds.
        """
        self._attempts += 1
        self._status, self._answer, self._failure, self._disconnected_at = status, answer, failure, disconnected_at
        self._calls += answer.tool_calls

    @property
    def turn(self) -> Turn:
        """The turn, with response and actions."""
        answer, error_code = self._answer, self._error_code
        actions = tuple(Action(target=call.name, ok=self._results.get(call.id, True)) for call in self._calls)
        succeeded = bool(actions) and all(action.ok for action in actions)
        response_type = "error" if error_code else "action_done" if succeeded else None
        interruption = Interruption(yes=True, at=self._disconnected_at) if self._disconnected_at is not None else None
        fields: dict[str, Any] = {
            "response": Response(text=answer.text, type=response_type, error_code=error_code),
            "actions": actions,
            "interrupted": interruption,
            "raw": {**(self.request.raw or {}), **self._raw},
        }
        decision = self.decision
        if decision is not None and (decision.changed or decision.rewrite_id is not None):
            fields |= {"request": decision.text, "applied_rewrite": decision.applied}
        turn = msgspec.structs.replace(self.request, **fields)
        try:
            encode_turn(turn)
        except TurnError:
            # It holds a lone surrogate, which UTF-8 cannot encode.
            turn = msgspec.convert(_join_surrogates(msgspec.to_builtins(turn)), Turn)
        return turn

    @property
    def _error_code(self) -> str | None:
        answer = self._answer
        if self._failure is not None:
            return self._failure
        if self._status >= 400:
            return answer.error or f"http_{self._status}"
        if answer.refused:
            return "refusal"
        return answer.error or ("content_filter" if answer.finish_reason == "content_filter" else None)

    @property
    def _raw(self) -> dict[str, Any]:
        details = {
            "finish_reason": self._answer.finish_reason,
            "model": self._answer.model,
            "response_id": self._answer.response_id,
            "status": self._status,
            "calls": self._attempts,
            "tools": [{"name": call.name, "arguments": call.arguments} for call in self._calls] or None,
        }
        return {key: value for key, value in details.items() if value is not None}


def _join_surrogates(value: Any) -> Any:  # noqa: ANN401  (any value of a turn)
    """Join pairs of UTF-16 surrogates that arrived apart, and replace lone ones."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _join_surrogates(part) for key, part in value.items()}
    return [_join_surrogates(part) for part in value] if isinstance(value, list | tuple) else value
