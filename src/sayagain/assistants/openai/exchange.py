"""The exchange: one request of the user and all the calls of the model that it takes, until it becomes a turn."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.openai.answer import Answer, ToolCall
from sayagain.errors import TurnError
from sayagain.formats import encode_turn
from sayagain.runtime import Decision
from sayagain.turns import Action, Interruption, Response, Turn

__all__ = ["AGAIN", "Exchange"]

AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
"""Refusals after which the client of OpenAI asks again by itself."""


class Exchange:
    """What is known of a turn under way.

    Args:
        request: the turn as it began: its id, words as heard, user, session.
        decision: what was decided on the words; None when nothing was asked.
    """

    def __init__(self, request: Turn, decision: Decision | None) -> None:
        self.request = request
        """The turn as it began."""
        self.decision = decision
        """What was decided on its words."""
        self.logged = True
        """Whether it becomes a turn; not when it goes on with one that was handed on already."""
        self._answer = Answer(streamed=False)
        self._calls: list[ToolCall] = []
        self._results: dict[str, bool] = {}
        self._status = 200
        self._tries = 0
        self._lost: str | None = None
        self._left_at: int | None = None

    @property
    def words(self) -> str:
        """The words that are passed on."""
        return self.decision.text if self.decision is not None else self.request.request

    @property
    def under_way(self) -> bool:
        """Whether the client is expected to come back: with what its tools answered, or to try again."""
        if self._left_at is not None:
            return False
        return self._status in AGAIN or (bool(self._answer.tool_calls) and self._status < 400 and self._lost is None)

    def results(self, results: Mapping[str, bool]) -> None:
        """Take in which tools worked."""
        self._results.update(results)

    def answered(self, status: int, answer: Answer, *, lost: str | None = None, left_at: int | None = None) -> None:
        """Take in one answer of the model.

        Args:
            status: of HTTP.
            answer: what came of it.
            lost: why it came to no end, where the model's side was lost.
            left_at: when the client left before the end, in milliseconds.
        """
        self._tries += 1
        self._status, self._answer, self._lost, self._left_at = status, answer, lost, left_at
        self._calls += answer.tool_calls

    @property
    def turn(self) -> Turn:
        """The turn, with what was answered and done."""
        answer, error = self._answer, self._error
        actions = tuple(Action(target=call.name, ok=self._results.get(call.id, True)) for call in self._calls)
        kind = "error" if error else "action_done" if actions and all(each.ok for each in actions) else None
        cut = Interruption(yes=True, at=self._left_at) if self._left_at is not None else None
        fields: dict[str, Any] = {
            "response": Response(text=answer.text, type=kind, error_code=error),
            "actions": actions,
            "interrupted": cut,
            "raw": {**(self.request.raw or {}), **self._raw},
        }
        decision = self.decision
        if decision is not None and (decision.changed or decision.rewrite_id is not None):
            fields |= {"request": decision.text, "applied_rewrite": decision.applied}
        made = msgspec.structs.replace(self.request, **fields)
        try:
            encode_turn(made)
        except TurnError:
            # Half a letter here or there, which no log can hold.
            made = msgspec.convert(_mended(msgspec.to_builtins(made)), Turn)
        return made

    @property
    def _error(self) -> str | None:
        answer = self._answer
        if self._lost is not None:
            return self._lost
        if self._status >= 400:
            return answer.error or f"http_{self._status}"
        if answer.refused:
            return "refusal"
        return answer.error or ("content_filter" if answer.finish_reason == "content_filter" else None)

    @property
    def _raw(self) -> dict[str, Any]:
        known = {
            "finish_reason": self._answer.finish_reason,
            "model": self._answer.model,
            "response_id": self._answer.response_id,
            "status": self._status,
            "calls": self._tries,
            "tools": [{"name": call.name, "arguments": call.arguments} for call in self._calls] or None,
        }
        return {key: value for key, value in known.items() if value is not None}


def _mended(value: Any) -> Any:  # noqa: ANN401  (whatever a turn holds)
    """Join the halves of letters (UTF-16 surrogates) that came in two pieces, and replace those that are alone."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _mended(part) for key, part in value.items()}
    return [_mended(part) for part in value] if isinstance(value, list | tuple) else value
