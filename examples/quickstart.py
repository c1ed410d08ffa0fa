"""The quickstart in Python: learn from the sample log, put the release into use, rewrite a request.

python examples/quickstart.py
"""

import tempfile
from pathlib import Path

from sayagain import Learner

LOG = Path(__file__).with_name("turns.jsonl")


def main() -> None:
    """Learn in a temporary folder and print what was learnt."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "home.db") as learner:
        ingested = learner.ingest(LOG)
        print(f"{ingested.new} turns")
        release = learner.learn()
        report = learner.evaluate(release)
        print(f"better: {report.better}")
        if report.better:
            learner.promote(release)
        decision = learner.rewrite("turn of the lamp", user="user1")
        print(f"{decision.heard} -> {decision.text} ({decision.layer})")
        for sentence in learner.explain("39a").sentences:
            print(sentence)


if __name__ == "__main__":
    main()
