"""How the tree is built: what every file must have, and that what the documents show runs."""

import ast
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sayagain.formats.turns_jsonl import turn_from_line

ROOT = Path(__file__).parents[1]
LOG = (ROOT / "examples" / "turns.jsonl").read_text(encoding="utf-8")
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "sayagain"
FILES = sorted(PACKAGE.rglob("*.py"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
HEAVY = (
    "aiohttp",
    "duckdb",
    "faster_whisper",
    "gazetteer_matcher",
    "hassil",
    "home_assistant_intents",
    "httptools",
    "jinja2",
    "onnx",
    "onnxruntime",
    "openai",
    "opentelemetry",
    "ovos_plugin_manager",
    "piper",
    "prometheus_client",
    "psycopg",
    "psycopg_pool",
    "pyspark",
    "starlette",
    "tokenizers",
    "torch",
    "transformers",
    "uvicorn",
    "uvloop",
    "websocket",
    "wyoming",
    "yaml",
    "zeroconf",
)


def dotted(path):
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def listed(path):
    """The names in `__all__`, or None where there is none."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return ast.literal_eval(node.value)
    return None


def files(paths=FILES):
    return pytest.mark.parametrize("path", paths, ids=[str(path.relative_to(ROOT)) for path in paths])


def programs():
    """The documents; one that teaches networks is run where torch is (`make test-train`)."""
    teach = {path for path in DOCUMENTS if "sayagain.models.training import" in path.read_text(encoding="utf-8")}
    return [
        pytest.param(path, marks=[pytest.mark.train] * (path in teach), id=str(path.relative_to(ROOT)))
        for path in DOCUMENTS
    ]


@files()
def test_every_file_says_in_its_first_line_what_it_is(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.match(r'^"""[A-Z`a-z].*', first), first


@files()
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@files()
def test_public_names_are_listed_sorted_defined_and_documented(path):
    names = listed(path)
    body = tree(path).body
    defined = [node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    if names is None:
        # A file that offers nothing (a package's own line, `__main__`) has nothing to list.
        assert not [node.name for node in defined if not node.name.startswith("_")]
        return
    # Upper case first, as ruff sorts them: constants, classes, functions.
    assert names == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert len(set(names)) == len(names)
    documented = {node.name: ast.get_docstring(node) for node in defined}
    for name in names:
        if name in documented:
            assert documented[name], f"{name} has no docstring"
            assert "\n" in documented[name] or documented[name].endswith(".") or ":" in documented[name]


def importable():
    """Modules that need no optional part: those that the command line and the learner load."""
    heavy = re.compile(rf"^(?:from|import) (?:{'|'.join(HEAVY)}|numba|soundfile|pyopen_wakeword)\b", re.MULTILINE)
    apart = {"household", "training"}
    return [path for path in FILES if not apart & set(path.parts) and not heavy.search(path.read_text("utf-8"))]


@files(importable())
def test_what_a_module_lists_is_there(path):
    module = importlib.import_module(dotted(path)) if path.name != "__main__.py" else None
    for name in listed(path) or () if module is not None else ():
        found = getattr(module, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert inspect.getdoc(found), f"{dotted(path)}.{name} has no docstring"


@files()
def test_there_is_no_room_for_odds_and_ends(path):
    assert not {"utils", "helpers", "common", "manager", "misc"} & set(path.relative_to(SOURCE).with_suffix("").parts)


@files()
def test_nothing_is_left_for_later(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", text)


def test_every_folder_with_code_is_a_package_that_says_what_it_is():
    for folder in {path.parent for path in FILES}:
        init = folder / "__init__.py"
        assert init.is_file(), folder
        assert ast.get_docstring(tree(init)), init


def test_packages_list_what_they_offer():
    for init in (path for path in FILES if path.name == "__init__.py"):
        imported = [
            alias.asname or alias.name
            for node in tree(init).body
            if isinstance(node, ast.ImportFrom) and re.match(r"sayagain(?!\.lazy_imports$)", node.module or "")
            for alias in node.names
        ]
        assert set(imported) <= set(listed(init) or ()), init


def rows_of(heading):
    """The rows of the table beneath a heading of ARCHITECTURE.md, each the backticked words of its cells."""
    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")][1:]
    return [[re.findall(r"`([^`]+)`", cell) for cell in line] for line in lines if "`" in line[0] or "`" in line[1]]


def test_the_map_of_rooms_is_the_tree():
    mapped = [names[0] for names, *_ in rows_of("The rooms") if names]
    folders = {f"{path.parent.relative_to(PACKAGE)}/" for path in FILES if path.name == "__init__.py"} - {"./"}
    modules = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py"}
    assert sorted(mapped) == sorted(folders | modules)


def test_the_map_of_rooms_is_in_the_order_of_the_layers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    mapped = [names[0].removesuffix(".py").split("/")[0] for names, *_ in rows_of("The rooms") if names]
    assert list(dict.fromkeys(mapped)) == contract["layers"][::-1]


def test_the_file_to_open_first_is_there():
    for (room, *_), _, first in rows_of("The rooms"):
        assert room.endswith(".py") or (PACKAGE / room / first[0]).is_file(), room


def test_each_task_of_find_the_file_leads_to_a_file_that_holds_what_it_names():
    tasks = rows_of("Find the file")
    assert len(tasks) >= 10
    for _, (path,), (name,) in tasks:
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8")), (path, name)


def public_names():
    """The names that each package lists: what may be imported from outside."""
    return {dotted(path): set(listed(path) or ()) for path in FILES if path.name == "__init__.py"}


def test_documents_and_examples_import_public_names_alone():
    public = public_names()
    examples = [(path, path.read_text(encoding="utf-8")) for path in (ROOT / "examples").rglob("*.py")]
    shown_code = [(path, code) for path in DOCUMENTS for language, _, code in shown(path) if language == "python"]
    for path, code in [*examples, *shown_code]:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sayagain":
                private = {alias.name for alias in node.names} - public.get(node.module, set())
                assert not private, f"{path.relative_to(ROOT)}: from {node.module} import {', '.join(sorted(private))}"
            if isinstance(node, ast.Import):
                assert not [each for each in node.names if each.name.startswith("sayagain.")], path


def test_dir_shows_the_public_names_of_every_package_that_loads_them_late():
    late = [
        path for path in FILES if path.name == "__init__.py" and "lazy_exports(" in path.read_text(encoding="utf-8")
    ]
    assert PACKAGE / "__init__.py" in late
    for path in late:
        package = importlib.import_module(dotted(path))
        assert set(listed(path)) <= set(dir(package)), path


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_bare_import_loads_no_heavy_part():
    use = "import sys, sayagain; [getattr(sayagain, name) for name in sayagain.__all__]"
    done = run(f"{use}; print(*(name for name in {HEAVY!r} if name in sys.modules))")
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_what_stands_inside_an_assistant_loads_nothing_of_learning():
    learning = ("numpy", "scipy", "pyarrow", "lightgbm", "rapidfuzz", "jellyfish", "sqlite3")
    use = "import sys, sayagain.assistants.remote, sayagain.assistants.by_name"
    done = run(f"{use}; print(*(name for name in {(*HEAVY, *learning)!r} if name in sys.modules))")
    assert (done.stdout.strip(), done.stderr) == ("", "")


WITHOUT = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
import sayagain.cli
from sayagain import Learner
with Learner(sys.argv[1]) as learner:
    print(learner.rewrite("lamp on").text)
"""


def test_the_core_works_where_no_optional_part_is_installed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, str(tmp_path / "home.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("lamp on\n", "")


def test_every_room_of_tests_is_a_room_of_the_source():
    others = {"contracts", "custom_components", "installation"}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        room = path.relative_to(ROOT / "tests").parts[0]
        assert room.endswith(".py") or room in others or (PACKAGE / room).is_dir(), path


def shown(path):
    """The blocks of code of a document, in order, each with the line that it begins in."""
    text = path.read_text(encoding="utf-8")
    blocks = re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [(block[1], text[: block.start()].count("\n") + 2, block[2]) for block in blocks]


@files(DOCUMENTS)
def test_every_block_of_a_document_says_what_it_is_written_in(path):
    known = {"python", "pycon", "console", "sh", "bash", "json", "jsonl", "toml", "yaml", "text", "mermaid"}
    assert {language for language, _, _ in shown(path)} <= known


@pytest.mark.parametrize("path", programs())
def test_the_python_of_a_document_runs(path, tmp_path):
    """All python blocks of a document are one program, run from top to bottom in an empty folder.

    A block that reads `turns.jsonl` reads the log that the repository ships: nothing is skipped.
    """
    blocks = [(line, code) for language, line, code in shown(path) if language == "python"]
    for name in {name for _, code in blocks for name in re.findall(r"[\w./-]+\.jsonl(?:\.gz|\.zst)?", code)}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(LOG, encoding="utf-8")
    # Blank lines before each block keep the line numbers of the document in a traceback.
    program, at = "", 1
    for line, code in blocks:
        program += "\n" * (line - at) + code
        at = line + code.count("\n")
    program_file = tmp_path / f"{path.stem}.py"
    program_file.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program_file)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("SAYAGAIN_")},
    )
    assert done.returncode == 0, done.stderr


@files(DOCUMENTS)
def test_the_turns_that_a_document_shows_are_turns(path):
    for language, _, text in shown(path):
        for record in {"json": [text.replace("\n", " ")], "jsonl": text.splitlines()}.get(language, ()):
            if "turn_id" in json.loads(record):
                assert turn_from_line(record.encode()).turn_id


def test_the_python_of_the_documents_is_found(tmp_path):
    document = tmp_path / "x.md"
    document.write_text("a\n```python\nprint(1)\n```\nb\n```sh\nls\n```\n", encoding="utf-8")
    assert shown(document) == [("python", 3, "print(1)\n"), ("sh", 7, "ls\n")]
