"""The shipped models that learning asks, opened once for all the parts of a learning run."""

from collections.abc import Sequence
from functools import cached_property

from sayagain.errors import MissingExtra
from sayagain.labels.judge import Opinion, SessionJudge, open_judge
from sayagain.labels.rephrase import RephraseDetector, open_detector
from sayagain.models import Encoder, load_encoder
from sayagain.turns import Session

__all__ = ["ShippedModels"]

REMEMBERED = 1 << 14
"""Embeddings that the encoder keeps: the judge and the detector ask for those of the same texts, for the release and
for its trial. They are gone when the run ends."""


class ShippedModels:
    """The session judge and the rephrase detector; what they said of a session is remembered."""

    def __init__(self) -> None:
        self._opinions: dict[str, tuple[Session, tuple[Opinion, ...]]] = {}

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder; None where the extra `models` is not installed."""
        try:
            return load_encoder(remember=REMEMBERED)
        except MissingExtra:
            return None

    @cached_property
    def judge(self) -> SessionJudge | None:
        """The judge that sees what follows; None where the extra `models` is not installed."""
        return None if self.encoder is None else open_judge("offline", encoder=self.encoder)

    @cached_property
    def detector(self) -> RephraseDetector:
        """The detector; without an encoder it compares no meaning."""
        return open_detector(encoder=self.encoder)

    def opinions(self, judge: SessionJudge, log: Sequence[Session]) -> list[tuple[Opinion, ...]]:
        """Return what the judge says of each session; a session that it judged before is not judged again.

        Args:
            judge: the one of these models.
            log: sessions, whose ids differ.
        """
        unjudged = [session for session in log if self._opinions.get(session.session_id, (None,))[0] != session]
        for session, opinions in zip(unjudged, judge.judge(unjudged), strict=True):
            self._opinions[session.session_id] = session, opinions
        return [self._opinions[session.session_id][1] for session in log]
