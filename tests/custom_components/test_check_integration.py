"""The check of the integration finds what Home Assistant or HACS would refuse."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def check(root):
    return subprocess.run(
        [sys.executable, "scripts/check_integration.py", "--root", str(root)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_repository_passes():
    done = check(ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def copy(tmp_path):
    shutil.copy(ROOT / "hacs.json", tmp_path)
    shutil.copytree(ROOT / "custom_components", tmp_path / "custom_components")
    return tmp_path


INTEGRATION = Path("custom_components/sayagain")


def edit(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("hacs.json", lambda c: c.pop("name"), "hacs.json: name is missing"),
        ("hacs.json", lambda c: c.update(domains=[]), "hacs.json: domains is unknown to HACS"),
        (INTEGRATION / "manifest.json", lambda c: c.pop("issue_tracker"), "manifest.json: issue_tracker is missing"),
        (INTEGRATION / "manifest.json", lambda c: c.update(a=1), "manifest.json: the keys are not in order"),
        (INTEGRATION / "manifest.json", lambda c: c.update(version="9"), "manifest.json: version is '9'"),
        (
            INTEGRATION / "translations" / "de.json",
            lambda c: c["options"]["error"].pop("own_agent"),
            "translations/de.json: options.error.own_agent is missing",
        ),
        (
            INTEGRATION / "translations" / "de.json",
            lambda c: c["issues"]["remedy"].update(title="{wort}"),
            "translations/de.json: issues.remedy.title has other placeholders",
        ),
        (
            INTEGRATION / "translations" / "en.json",
            lambda c: c["config"]["error"].update(own="https://example.org"),
            "translations/en.json: no code uses config.error.own",
        ),
        (
            INTEGRATION / "translations" / "en.json",
            lambda c: c["config"]["step"].pop("reconfigure"),
            "config_flow.py: the step reconfigure has no text",
        ),
        (
            INTEGRATION / "translations" / "en.json",
            lambda c: c["services"]["teach"]["fields"].pop("person"),
            "services.yaml: the fields of teach are not those of the translations",
        ),
        (INTEGRATION / "icons.json", lambda c: c.pop("services"), "icons.json: its services"),
    ],
)
def test_what_is_wrong_is_named(copy, file, change, said):
    edit(copy / file, change)
    done = check(copy)
    assert done.returncode == 1
    assert said in done.stderr


def test_without_a_brand_it_is_refused(copy):
    (copy / INTEGRATION / "brand" / "icon.png").unlink()
    assert "brand/icon.png: there is no such file" in check(copy).stderr
