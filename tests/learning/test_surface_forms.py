"""Words are compared in one spelling and passed on in the one that worked."""

import msgspec

from sayagain.learning.learn import LearnSettings, learn
from sayagain.learning.surface_forms import SurfaceForms
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Turn


def written(turn, spelling):
    return msgspec.structs.replace(turn, request=spelling.get(turn.request, turn.request))


def decide(tmp_path, log, request="turn of the lamp"):
    made = learn(log, LearnSettings(holdout=0.0))
    contents = open_contents(write_release(tmp_path, made.manifest, made.files))
    return Decider(contents).decide(Turn(turn_id="new", started=0, request=request), [])


def test_the_spelling_that_worked_is_passed_on(tmp_path, worlds):
    log = [written(turn, {"turn off the lamp": "Turn off the Lamp!"}) for turn in worlds.misheard()]
    assert decide(tmp_path, log).text == "Turn off the Lamp!"


def test_a_spelling_of_one_user_is_passed_on_to_nobody(tmp_path, worlds):
    odd = {"turn off the lamp": "Turn off the Lamp!"}
    log = [written(turn, odd) if turn.user_id == "u0" else turn for turn in worlds.misheard()]
    assert decide(tmp_path, log).text == "turn off the lamp"


def test_the_best_supported_spelling_wins_and_ties_go_by_spelling():
    forms = SurfaceForms()
    for user, surface, p in (("a", "B", 1.0), ("b", "B", 1.0), ("a", "A", 1.0), ("b", "A", 1.0), ("c", "C", 9.0)):
        forms.add("x", surface, user, p)
    assert forms.table(min_users=2) == {"x": "A"}
    forms.add("x", "B", "a", 0.1)
    assert forms.table(min_users=2) == {"x": "B"}
    assert forms.table(min_users=1) == {"x": "C"}
    assert forms.table(min_users=4) == {}
