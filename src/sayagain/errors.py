"""Every error that sayagain raises on purpose, drawn as a tree.

SayagainError
├── InputError            unusable input; says where, what was seen, what was expected
│   ├── LessonError       an unusable lesson: what a user wants to teach
│   │   └── CircularLesson    a lesson whose meaning leads back to its own phrase
│   ├── TurnError         a line or row of a log is not a turn
│   └── SettingError      an argument, environment variable or TOML key is wrong
├── StoreError            the database cannot be opened, has another version, or is damaged
├── ReleaseError          a release is missing, damaged, or refused by the gate
│   ├── CorruptRelease    a file of a release differs from the one that was written
│   └── GateRefused       the replay shows no significant gain
├── ModelError            a network or encoder is missing, is of the wrong kind, or loses too much in export
│   └── CorruptModel      a file of a model differs from the one that was written
├── ServiceError          the service cannot be reached, or refuses a request
│   └── RequestRefused    the service refuses what was sent, and would refuse it again
└── MissingExtra          an optional part is not installed; the message holds the command that installs it

Each message is one sentence for the user; the command line prints it without a traceback.
"""

__all__ = [
    "CircularLesson",
    "CorruptModel",
    "CorruptRelease",
    "GateRefused",
    "InputError",
    "LessonError",
    "MissingExtra",
    "ModelError",
    "ReleaseError",
    "RequestRefused",
    "SayagainError",
    "ServiceError",
    "SettingError",
    "StoreError",
    "TurnError",
]


class SayagainError(Exception):
    """Base class of all errors that sayagain raises on purpose."""


class InputError(SayagainError):
    """Unusable input."""


class LessonError(InputError):
    """An unusable lesson: what a user wants to teach cannot be kept."""


class CircularLesson(LessonError):  # noqa: N818  (the name is clearer without a suffix)
    """A lesson whose meaning leads back to its own phrase."""


class TurnError(InputError):
    """A line or row of a log is not a turn."""


class SettingError(InputError):
    """An argument, environment variable or TOML key is wrong."""


class StoreError(SayagainError):
    """The database cannot be opened, has another version, or is damaged."""


class ReleaseError(SayagainError):
    """A release is missing, damaged, or refused by the gate."""


class CorruptRelease(ReleaseError):  # noqa: N818  (the same)
    """A file of a release differs from the one that was written."""


class GateRefused(ReleaseError):  # noqa: N818  (the same)
    """The replay of a release shows no significant gain over the one in use."""


class ModelError(SayagainError):
    """A network or an encoder is missing, is of the wrong kind, or loses too much in export."""


class CorruptModel(ModelError):  # noqa: N818  (the same)
    """A file of a model differs from the one that was written."""


class ServiceError(SayagainError):
    """The service cannot be reached, or refuses a request."""


class RequestRefused(ServiceError):  # noqa: N818  (the same)
    """The service refuses what was sent, and would refuse it again."""


class MissingExtra(SayagainError):  # noqa: N818  (the same)
    """An optional part is not installed."""
