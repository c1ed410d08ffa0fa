"""The documents are complete, and what a script writes in them is what it writes today."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def run(*command):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAYAGAIN_")}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, env=kept
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["turn.md", "http.md"])
def test_the_reference_is_what_the_code_declares(name, tmp_path):
    run("scripts/write_reference.py", "--out", str(tmp_path))
    assert (DOCS / "reference" / name).read_bytes() == (tmp_path / name).read_bytes(), (
        "run: python scripts/write_reference.py"
    )


def test_the_picture_of_the_story_is_what_a_run_draws(tmp_path):
    for name in ("one.svg", "two.svg"):
        run("scripts/draw_story.py", "--out", str(tmp_path / name))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (DOCS / "pictures" / "story.svg").read_bytes() == (tmp_path / "one.svg").read_bytes(), (
        "run: python scripts/draw_story.py"
    )


def pages(entries):
    """Every page that a navigation names."""
    for entry in entries:
        value = next(iter(entry.values())) if isinstance(entry, dict) else entry
        yield from pages(value) if isinstance(value, list) else [value]


def test_every_page_is_in_the_navigation_of_the_site():
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = list(pages(site["nav"]))
    assert len(listed) == len(set(listed))
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert written == {page for page in listed if (DOCS / page).is_file()}
    # The others stand at the root; scripts/site_pages.py adds them.
    assert all((ROOT / page).is_file() for page in set(listed) - written)


def test_the_api_page_names_public_names_alone():
    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^::: (\S+)\n.*?members: \[(.*?)\]", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == page.count("\n::: ")
    for module, members in blocks:
        assert set(members.split(", ")) <= set(importlib.import_module(module).__all__), module


def demo_table(path):
    """The rows of the demo's table in a document."""
    text = path.read_text(encoding="utf-8")
    return re.search(r"^\| the next week .*?\n\n", text, re.MULTILINE | re.DOTALL)[0]


def test_the_readme_and_the_results_state_the_same_demo():
    assert demo_table(ROOT / "README.md") == demo_table(DOCS / "results.md")


def test_the_readme_is_a_page():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 800
