"""The command that puts sayagain's channel into a Rasa project."""

from importlib.resources import files
from pathlib import Path

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.errors import InputError

__all__ = ["CHANNEL", "attach_rasa"]

CHANNEL = "sayagain_channel.py"
"""The file that is written into the project."""


def attach_rasa(
    project: Path,
    /,
    *,
    url: str = "http://127.0.0.1:8787",
    channel: str = "rest",
    common: CommonOptions = COMMON,
) -> None:
    """Write the channel into a Rasa project, and say what to put into its credentials.yml.

    Args:
        project: The folder of the project.
        url: Of the service that decides.
        channel: Which of Rasa's channels it is to stand before.
        common: What every command takes.
    """
    if not project.is_dir():
        raise InputError(f"{project} is no folder; expected that of a Rasa project")
    path = project / CHANNEL
    content = files("sayagain.assistants.rasa").joinpath("channel.py").read_bytes()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    lines = ["sayagain_channel.SayagainChannel:", f"  url: {url}", f"  channel: {channel}"]
    instead = f"put this into {project / 'credentials.yml'} in place of `{channel}`, and start Rasa anew:"
    common.output.result(
        {"file": str(path), "credentials": "\n".join(lines) + "\n"}, [f"{path} is written", instead, *lines]
    )
