"""Settings: arguments first, then the environment, then a TOML file, then the defaults.

The environment variable of a setting is its name in capitals behind `SAYAGAIN_` (`SAYAGAIN_DB`). The TOML file is
`sayagain.toml` in the working folder, or the one that `SAYAGAIN_CONFIG` names; its keys are the names of the settings.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from sayagain.errors import SettingError

__all__ = [
    "MAX_EXPANSION",
    "MAX_REJECTS",
    "Anonymous",
    "Settings",
    "home_zone",
    "is_server",
    "load_settings",
    "without_password",
]

Anonymous = Literal["one", "device"]
"""What turns without a user id count as: `one` user together, or one user per `device` or satellite."""

MAX_EXPANSION = 200
"""Default of the setting `max_expansion`; JSON Lines expand to 10 to 60 times their size."""

MAX_REJECTS = 16_000_000
"""Default of the setting `max_rejects`, in bytes."""

_SERVER = re.compile(r"^postgres(?:ql)?://", re.IGNORECASE)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its unit."""

    db: Annotated[str, Meta(min_length=1)] = "sayagain.db"
    """The SQLite file that holds the log, or `postgresql://user:password@host/database`."""
    releases: Annotated[str, Meta(min_length=1)] | None = None
    """The folder of the releases; when not given `<db>-releases` beside a file, `sayagain-releases` for a server."""
    position: Literal["heard", "parsed", "read"] = "heard"
    """What is known when a decision is made: what was heard (`heard`); also the assistant's hypothesis, and a
    rewrite is words (`parsed`); or its n-best hypotheses, and a rewrite is a hypothesis (`read`)."""
    session_gap: Annotated[int, Meta(ge=1)] = 300_000
    """Silence that ends a session, in milliseconds."""
    goal_gap: Annotated[int, Meta(ge=1)] = 45_000
    """Silence that ends a goal, in milliseconds."""
    personal: bool = True
    """Whether what a user does is learnt for that user, and for nobody else."""
    shipped_judge: bool = True
    """Whether the judge that comes with the package is asked too, where the extra `models` is installed."""
    min_users: Annotated[int, Meta(ge=1)] = 2
    """Least number of users behind what others are given: wordings, rewrites, examples. A log with fewer users needs
    all of them; so a log of one user, or of one home where nobody is identified, is learnt from for that person or
    home, and its release holds their words: give it to nobody else."""
    anonymous: Anonymous = "one"
    """What turns without a user id count as: one user together (`one`), since they may all be one person's, or one user
    per device or satellite (`device`), where you know that different people speak to different devices."""
    recent: Annotated[int, Meta(ge=1)] = 50_000
    """The latest turns, so many, are judged and teach the models; tables and priors count the whole log."""
    in_memory: Annotated[int, Meta(ge=1)] = 100_000
    """Largest log, in turns, that is read into memory as a whole. Of a larger one only the latest turns are, and the
    older ones are counted by steps over Parquet, where the extra `scale` is installed."""
    step_memory: Annotated[str, Meta(pattern=r"^\d+(\.\d+)? ?[KMGT]B$")] = "2GB"
    """Memory that those steps may take; what does not fit goes to disk."""
    holdout: Annotated[float, Meta(ge=0, lt=1)] = 0.02
    """Share of triggered requests left unrewritten, the only unbiased evidence of what a rewrite is worth."""
    wins_per_loss: Annotated[float, Meta(gt=0, le=1000)] = 10.0
    """The promise: requests repaired for each working one that is spoiled; what cannot keep it is not rewritten."""
    deadline: Annotated[float, Meta(gt=0)] = 20.0
    """Time of a decision, in milliseconds: what is not ready by then is left out, and the decision says so."""
    seed: int = 1
    """Seed of all random choices in learning; the same log and seed give the same release in one database."""
    blocked: tuple[str, ...] = ()
    """Words and intents that a rewrite may neither touch nor produce."""
    zone: Annotated[str, Meta(min_length=1)] | None = None
    """Time zone of the home, such as `Europe/Berlin`, for the times that people read; when not given, that of this
    machine."""
    keep_days: Annotated[int, Meta(ge=1)] | None = None
    """Days for which turns are kept, with all that hangs on them. Older ones are deleted whenever a database is opened
    and before learning; so are releases that were learnt from such turns alone. None keeps everything."""
    max_expansion: Annotated[int, Meta(ge=1)] = MAX_EXPANSION
    """Largest size of a log when expanded, as a multiple of its size as stored; 128 MB are always allowed, and 1 GB
    where it is read line by line."""
    max_rejects: Annotated[int, Meta(ge=0)] = MAX_REJECTS
    """Bytes that a reject file may have beyond four times the size of its log."""

    @property
    def db_name(self) -> str:
        """The database as it may be shown: without a password."""
        return without_password(self.db)

    @property
    def releases_folder(self) -> Path:
        """Where the releases stand.

        >>> Settings(db="home.db").releases_folder.name, Settings(db="postgresql://host/db").releases_folder.name
        ('home.db-releases', 'sayagain-releases')
        """
        return Path(self.releases or ("sayagain-releases" if is_server(self.db) else f"{self.db}-releases"))

    @property
    def history_folder(self) -> Path:
        """Where the older turns of a large log are counted.

        >>> Settings(db="home.db").history_folder.name
        'home.db-history'
        """
        return Path("sayagain-history" if is_server(self.db) else f"{self.db}-history")


