"""Learning never sees the truth: it is not in the log, and a release is the same whether it exists or not."""

import hashlib
import subprocess
import sys

import msgspec

from sayagain.formats import write_turns_jsonl
from sayagain.household import Replay
from sayagain.household.truth import Truth
from sayagain.learning.learn import LearnSettings, learn


def test_no_field_of_the_truth_is_in_a_turn(recorded, assistant):
    week = Replay(homes=1, recorded=recorded, assistant=assistant).step()
    truth_fields = {
        "said",
        "meant",
        "did",
        "failure_point",
        "right_without",
        "reaction",
        "family",
        "circumstance",
        "person",
    }
    assert truth_fields <= set(Truth.__struct_fields__)

    def names(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    for turn in week.turns[:200]:
        assert not truth_fields & set(names(msgspec.to_builtins(turn)))


LEARN = """
import hashlib, sys
from sayagain.formats import read_turns
from sayagain.learning.learn import LearnSettings, learn
files = learn(read_turns(sys.argv[1]), LearnSettings(position="parsed")).files
print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())
"""


def test_a_release_is_the_same_in_a_process_that_never_met_the_truth(recorded, assistant, tmp_path):
    week = Replay(homes=2, recorded=recorded, assistant=assistant).step()
    with_truth = learn(week.turns, LearnSettings(position="parsed")).files
    log = tmp_path / "turns.jsonl"
    write_turns_jsonl(log, week.turns)
    # Only the log reaches the other process: whatever learning could look up of the truth here is not there.
    process = subprocess.run([sys.executable, "-c", LEARN, str(log)], check=True, capture_output=True, text=True)
    assert process.stdout.strip() == hashlib.sha256(repr(sorted(with_truth.items())).encode()).hexdigest()
