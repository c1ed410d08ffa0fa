"""Releases: what was learnt, frozen; open one, list them, look things up in it."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.releases.contents import Contents, open_contents
    from sayagain.releases.release import Manifest, Release, list_releases, open_release

__all__ = ["Contents", "Manifest", "Release", "list_releases", "open_contents", "open_release"]

# Late, so that a module of this room is imported without the others.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Contents": "contents",
        "Manifest": "release",
        "Release": "release",
        "list_releases": "release",
        "open_contents": "contents",
        "open_release": "release",
    },
)
