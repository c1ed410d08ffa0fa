"""A hook of MkDocs: the site has the pages at the root of the repository, and renders lists as GitHub does."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")

BLOCK = re.compile(r"(?:[-*]|\d+\.) |\|")
"""How a line of a list or a table begins."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the root's pages; their links into docs/ become links beside them."""
    for name in PAGES:
        words = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, name, content=words))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Put a blank line before a list or a table that follows a paragraph: GitHub needs none, Python-Markdown does."""
    lines: list[str] = []
    fenced = inside = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        begins = not fenced and BLOCK.match(line) is not None
        if begins and not inside and lines and lines[-1]:
            lines.append("")
        # A line that is indented, or goes on lazily, belongs to the item above it.
        inside = begins or (inside and bool(line) and not fenced)
        lines.append(line)
    return "\n".join(lines) + "\n"
