"""The household's turns as Home Assistant's log would tell them."""

from typing import Any

import msgspec

from sayagain.turns import Asr, Context, Nlu, Response, Speech, Turn, Wake

__all__ = ["HomeAssistantView"]


class HomeAssistantView(msgspec.Struct, frozen=True, kw_only=True):
    """What can be seen of a turn; the default is what a user of Home Assistant gets (see `TurnAssembler`)."""

    ids: bool = False
    """Whether it is known who speaks."""
    hypotheses: bool = False
    """Whether the n-best of recognition and understanding and their confidences are known, before the answer too."""

    def request_view(self, turn: Turn) -> Turn:
        """Return a request as the conversation agent is given it: words, satellite, room."""
        kept = self._both(turn)
        if not self.hypotheses:
            return msgspec.structs.replace(kept, wake=None, asr=None, nlu=None, ended=None)
        return kept

    def log_view(self, turn: Turn) -> Turn:
        """Return a turn as the observer logs it."""
        kept = self._both(turn)
        if self.hypotheses:
            return kept
        given: dict[str, Any] = {
            "wake": Wake(name=turn.wake.name) if turn.wake is not None else None,
            "asr": Asr(text=turn.asr.text) if turn.asr is not None else None,
            "nlu": _nlu(turn),
            "resolution": (),
            "speech": _speech(turn.speech),
            "response": _response(turn.response),
        }
        return msgspec.structs.replace(kept, **given)

    def _both(self, turn: Turn) -> Turn:
        # Home Assistant has no session but gaps, asks for no rating, and measures no sound.
        return msgspec.structs.replace(
            turn,
            assistant="homeassistant",
            user_id=turn.user_id if self.ids else None,
            session_id=None,
            context=Context(area=turn.area),
            feedback=(),
            raw=None,
        )


def _nlu(turn: Turn) -> Nlu | None:
    """The intent that was called with its slots, as the chat log tells it; empty where the answer was an error."""
    best = turn.hypothesis
    if best is None or best.empty or turn.complained:
        return Nlu(engine="homeassistant", intent="") if turn.failed else None
    return Nlu(engine="homeassistant", intent=best.intent, slots=best.slots)


def _speech(speech: Speech | None) -> Speech | None:
    return None if speech is None else Speech(started=speech.started, ended=speech.ended)


def _response(response: Response | None) -> Response | None:
    return None if response is None else msgspec.structs.replace(response, acts=())
