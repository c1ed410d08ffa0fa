"""Commands for backups: write one while a service runs, and restore one."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.cli.output import count
from sayagain.config import load_settings

__all__ = ["backup_create", "backup_restore"]

_File = Annotated[Path, Parameter(allow_leading_hyphen=True)]


def backup_create(file: _File, /, *, common: CommonOptions = COMMON) -> None:
    """Write the database and its releases to one new file, also while a service runs, and check the file.

    The backup holds what people said; only you may read it. Delete backups that hold a user who is forgotten.

    Args:
        file: The backup to write, for example home.tar.
        common: Options of every command.
    """
    from sayagain.learner.backup import create_backup  # noqa: PLC0415  (numbers take long to import)

    settings = load_settings({"db": common.db})
    backup = create_backup(settings.db, settings.releases_folder, file)
    for number in backup.damaged:
        common.output.remark(f"release {number} is damaged and was left out")
    common.output.result(
        {"file": str(file), "turns": backup.turns, "releases": backup.releases, "damaged": backup.damaged},
        [f"{file}: {count(backup.turns, 'turn')} and {count(len(backup.releases), 'release')}, checked"],
    )


def backup_restore(file: _File, /, *, common: CommonOptions = COMMON) -> None:
    """Make a database and its releases from a backup, after a check of every byte; nothing is replaced.

    Users who were forgotten after the backup was made are in it again: forget them again.

    Args:
        file: The backup.
        common: Options of every command.
    """
    from sayagain.learner.backup import restore_backup  # noqa: PLC0415  (numbers take long to import)

    settings = load_settings({"db": common.db})
    backup = restore_backup(file, settings.db, settings.releases_folder)
    common.output.result(
        {"db": settings.db, "turns": backup.turns, "releases": backup.releases},
        [f"{settings.db}: {count(backup.turns, 'turn')} and {count(len(backup.releases), 'release')} restored"],
    )
