"""The command that installs shell completion."""

from pathlib import Path
from typing import Literal

from cyclopts.completion.detect import ShellDetectionError, detect_shell

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.errors import InputError

__all__ = ["install_completion"]

Shell = Literal["bash", "zsh", "fish", "powershell"]


def install_completion(
    *, shell: Shell | None = None, output: Path | None = None, common: CommonOptions = COMMON
) -> None:
    """Install completion of commands and options for a shell, and load it in the shell's startup file.

    Args:
        shell: Shell to install for; by default the one that runs this command.
        output: File for the completion script, which no startup file then loads; by default the shell's own folder.
        common: Options of every command.
    """
    from sayagain.cli.app import app  # noqa: PLC0415  (the application holds this command)

    if shell is None:
        try:
            shell = detect_shell()
        except ShellDetectionError:
            raise InputError("the shell cannot be detected; expected --shell bash, zsh, fish or powershell") from None
    path = app.install_completion(shell=shell, output=output, add_to_startup=output is None)
    hint = "start a new shell to use it" if output is None else "load this file in the startup file of your shell"
    common.output.result(
        {"shell": shell, "file": str(path)}, [f"completion for {shell} is installed in {path}; {hint}"]
    )
