"""The request body of a call of the model, in whichever protocol: the user's last words and the messages before."""

from collections.abc import Mapping
from typing import Protocol

from sayagain.assistants.openai.answer import Answer

__all__ = ["MAX_LENGTH", "SERVER_SIDE", "ModelRequest"]

MAX_LENGTH = 1_000
"""Longest request, in characters; longer words are a document and are forwarded unread."""

SERVER_SIDE = -1
"""Index of a user's message that the model's side keeps, so that this call does not hold it."""


class ModelRequest(Protocol):
    """What the turns are built of; see `ChatRequest` and `ResponsesRequest`."""

    @property
    def user_messages(self) -> tuple[tuple[int, str], ...]:
        """Each message of the user: its index, and a digest of the scope and all messages up to it."""
        ...

    @property
    def words(self) -> str | None:
        """The user's last words; None if there are none, or more than `MAX_LENGTH`."""
        ...

    @property
    def key(self) -> str:
        """Digest of all messages up to the user's last words."""
        ...

    @property
    def user_spoke_last(self) -> bool:
        """Whether the user spoke last; otherwise the agent continues an earlier request."""
        ...

    @property
    def tool_results(self) -> dict[str, bool]:
        """Whether each tool worked that has answered since the user's last words, by id of its call."""
        ...

    def with_words(self, words: Mapping[int, str]) -> bytes:
        """Return the body with some of the user's words replaced, by index of the message."""
        ...

    @property
    def takes_words(self) -> bool:
        """Whether the client would take plain words for an answer."""
        ...

    @property
    def follows_own_answer(self) -> bool:
        """Whether it names an answer of ours, which the model's side does not know; `with_words` names another then."""
        ...

    def own_answer(self, words: str, turn_id: str, created: int) -> tuple[bytes, str]:
        """Return an answer in place of the model's, and its content type.

        Args:
            words: what is said.
            turn_id: of the turn.
            created: when, in seconds since 1970.
        """
        ...

    def new_answer(self) -> Answer:
        """Return what collects the answer to this call."""
        ...

    def answer_keys(self, response_id: str | None) -> tuple[str, ...]:
        """Return the digests by which a later call names the conversation up to the answer with this id."""
        ...
