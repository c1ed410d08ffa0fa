"""An open log: the store, the releases beside it, and what answers requests; the base of `Learner`."""

from pathlib import Path
from typing import Any, Self

from sayagain.config import Settings, load_settings
from sayagain.feedback import Signal, detect
from sayagain.learner.day_files import clean_history
from sayagain.learner.erase_user import clean_releases
from sayagain.learner.expire_log import expire_log
from sayagain.learner.log_failures import LogFailures
from sayagain.runtime import Runtime
from sayagain.store import Store, open_store
from sayagain.turns import Turn

__all__ = ["OpenLog"]


class OpenLog:
    """What all parts of a `Learner` share."""

    def __init__(self, db: str | Path | None = None, **settings: Any) -> None:  # noqa: ANN401  (checked by Settings)
        self.settings: Settings = load_settings({"db": None if db is None else str(db), **settings})
        self.store: Store = open_store(self.settings.db)
        self.releases = self.settings.releases_folder
        self.runtime = Runtime(
            self.store,
            self.releases,
            seed=self.settings.seed,
            session_gap=self.settings.session_gap,
            blocked=self.settings.blocked,
            holdout=self.settings.holdout,
            anonymous=self.settings.anonymous,
            personal=self.settings.personal,
            deadline=self.settings.deadline,
        )
        self._log_failures = LogFailures(self.store, self.settings)
        clean_releases(self.store, self.releases)
        clean_history(self.store, self.settings.history_folder)
        expire_log(self.store, self.releases, self.settings.keep_days, history=self.settings.history_folder)

    def __enter__(self) -> Self:
        """Return the learner itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def _signals(self, turn: Turn) -> list[Signal]:
        return [signal for signal in detect(self.runtime.session_of(turn)) if signal.turn_id == turn.turn_id]
