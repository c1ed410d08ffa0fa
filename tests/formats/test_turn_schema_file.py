"""The published JSON Schema is that of the turn."""

import json
from pathlib import Path

from sayagain.formats import write_turn_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "turn.schema.json"


def test_the_published_schema_is_the_present_one(tmp_path):
    write_turn_schema(tmp_path / "turn.schema.json")
    assert PUBLISHED.read_bytes() == (tmp_path / "turn.schema.json").read_bytes(), (
        "the turn has changed; publish its schema: "
        "python -c \"from sayagain.formats import write_turn_schema as w; w('docs/turn.schema.json')\""
    )


def test_the_schema_says_what_a_log_may_hold():
    records = json.loads(PUBLISHED.read_text())["$defs"]
    turn = records["Turn"]
    assert turn["required"] == ["turn_id", "started", "request"]
    assert turn["properties"]["started"]["type"] == ["integer", "string"]
    assert records["AppliedRewrite"]["properties"].keys() >= {"from", "to"}
    assert all(field["description"] for record in records.values() for field in record["properties"].values())
    assert not any(">>>" in record["description"] for record in records.values())
