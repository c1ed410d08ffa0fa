"""Check what is about to be released: a bill of materials (CycloneDX) and checksums beside what `make dist` built.

    python scripts/release_check.py

Run it after scripts/check_dist.py. It installs the wheel into a fresh environment, with the versions of
constraints.txt, and writes `dist/sbom.cdx.json`, which names every package that came with it, and `dist/SHA256SUMS`,
and reads both back. With SIGNING_KEY set, gpg signs the checksums with that key (`dist/SHA256SUMS.asc`).
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
SBOM, SUMS = "sbom.cdx.json", "SHA256SUMS"


def main() -> int:
    """Write both files and check them; return the exit code."""
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        report = installed_packages(wheel, Path(folder))
    bill = bill_of_materials(report, "sayagain")
    (DIST / SBOM).write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    names = sorted(path.name for path in DIST.iterdir() if path.name == SBOM or path.name.endswith((".whl", ".tar.gz")))
    lines = [f"{hashlib.sha256((DIST / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (DIST / SUMS).write_text("".join(lines), encoding="ascii")
    problems = [*missing_packages(bill, report), *wrong_sums(DIST)]
    for problem in problems:
        print(problem, file=sys.stderr)
    key = os.environ.get("SIGNING_KEY")
    if key:
        subprocess.run(
            ["gpg", "--batch", "--yes", "--armor", "--local-user", key, "--detach-sign", str(DIST / SUMS)], check=True
        )
    signed = f"signed with {key}" if key else "not signed: SIGNING_KEY is not set"
    print(f"{SBOM}: {len(bill['components'])} packages; {SUMS}: {len(names)} files, {signed}")
    return int(bool(problems))


def installed_packages(wheel: Path, folder: Path) -> list[dict[str, Any]]:
    """Install the wheel into a fresh environment; return the metadata of all packages there, but pip's own."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--constraint", str(ROOT / "constraints.txt"), str(wheel)], check=True)
    report = subprocess.run([*pip, "inspect"], check=True, capture_output=True, text=True).stdout
    packages = [package["metadata"] for package in json.loads(report)["installed"]]
    return [package for package in packages if package["name"] not in {"pip", "setuptools"}]


def bill_of_materials(packages: list[dict[str, Any]], product: str) -> dict[str, Any]:
    """Return the CycloneDX document of a product and the packages that it is installed with.

    >>> packages = [
    ...     {"name": "sayagain", "version": "1", "requires_dist": ["msgspec>=0.22"]},
    ...     {"name": "msgspec", "version": "2"},
    ... ]
    >>> bill_of_materials(packages, "sayagain")["dependencies"][1]
    {'ref': 'pkg:pypi/sayagain@1', 'dependsOn': ['pkg:pypi/msgspec@2']}
    """
    references = {_normal(package["name"]): _reference(package) for package in packages}
    (own,) = (package for package in packages if _normal(package["name"]) == product)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(own, "application")},
        "components": [
            _component(package, "library") for package in sorted(packages, key=_reference) if package is not own
        ],
        "dependencies": [
            {
                "ref": _reference(package),
                "dependsOn": sorted(
                    {references[name] for name in _required_names(package) if name in references}
                    - {_reference(package)}
                ),
            }
            for package in sorted(packages, key=_reference)
        ],
    }


def missing_packages(bill: dict[str, Any], packages: list[dict[str, Any]]) -> list[str]:
    """Return a sentence for each package that is installed and not named."""
    named = {component["purl"] for component in (*bill["components"], bill["metadata"]["component"])}
    return [f"{SBOM} does not name {package['name']}" for package in packages if _reference(package) not in named]


def wrong_sums(folder: Path) -> list[str]:
    """Return a sentence for each file whose checksum is not the one that is written down, or that has none."""
    sums = dict(reversed(line.split("  ")) for line in (folder / SUMS).read_text("ascii").splitlines())
    wrong = [
        f"{name} has another checksum than {SUMS} says"
        for name, expected in sums.items()
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected
    ]
    built = [path.name for path in folder.iterdir() if path.name.endswith((".whl", ".tar.gz"))]
    return wrong + [f"{name} is not in {SUMS}" for name in built if name not in sums]


def _component(package: dict[str, Any], kind: str) -> dict[str, Any]:
    component = {
        "type": kind,
        "bom-ref": _reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": _reference(package),
    }
    licence = package.get("license_expression") or package.get("license")
    if licence and "\n" not in licence:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _reference(package: dict[str, Any]) -> str:
    return f"pkg:pypi/{_normal(package['name'])}@{package['version']}"


def _required_names(package: dict[str, Any]) -> list[str]:
    """Return the names of what a package needs in any case; what an extra needs stands behind a marker."""
    needed = [line for line in package.get("requires_dist", []) if "extra ==" not in line]
    return [_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in needed]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
