"""One identified user, or a few, gain as much as a home where nobody is identified."""

import msgspec
import pytest

from sayagain import Learner
from sayagain.evaluation import Replayed, gain_interval
from sayagain.turns import fit_few_users, fitting_unit, sessions


@pytest.mark.parametrize("people", [1, 2, 4])
def test_few_users_are_helped(tmp_path, worlds, people):
    log = [
        msgspec.structs.replace(turn, user_id=f"person {int(turn.user_id[1:]) % people}")
        for turn in worlds.misheard(users=40)
    ]
    with Learner(tmp_path / "home.db", holdout=0.0) as learner:
        learner.store.add_turns(sorted(log, key=lambda turn: (turn.started, turn.turn_id)))
        learner.promote(learner.learn())
        assert learner.rewrite("turn of the lamp", user="person 0").text == "turn off the lamp"


def test_many_users_are_left_out_whole(worlds):
    log = fit_few_users(sessions(worlds.misheard(users=5)))
    assert {fitting_unit(session) for session in log} == {f"u{number}" for number in range(5)}


def test_five_to_four_is_not_sure_however_few_the_users():
    rows = [
        Replayed(user="ann", session=str(n), trigger=True, win=n % 9 < 5, loss=n % 9 >= 5, defect=0.5) for n in range(9)
    ]
    assert gain_interval(rows)[0] < 0
