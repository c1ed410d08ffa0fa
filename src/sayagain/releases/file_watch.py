"""A watch over the files of the release in use: whether they are still the ones that were opened."""

from pathlib import Path

from sayagain.errors import ReleaseError
from sayagain.releases.release import open_release

__all__ = ["FileWatch"]

_Signature = tuple[tuple[str, int, int, int], ...]


class FileWatch:
    """Tells what is wrong with the files of a release, reading them again only when one was touched.

    Args:
        root: the folder of all releases.
        number: of the release.
        folder: its own.
    """

    def __init__(self, root: Path, number: int, folder: Path) -> None:
        self.folder = folder
        """Folder of the release."""
        self._root = root
        self._number = number
        self._signature: _Signature | None = None
        self._damage: str | None = None

    def damage(self) -> str | None:
        """Return what is wrong with the files; None where they are the ones that were written."""
        signature = self._look()
        if signature != self._signature:
            try:
                open_release(self._root, self._number)
            except ReleaseError as error:
                self._damage = str(error)
            else:
                self._damage = None
            self._signature = signature
        return self._damage

    def _look(self) -> _Signature:
        try:
            stats = [(path.name, path.stat()) for path in sorted(self.folder.iterdir())]
        except OSError:
            return ()
        return tuple((name, stat.st_ino, stat.st_size, stat.st_ctime_ns) for name, stat in stats)
