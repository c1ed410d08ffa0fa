"""Check what `make dist` built: everything that ships is in the wheel, and the wheel works in a fresh environment.

    python scripts/check_dist.py

Run it after `python -m build`. It installs the wheel from dist/ into a temporary environment, asks for the version and
the help, and ingests and learns from the sample log there, away from the repository.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
FOR_THE_SOURCE = ("README.md", "LICENSE", "pyproject.toml", "Makefile", "constraints.txt", "examples/turns.jsonl")


def main() -> int:
    """Run all checks; return the exit code."""
    (wheel,) = (ROOT / "dist").glob("*.whl")
    (source,) = (ROOT / "dist").glob("*.tar.gz")
    missing = [*missing_from_wheel(wheel), *missing_from_source(source)]
    for name in missing:
        print(f"missing: {name}", file=sys.stderr)
    if missing:
        return 1
    with tempfile.TemporaryDirectory() as folder:
        try_wheel(wheel, Path(folder))
    print(f"{wheel.name} and {source.name}: whole, and the wheel works")
    return 0


def shipped() -> list[str]:
    """Return every file of the package: code, `py.typed`, models, data of languages and of the household."""
    return [
        path.relative_to(SOURCE).as_posix()
        for path in sorted((SOURCE / "sayagain").rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]


def missing_from_wheel(wheel: Path) -> list[str]:
    """Return what ships and is not in the wheel byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        return [name for name in shipped() if name not in held or archive.read(name) != (SOURCE / name).read_bytes()]


def missing_from_source(source: Path) -> list[str]:
    """Return what a source distribution must hold and does not."""
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    return [name for name in (*FOR_THE_SOURCE, *(f"src/{name}" for name in shipped())) if name not in held]


def try_wheel(wheel: Path, folder: Path) -> None:
    """Install the wheel and learn from the sample log.

    Raises:
        subprocess.CalledProcessError: a command failed.
        ValueError: the rewrite is not the one that the log teaches.
    """
    environment = folder / "venv"
    venv.create(environment, with_pip=True)
    binaries = environment / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(binaries / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], cwd=folder, check=True)
    shutil.copy(ROOT / "examples" / "turns.jsonl", folder)

    def sayagain(*arguments: str) -> str:
        command = [str(binaries / "sayagain"), *arguments]
        done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        print(f"$ sayagain {' '.join(arguments)}\n{done.stdout.splitlines()[0]}")
        return done.stdout

    sayagain("--version")
    sayagain("--help")
    sayagain("ingest", "turns.jsonl", "--db", "home.db")
    sayagain("learn", "--db", "home.db")
    sayagain("promote", "--db", "home.db")
    text = sayagain("rewrite", "turn of the lamp", "--user", "user1", "--db", "home.db")
    if text != "turn off the lamp\n":
        raise ValueError(f"the wheel rewrites “turn of the lamp” to {text!r}, not to “turn off the lamp”")


if __name__ == "__main__":
    sys.exit(main())
