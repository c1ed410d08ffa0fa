import hashlib
import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parent.parent / "scripts" / "release_check.py"

PACKAGES = [
    {"name": "sayagain", "version": "1.0", "requires_dist": ["Msg.Spec>=0.22", "torch>=2; extra == 'train'"]},
    {"name": "msg-spec", "version": "2.0", "license_expression": "BSD-3-Clause"},
    {"name": "torch", "version": "3.0", "license": "a text\nof many lines"},
]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("release_check", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_bill_names_every_package_and_what_needs_what(script):
    bill = script.bill_of_materials(PACKAGES, "sayagain")
    assert bill["metadata"]["component"]["purl"] == "pkg:pypi/sayagain@1.0"
    assert [component["purl"] for component in bill["components"]] == ["pkg:pypi/msg-spec@2.0", "pkg:pypi/torch@3.0"]
    assert bill["components"][0]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]} == {
        "pkg:pypi/msg-spec@2.0": [],
        "pkg:pypi/sayagain@1.0": ["pkg:pypi/msg-spec@2.0"],
        "pkg:pypi/torch@3.0": [],
    }
    assert script.missing_packages(bill, PACKAGES) == []
    assert script.missing_packages(bill, [*PACKAGES, {"name": "other", "version": "1"}]) == [
        "sbom.cdx.json does not name other"
    ]


def test_a_file_with_another_checksum_or_none_is_told(script, tmp_path):
    (tmp_path / "a.whl").write_bytes(b"a")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'a').hexdigest()}  a.whl\n", encoding="ascii")
    assert script.wrong_sums(tmp_path) == []
    (tmp_path / "a.whl").write_bytes(b"b")
    (tmp_path / "b.tar.gz").write_bytes(b"b")
    assert script.wrong_sums(tmp_path) == [
        "a.whl has another checksum than SHA256SUMS says",
        "b.tar.gz is not in SHA256SUMS",
    ]
