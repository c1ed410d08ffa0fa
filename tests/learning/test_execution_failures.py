"""Failures of execution teach nothing about the words: no name, room, number, time or person is replaced."""

from pathlib import Path

import pytest

from sayagain.learner import Learner
from sayagain.turns import Action, Nlu, Response, Slot, Turn

DAY = 86_400_000
START = 1_767_225_600_000

CASES = [
    ("lock the front door", "lock the back door", "HassLock", "front door", "back door"),
    ("turn off the iron", "turn off the fan", "HassTurnOff", "iron", "fan"),
    ("set the thermostat to 19 degrees", "set the thermostat to 25 degrees", "HassClimateSet", 19, 25),
]


def nlu(intent: str, value: str | int) -> Nlu:
    return Nlu(engine="hassil", intent=intent, slots=(Slot("name" if isinstance(value, str) else "degrees", value),))


def log(case: int, code: str, *, users: bool, hypotheses: bool) -> list[Turn]:
    failing, working, intent, wrong, right = CASES[case]
    turns: list[Turn] = []
    for day in range(20):
        at = START + day * DAY
        who = f"u{day % 3}" if users else None
        for name, after, words, value, ok in (
            ("a", 0, failing, wrong, False),
            ("b", 8_000, working, right, True),
            ("c", 3_600_000, working, right, True),
        ):
            turns.append(
                Turn(
                    turn_id=f"{day}{name}",
                    started=at + after,
                    request=words,
                    assistant="homeassistant",
                    language="en",
                    device_id="kitchen",
                    user_id=who,
                    nlu=nlu(intent, value) if hypotheses else None,
                    response=Response(text="Done", type="action_done")
                    if ok
                    else Response(text="Sorry", type="error", error_code=code),
                    actions=(Action(target=str(value)),) if ok else (),
                )
            )
    return turns


@pytest.mark.parametrize("code", ["failed_to_handle", "timeout", "no_valid_targets"])
@pytest.mark.parametrize("hypotheses", [True, False])
@pytest.mark.parametrize("users", [True, False])
@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_was_understood_and_not_done_is_never_rewritten(
    tmp_path: Path, case: int, users: bool, hypotheses: bool, code: str
) -> None:
    turns = log(case, code, users=users, hypotheses=hypotheses)
    with Learner(tmp_path / "home.db") as learner:
        for turn in turns:
            learner.observe(turn)
        learner.promote(learner.learn(), force=True)
        for user in ("u0", "u1", None):
            decision = learner.rewrite(CASES[case][0], user=user)
            assert decision.text == CASES[case][0], decision.why
        judged = list(learner.store.judgements(defects=True))
        assert all(judgement.label is None or judgement.label.words is None for judgement in judged)
        assert {judgement.turn_id for judgement in judged} >= {turn.turn_id for turn in turns if turn.failed}
