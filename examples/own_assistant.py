"""An assistant of your own with sayagain in front: decide, answer, observe; learn at night.

    python examples/own_assistant.py

The assistant understands two sentences. `FailOpen` keeps it answering whatever happens to sayagain: after 300 ms a
request is passed on as it is. With a service in place of a learner, `Remote("http://127.0.0.1:8787")` from
`sayagain.assistants.remote` takes the learner's place, and the assistant loads nothing of learning.
"""

import tempfile
from pathlib import Path

from sayagain import Learner, Turn
from sayagain.assistants import FailOpen
from sayagain.turns import Action, Response

EVENING = 1_767_290_400_000
"""2026-01-01T18:00:00Z, in milliseconds."""
DAY = 86_400_000

COMMANDS = {"turn off the lamp": "Turned off the lamp", "turn on the lamp": "Turned on the lamp"}


def answer(request: str) -> tuple[Response, tuple[Action, ...]]:
    """Answer as your assistant does."""
    if request in COMMANDS:
        return Response(text=COMMANDS[request], type="action_done"), (Action(target="light.lamp"),)
    return Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match"), ()


def serve(front: FailOpen, turn_id: str, at: int, user: str, request: str) -> str:
    """Serve one request: ask for a decision, answer what it says, hand on what became of it."""
    heard = Turn(turn_id=turn_id, started=at, user_id=user, request=request)
    decision = front.rewrite(heard)
    response, actions = answer(decision.text)
    front.observe(
        Turn(turn_id=turn_id, started=at, user_id=user, request=request, response=response, actions=actions), decision
    )
    return response.text or ""


def main() -> None:
    """Serve forty evenings, learn, serve one more."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "home.db", holdout=0) as learner:
        with FailOpen(learner) as front:
            for day in range(40):
                at, user = EVENING + day * DAY, f"user{day % 8}"
                serve(front, f"{day}a", at, user, "turn of the lamp")
                serve(front, f"{day}b", at + 5_000, user, "turn off the lamp")
            print("before:", serve(front, "40a", EVENING + 40 * DAY, "user1", "turn of the lamp"))
        learner.promote(learner.learn())
        with FailOpen(learner, deadline=5_000) as front:
            print("after:", serve(front, "41a", EVENING + 41 * DAY, "user1", "turn of the lamp"))


if __name__ == "__main__":
    main()
