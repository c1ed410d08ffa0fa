"""Write the sample log `turns.jsonl`: eight users, forty days, one request that fails and is said again.

    python examples/write_log.py

Each day a user says "turn of the lamp", is not understood, says "turn off the lamp" five seconds later, and is. The
file holds the same bytes each time.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST_DAY = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
NOT_UNDERSTOOD = {"text": "Sorry, I couldn't understand that", "type": "error", "error_code": "no_intent_match"}


def main() -> None:
    """Write the log beside this script."""
    lines = []
    for day in range(40):
        user = f"user{day % 8}"
        evening = FIRST_DAY + timedelta(days=day)
        lines += [
            turn(f"{day}a", evening, user, "turn of the lamp", response=NOT_UNDERSTOOD),
            turn(
                f"{day}b",
                evening + timedelta(seconds=5),
                user,
                "turn off the lamp",
                response={"text": "Turned off the lamp", "type": "action_done"},
                actions=[{"target": "light.lamp"}],
            ),
        ]
    Path(__file__).with_name("turns.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def turn(name: str, started: datetime, user: str, request: str, **rest: object) -> str:
    """Return one line of a log."""
    fields = {"turn_id": name, "started": f"{started:%Y-%m-%dT%H:%M:%SZ}", "user_id": user, "request": request}
    return json.dumps(fields | rest)


if __name__ == "__main__":
    main()
