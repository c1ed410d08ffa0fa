"""The text transformer: runs inside ovos-core, asks sayagain about each utterance, and lets it pass when in doubt."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from ovos_plugin_manager.templates.transformers import UtteranceTransformer

from sayagain.assistants.front import DEADLINE, FailOpen
from sayagain.assistants.ovos.message import CONTEXT_KEY, OvosSession
from sayagain.assistants.remote import Remote
from sayagain.errors import SettingError
from sayagain.turns import Asr, AsrHypothesis, Turn

__all__ = ["SERVICE", "SayagainTransformer"]

SERVICE = "http://127.0.0.1:8787"
"""Where `sayagain serve` listens unless mycroft.conf says otherwise."""


class SayagainTransformer(UtteranceTransformer):  # type: ignore[misc]  # OVOS ships no types
    """What ovos-core loads where mycroft.conf names `sayagain` under `utterance_transformers`.

    Its settings there: `url` of the service, `token`, `deadline` in milliseconds.

    It leaves `{"turn_id", "applied_rewrite"}` in the context, which rides on every later message of the turn.

    Args:
        name: under which mycroft.conf holds the settings.
        priority: 1 runs last, so that what other transformers mended is what sayagain hears.
        config: the settings; read from mycroft.conf when not given.

    Raises:
        SettingError: a setting cannot be used; ovos-core logs it and goes on without the plugin.
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
        self._front = FailOpen(Remote(str(url or SERVICE), token, timeout=10 * deadline), deadline=deadline)

    def transform(
        self, utterances: Sequence[str], context: Mapping[str, Any] | None = None
    ) -> tuple[list[str], dict[str, Any]]:
        """Decide on an utterance; the transcripts beside the best one are dropped when it is rewritten.

        Args:
            utterances: the transcripts, best first.
            context: of the message.

        Returns:
            The transcripts to go on with, and what is added to the context.
        """
        heard = list(utterances)
        if not heard or not heard[0].strip():
            return heard, {}
        session = OvosSession.of(context or {})
        turn = Turn(
            turn_id=uuid.uuid4().hex,
            started=time.time_ns() // 1_000_000,
            request=heard[0],
            assistant="ovos",
            user_id=session.user_id,
            session_id=session.session_id,
            area=session.area,
            language=session.language,
            asr=Asr(text=heard[0], nbest=tuple(AsrHypothesis(text=each) for each in heard)),
        )
        decision = self._front.rewrite(turn)
        left = {"turn_id": turn.turn_id, "applied_rewrite": msgspec.to_builtins(decision.applied), "why": decision.why}
        return ([decision.text] if decision.changed else heard), {CONTEXT_KEY: left}

    def default_shutdown(self) -> None:
        """Let go of the service."""
        self._front.close()

    # ovos-core calls this name, the template defines the other.
    shutdown = default_shutdown
