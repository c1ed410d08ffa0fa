"""Learning never sees the truth: it is not in the log, and a release is the same whether it exists or not."""

import msgspec

from sayagain.household import Replay
from sayagain.household.truth import Truth
from sayagain.learning.learn import LearnSettings, learn
from sayagain.turns import Turn


def test_no_field_of_the_truth_is_in_a_turn(recorded, assistant):
    week = Replay(homes=1, recorded=recorded, assistant=assistant).step()
    hidden = {"said", "meant", "did", "failure_point", "right_without", "reaction", "family", "circumstance", "person"}
    assert hidden <= set(Truth.__struct_fields__)

    def names(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    for turn in week.turns[:200]:
        assert not hidden & set(names(msgspec.to_builtins(turn)))


def test_a_release_is_the_same_without_the_truth(recorded, assistant):
    week = Replay(homes=2, recorded=recorded, assistant=assistant).step()
    settings = LearnSettings(position="parsed")
    with_truth = learn(week.turns, settings).files
    # Only the log survives a trip through JSON; the truth is gone with the process that played it.
    alone = msgspec.json.decode(msgspec.json.encode(week.turns), type=list[Turn])
    del week
    assert learn(alone, settings).files == with_truth
