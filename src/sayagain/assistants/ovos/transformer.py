"""The text transformer: runs inside ovos-core, asks sayagain about each utterance, passes it on when in doubt."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from ovos_bus_client.message import Message
from ovos_plugin_manager.templates.transformers import UtteranceTransformer

from sayagain.assistants.front import DEADLINE, FailOpen
from sayagain.assistants.ovos.message import CONTEXT_KEY, OvosSession
from sayagain.assistants.remote import Remote
from sayagain.errors import SettingError
from sayagain.turns import Asr, AsrHypothesis, Turn

__all__ = ["SERVICE", "SayagainTransformer"]

SERVICE = "http://127.0.0.1:8787"
"""Default address of `sayagain serve`."""


class SayagainTransformer(UtteranceTransformer):  # type: ignore[misc]  # OVOS ships no types
    """Plugin that ovos-core loads if mycroft.conf names `sayagain` under `utterance_transformers`.

    Its settings there: `url` of the service, `token`, `deadline` in milliseconds; `teach`, whether users may teach in
    conversation: what belongs to that is answered here, and OVOS gets no utterance to handle.

    It writes `{"turn_id", "applied_rewrite", "why"}` into the context, which every later message of the turn carries.

    Args:
        name: key of the settings in mycroft.conf.
        priority: 1 runs last, so that sayagain gets the words as other transformers changed them.
        config: the settings; read from mycroft.conf if not given.

    Raises:
        SettingError: a setting is invalid; ovos-core logs it and runs without the plugin.
    """

    def __init__(self, name: str = "sayagain", priority: int = 1, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(name, priority, config)
        url, token, deadline = (self.config.get(key) for key in ("url", "token", "deadline"))
        if deadline is None:
            deadline = DEADLINE
        if type(deadline) is not int or deadline < 1:
            raise SettingError(
                f"utterance_transformers.{name}.deadline is {deadline!r}; expected milliseconds, 1 or more"
            )
        self._teaches = self.config.get("teach") is True
        self._front = FailOpen(Remote(str(url or SERVICE), token, timeout=10 * deadline), deadline=deadline)

    def transform(
        self, utterances: Sequence[str], context: Mapping[str, Any] | None = None
    ) -> tuple[list[str], dict[str, Any]]:
        """Decide on an utterance; a rewrite replaces all its transcripts.

        Args:
            utterances: the transcripts, best first.
            context: context of the message.

        Returns:
            The transcripts to use from here on, and the additions to the context.
        """
        transcripts = list(utterances)
        if not transcripts or not transcripts[0].strip():
            return transcripts, {}
        session = OvosSession.of(context or {})
        turn = Turn(
            turn_id=uuid.uuid4().hex,
            started=time.time_ns() // 1_000_000,
            request=transcripts[0],
            assistant="ovos",
            user_id=session.user_id,
            session_id=session.session_id,
            area=session.area,
            language=session.language,
            asr=Asr(text=transcripts[0], nbest=tuple(AsrHypothesis(text=transcript) for transcript in transcripts)),
        )
        decision = self._front.converse(turn) if self._teaches else self._front.rewrite(turn)
        context_entry = {
            "turn_id": turn.turn_id,
            "applied_rewrite": msgspec.to_builtins(decision.applied),
            "why": decision.why,
        }
        if decision.reply is not None:
            self._speak(decision.reply, {**(context or {}), CONTEXT_KEY: context_entry}, session.language)
            # How a transformer tells ovos-core that nothing is left to handle; it logs the word.
            return transcripts, {CONTEXT_KEY: context_entry, "canceled": True, "cancel_word": CONTEXT_KEY}
        return ([decision.text] if decision.changed else transcripts), {CONTEXT_KEY: context_entry}

    def _speak(self, reply: str, context: Mapping[str, Any], language: str | None) -> None:
        """Say something where the utterance came from; a question opens the microphone."""
        data: dict[str, Any] = {
            "utterance": reply,
            "lang": language,
            "expect_response": reply.endswith("?"),
            "meta": {},
        }
        utterance = Message("recognizer_loop:utterance", {}, dict(context))
        self.bus.emit(utterance.reply("speak", data))

    def default_shutdown(self) -> None:
        """Close the connections to the service."""
        self._front.close()

    # ovos-core calls this name, the template defines the other.
    shutdown = default_shutdown
