"""Speech recognition: the protocol, and the choice of a recogniser by name."""

from collections.abc import Sequence
from typing import Literal, Protocol, get_args

from sayagain.errors import SettingError
from sayagain.household.speech.audio import Audio
from sayagain.household.speech.transcript import Transcript

__all__ = ["RECOGNISERS", "Recogniser", "RecogniserName", "recogniser"]

RecogniserName = Literal["whisper-tiny", "whisper-base", "moonshine", "pocketsphinx"]
"""The names of the recognisers."""

RECOGNISERS: tuple[RecogniserName, ...] = get_args(RecogniserName)
"""All recognisers, the default first."""


class Recogniser(Protocol):
    """The protocol of a recogniser."""

    def recognise(self, audios: Sequence[Audio]) -> list[Transcript]:
        """Return one transcript for each stretch of audio, independent of the rest of the batch."""
        ...


def recogniser(name: str = "whisper-tiny", *, threads: int = 2) -> Recogniser:
    """Return a recogniser with its weights loaded.

    | name | words | n-best | confidence | a command on two cores |
    |---|---|---|---|---|
    | `whisper-tiny` | tiny.en; the default, and the recogniser of the recordings | yes | yes | 0.1 s |
    | `whisper-base` | multilingual base, more often right | yes | yes | 0.3 s |
    | `moonshine` | tiny | no | no | 0.2 s |
    | `pocketsphinx` | weak in noise | yes | yes | 1 s |

    Raises:
        SettingError: there is no such recogniser.
        MissingExtra: its parts are not installed.
    """
    # Each recogniser has its own heavy parts, so only the chosen one is imported.
    if name == "whisper-tiny":
        from sayagain.household.speech.whisper import Whisper, tiny_model  # noqa: PLC0415

        return Whisper(tiny_model(), threads=threads)
    if name == "whisper-base":
        from sayagain.household.speech.whisper import Whisper, base_model  # noqa: PLC0415

        return Whisper(base_model(), threads=threads)
    if name == "moonshine":
        from sayagain.household.speech.moonshine import Moonshine  # noqa: PLC0415

        return Moonshine()
    if name == "pocketsphinx":
        from sayagain.household.speech.sphinx import Sphinx  # noqa: PLC0415

        return Sphinx()
    raise SettingError(f"recogniser {name!r} is not known; choose one of {', '.join(RECOGNISERS)}")
