"""All releases of a folder, a line each."""

from pathlib import Path

import msgspec

from sayagain.errors import ReleaseError
from sayagain.releases.release import list_releases, open_release
from sayagain.reports.records import ReleaseLine

__all__ = ["release_lines"]


def release_lines(folder: Path, in_use: int | None) -> list[ReleaseLine]:
    """Return all releases, oldest first; damaged ones say what is wrong.

    Args:
        folder: holds the releases.
        in_use: number of the release in use.
    """
    lines = []
    for number in list_releases(folder):
        line = ReleaseLine(number=number, in_use=number == in_use, digest="", counts={}, metrics={}, trouble=None)
        try:
            release = open_release(folder, number)
        except ReleaseError as error:
            lines.append(msgspec.structs.replace(line, trouble=str(error)))
            continue
        manifest = release.manifest
        lines.append(
            msgspec.structs.replace(line, digest=release.digest, counts=manifest.counts, metrics=manifest.metrics)
        )
    return lines
