"""Teach a phrase: it counts for its user alone, from the next request on, with no release in use.

python examples/teach.py
"""

import tempfile
from pathlib import Path

from sayagain import Learner


def main() -> None:
    """Teach one phrase, ask as its user and as another, forget it."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "home.db") as learner:
        learner.teach("study mode", means="set the desk lamp to 40 percent", user="ann")
        print("ann:", learner.rewrite("study mode", user="ann").text)
        print("ben:", learner.rewrite("study mode", user="ben").text)
        learner.forget("ann", "study mode")
        print("ann:", learner.rewrite("study mode", user="ann").text)


if __name__ == "__main__":
    main()
