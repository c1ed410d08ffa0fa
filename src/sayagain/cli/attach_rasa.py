"""The command that adds sayagain's input channel to a Rasa project."""

from importlib.resources import files
from pathlib import Path

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.errors import InputError

__all__ = ["CHANNEL", "attach_rasa"]

CHANNEL = "sayagain_channel.py"
"""Name of the file written into the project."""


def attach_rasa(
    project: Path,
    /,
    *,
    url: str = "http://127.0.0.1:8787",
    channel: str = "rest",
    common: CommonOptions = COMMON,
) -> None:
    """Add sayagain's input channel to a Rasa project, and print the lines for its credentials.yml.

    Args:
        project: Folder of the Rasa project.
        url: Address of the sayagain service.
        channel: Rasa channel that sayagain wraps.
        common: Options of every command.
    """
    if not project.is_dir():
        raise InputError(f"{project} is not a folder; expected the folder of a Rasa project")
    path = project / CHANNEL
    content = files("sayagain.assistants.rasa").joinpath("channel.py").read_bytes()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    lines = ["sayagain_channel.SayagainChannel:", f"  url: {url}", f"  channel: {channel}"]
    instruction = f"put this into {project / 'credentials.yml'} in place of `{channel}`, then restart Rasa:"
    common.output.result(
        {"file": str(path), "credentials": "\n".join(lines) + "\n"}, [f"wrote {path}", instruction, *lines]
    )
