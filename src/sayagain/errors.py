"""Every error that sayagain raises on purpose, drawn as a tree.

SayagainError
├── InputError            what was given cannot be used; says where, what was seen, what was expected
│   ├── LessonError       what a user wants to teach cannot be used
│   ├── TurnError         a line or row of a log is no turn
│   └── SettingError      an argument, environment variable or TOML key is wrong
├── StoreError            the database cannot be opened, is of another version, or is damaged
├── ReleaseError          a release is missing, damaged, or refused by the gate
│   ├── CorruptRelease    a file of a release is not the one that was written
│   └── GateRefused       the replay shows no sure gain
├── ModelError            a network or encoder is not there, is not what was asked for, or loses too much in export
│   └── CorruptModel      a file of a model is not the one that was written
├── ServiceError          the service cannot be reached, or refuses what it was asked
└── MissingExtra          an optional part is not installed; names the command that installs it

Each message is one sentence for the person at the keyboard; the command line prints it and no traceback.
"""

__all__ = [
    "CorruptModel",
    "CorruptRelease",
    "GateRefused",
    "InputError",
    "LessonError",
    "MissingExtra",
    "ModelError",
    "ReleaseError",
    "SayagainError",
    "ServiceError",
    "SettingError",
    "StoreError",
    "TurnError",
]


class SayagainError(Exception):
    """The base of all errors raised on purpose; catch it to catch them all."""


class InputError(SayagainError):
    """What was given cannot be used."""


class LessonError(InputError):
    """What a user wants to teach cannot be used."""


class TurnError(InputError):
    """A line or row of a log is not a turn."""


class SettingError(InputError):
    """An argument, environment variable or TOML key is wrong."""


class StoreError(SayagainError):
    """The database cannot be opened, is of another version, or is damaged."""


class ReleaseError(SayagainError):
    """A release is missing, damaged, or refused."""


class CorruptRelease(ReleaseError):  # noqa: N818  (the name says what is wrong better with no suffix)
    """A file of a release is not the one that was written."""


class GateRefused(ReleaseError):  # noqa: N818  (the same)
    """The replay of a release shows no sure gain over the one in use."""


class ModelError(SayagainError):
    """A network or an encoder is not there, is not what was asked for, or loses too much when it is exported."""


class CorruptModel(ModelError):  # noqa: N818  (the same)
    """A file of a model is not the one that was written."""


class ServiceError(SayagainError):
    """The service cannot be reached, or refuses what it was asked."""


class MissingExtra(SayagainError):  # noqa: N818  (the same)
    """An optional part is not installed."""
