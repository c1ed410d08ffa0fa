"""The options that commands share, and the learner that they open."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from sayagain.cli.output import Output
from sayagain.config import Settings, is_server, load_settings
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.learner import Learner

__all__ = ["COMMON", "LEARNING", "CommonOptions", "LearningOptions", "Seed", "at_least_one", "open_learner", "text"]

_DEFAULTS = Settings()


def _setting(name: str, explained: str, negative: str = "") -> Parameter:
    """A flag that comes before the environment and TOML; its default is that of the settings."""
    default = getattr(_DEFAULTS, name)
    return Parameter(
        help=f"{explained} (SAYAGAIN_{name.upper()})",
        show_default=(lambda _: default) if default != () else False,
        negative=negative,
    )


Seed = Annotated[int | None, _setting("seed", "Seed of all random choices.")]
"""The seed flag."""


@Parameter(name="*", group=Group("For every command", sort_key=9))
@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """What every command takes."""

    db: Annotated[str | None, _setting("db", "The SQLite file, or postgresql://user:password@host/database.")] = None
    json: Annotated[bool, Parameter(negative="", show_default=False)] = False
    """One JSON document on standard output, one JSON object a line on standard error."""

    @property
    def output(self) -> Output:
        """Where the command prints."""
        return Output(as_json=self.json)


@Parameter(name="*", group=Group("Settings", sort_key=8))
@dataclass(frozen=True, kw_only=True)
class LearningOptions:
    """The settings of learning; each also comes from its environment variable or from sayagain.toml."""

    position: Annotated[
        str | None,
        _setting("position", "What is known when a decision is made: `heard`, `parsed` or `read`."),
    ] = None
    personal: Annotated[
        bool | None, _setting("personal", "Whether each user's own requests are learnt for that user.", "--no-personal")
    ] = None
    shipped_judge: Annotated[
        bool | None,
        _setting("shipped_judge", "Whether the judge that comes with sayagain[models] is asked.", "--no-shipped-judge"),
    ] = None
    recent: Annotated[int | None, _setting("recent", "Number of latest turns that the models are trained on.")] = None
    min_users: Annotated[
        int | None,
        _setting("min_users", "Least number of users behind what others are given; all users, in a log with fewer."),
    ] = None
    anonymous: Annotated[
        str | None,
        _setting("anonymous", "What turns without a user id count as: `one` user together, or one per `device`."),
    ] = None
    holdout: Annotated[float | None, _setting("holdout", "Share of triggered requests left as they are.")] = None
    wins_per_loss: Annotated[
        float | None, _setting("wins_per_loss", "The promise: requests repaired for each one that is spoiled.")
    ] = None
    session_gap: Annotated[int | None, _setting("session_gap", "Silence that ends a session, in ms.")] = None
    goal_gap: Annotated[int | None, _setting("goal_gap", "Silence that ends a goal, in ms.")] = None
    blocked: Annotated[
        tuple[str, ...] | None,
        _setting("blocked", "A word or intent that no rewrite may touch or produce; may be given several times."),
    ] = None
    seed: Seed = None

    @property
    def given(self) -> dict[str, Any]:
        """The flags by setting; None where not given."""
        return dict(vars(self))


COMMON = CommonOptions()
"""As when none of the common options is given."""

LEARNING = LearningOptions()
"""As when no setting is given."""


def open_learner(common: CommonOptions, *, make: bool = False, **settings: Any) -> "Learner":  # noqa: ANN401  (settings)
    """Open the learner of a command.

    Args:
        common: names the database.
        make: whether a missing database is made; else a misspelt name is an error.
        settings: flags by setting; None where not given.
    """
    name = load_settings({"db": common.db, **settings}).db
    if not make and name != ":memory:" and not is_server(name) and not Path(name).exists():
        raise InputError(f"{name}: there is no such database; sayagain ingest LOG makes one, --db names another")
    # Late, because numbers and models take most of a second to import, and not every command needs them.
    from sayagain.learner import Learner  # noqa: PLC0415  (see above)

    return Learner(common.db, **settings)


def text(value: str, name: str) -> str:
    """Return an argument that must be text; a shell can pass any bytes.

    Raises:
        InputError: it is empty or no valid UTF-8.
    """
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name} is no valid UTF-8") from None
    if not value.strip():
        raise InputError(f"{name} is empty")
    return value


def at_least_one(limit: int) -> int:
    """Return a limit that makes sense.

    Raises:
        InputError: it is 0 or less.
    """
    if limit < 1:
        raise InputError(f"--limit is {limit}; expected 1 or more")
    return limit
