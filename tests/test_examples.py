"""What `examples/` shows runs, prints what it promises, and uses public names alone."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))
SHOWN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

PRINTED = {
    "quickstart": "80 turns\nbetter: True\nturn of the lamp -> turn off the lamp (table)\nHeard: “turn of the lamp”.\n",
    "own_assistant": "before: Sorry, I couldn't understand that\nafter: Turned off the lamp\n",
    "teach": "ann: set the desk lamp to 40 percent\nben: study mode\nann: study mode\n",
}
"""By example: how its output begins."""


def environment():
    """The environment, with no setting of sayagain, and with its command on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAYAGAIN_")}
    return kept | {"PYTHONIOENCODING": "utf-8"}


def run(folder, *command):
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, env=environment()
    )


def copied(tmp_path):
    """The examples where nothing else lies, so that what they write stays out of the repository."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def test_every_example_is_run_here():
    assert {path.stem for path in PROGRAMS} == {*PRINTED, "write_log"}
    assert [path.name for path in EXAMPLES.glob("*.sh")] == ["quickstart.sh"]


@pytest.mark.parametrize("name", PRINTED)
def test_an_example_prints_what_it_promises(name, tmp_path):
    done = run(tmp_path, sys.executable, "-W", "error", str(copied(tmp_path) / f"{name}.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(PRINTED[name])


def test_the_quickstart_of_the_command_line_runs(tmp_path):
    """Each line `sayagain …` runs as it stands, through the module, since no command need be installed."""
    folder = copied(tmp_path)
    script = (folder / "quickstart.sh").read_text(encoding="utf-8")
    script = re.sub(r"^sayagain ", f'"{sys.executable}" -m sayagain.cli ', script, flags=re.MULTILINE)
    (folder / "quickstart.sh").write_text(script, encoding="utf-8")
    done = run(folder, "sh", "quickstart.sh")
    assert done.returncode == 0, done.stderr
    assert "turns.jsonl: 80 new turns\n" in done.stdout
    assert "\nturn off the lamp\n" in done.stdout
    assert "What was meant is “turn off the lamp”" in done.stdout


def test_the_sample_log_is_what_its_script_writes(tmp_path):
    folder = copied(tmp_path)
    (folder / "turns.jsonl").unlink()
    assert run(folder, sys.executable, "write_log.py").returncode == 0
    assert (folder / "turns.jsonl").read_bytes() == (EXAMPLES / "turns.jsonl").read_bytes()


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs" / "quickstart.md"], ids=lambda path: path.name)
def test_the_line_of_json_that_is_shown_works_when_pasted(path, tmp_path):
    pasted = re.search(r"^```json\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    assert pasted.count("\n") == 1
    done = subprocess.run(
        [sys.executable, "-m", "sayagain.cli", "ingest", "-", "--db", "home.db"],
        cwd=tmp_path,
        input=pasted,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment(),
    )
    assert (done.returncode, done.stdout) == (0, "standard input: 1 new turn\n"), done.stderr


def imports(code):
    """Return the pairs of module and name that a program takes from sayagain."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sayagain":
            found += [(node.module, alias.name) for alias in node.names]
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names if alias.name.split(".")[0] == "sayagain"]
    return found


@pytest.mark.parametrize("path", [*PROGRAMS, ROOT / "README.md", ROOT / "docs" / "quickstart.md"], ids=lambda p: p.name)
def test_what_newcomers_copy_takes_public_names_alone(path):
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL) if path.suffix == ".md" else [text]
    for module, name in imports("\n".join(blocks)):
        # From sayagain itself or from a room's package, and named in what it offers.
        assert module.count(".") <= 1, module
        assert name in importlib.import_module(module).__all__, f"{module}.{name}"


def test_links_between_documents_lead_to_files():
    for path in [*SHOWN, EXAMPLES / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]:
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            assert "://" in target or (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"