def home_zone(settings: Settings) -> ZoneInfo | None:
    """Return the time zone of the home; None for that of this machine.

    Raises:
        SettingError: there is no such zone.

    >>> home_zone(Settings(zone="Europe/Berlin")), home_zone(Settings())
    (zoneinfo.ZoneInfo(key='Europe/Berlin'), None)
    """
    try:
        return None if settings.zone is None else ZoneInfo(settings.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(
            f"zone is {settings.zone!r}: expected the name of a time zone such as Europe/Berlin"
        ) from None


def is_server(db: str) -> bool:
    """Tell whether a database is a server's rather than a file.

    >>> is_server("postgresql://host/db"), is_server("home.db")
    (True, False)
    """
    return _SERVER.match(db) is not None


def without_password(db: str) -> str:
    """Return the name of a database as it may be shown.

    >>> without_password("postgresql://me:pass@word@host:5432/db?sslmode=require&password=x")
    'postgresql://me:***@host:5432/db?sslmode=require&password=***'
    """
    scheme = _SERVER.match(db)
    if scheme is None:
        return db
    # The last @, for a password may hold one unescaped; one behind the ? goes first, since it may hold one too.
    rest = re.sub(r"((?:^|[?&])\s*(?:ssl)?password=)[^&]*", r"\1***", db[scheme.end() :], flags=re.IGNORECASE)
    head, at, tail = rest.rpartition("@")
    user, colon, _ = head.partition(":")
    return f"{scheme[0]}{user}{':***' if colon else ''}{at}{tail}"


def load_settings(
    arguments: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Gather the settings from arguments, the environment and TOML, in that order of precedence.

    Args:
        arguments: by name; None values are passed over.
        environment: `os.environ` when None.
        folder: where `sayagain.toml` is looked for; the working folder when None.

    Raises:
        SettingError: names the setting, where it stands, what was seen and what was expected.

    >>> load_settings({"holdout": 0.01}, environment={"SAYAGAIN_DB": "home.db"}).db
    'home.db'
    """
    environ = os.environ if environment is None else environment
    values = _from_toml(environ, folder)
    for name in Settings.__struct_fields__:
        text = environ.get(f"SAYAGAIN_{name.upper()}")
        if text is not None:
            listed = tuple(part.strip() for part in text.split(",") if part.strip())
            values[name] = (f"SAYAGAIN_{name.upper()}", listed if name == "blocked" else text)
    for name, value in (arguments or {}).items():
        if value is not None:
            values[name] = (f"--{name.replace('_', '-')}", value)
    types = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    settings: dict[str, Any] = {}
    for name, (where, value) in values.items():
        if name not in types:
            raise SettingError(f"{where}: there is no setting {name}; there are: {', '.join(types)}")
        try:
            # Text from the environment is read as the setting's type.
            settings[name] = msgspec.convert(value, types[name], strict=False)
        except msgspec.ValidationError as error:
            choices = get_args(types[name]) if get_origin(types[name]) is Literal else ()
            expected = (
                f"expected one of {', '.join(choices)}" if choices else f"{str(error)[0].lower()}{str(error)[1:]}"
            )
            shown = without_password(value) if isinstance(value, str) else value
            raise SettingError(f"{where} is {shown!r}: {expected}") from None
    return Settings(**settings)


def _from_toml(environ: Mapping[str, str], folder: Path | None) -> dict[str, tuple[str, Any]]:
    named = environ.get("SAYAGAIN_CONFIG")
    path = Path(named) if named else (folder or Path()) / "sayagain.toml"
    if not named and not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path}: is not TOML ({error})") from None
    return {name: (f"{path}: {name}", value) for name, value in entries.items()}
