"""Draw the story of one request as docs/pictures/story.svg, from a real run on the sample log.

    python scripts/draw_story.py

It learns from examples/turns.jsonl, puts the release into use, asks for a decision, and draws what came out. The file
holds the same bytes each time; probabilities are left out, since they depend on the processor in the last digits.
"""

import argparse
import json
import tempfile
from html import escape
from pathlib import Path

from sayagain import Learner

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "examples" / "turns.jsonl"
PICTURE = ROOT / "docs" / "pictures" / "story.svg"

FAILED = "39a"
"""The turn of the sample log that the picture begins with; the one after it is its rephrase."""

TITLE = "A request fails, is said again, is learnt at night, and works from then on"
WIDTH, COLUMN, TOP = 980, 240, 34
COLOURS = {"user": "#dbe9f6", "assistant": "#ececec", "wrong": "#f8dcd7", "right": "#dcefdc", "sayagain": "#fdf0cd"}
FONT = "font-family='DejaVu Sans, Helvetica, Arial, sans-serif'"


def main() -> None:
    """Run the story and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PICTURE)
    out = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(draw(*story()), encoding="utf-8")


def story() -> tuple[list[tuple[str, list[tuple[str, str, str]]]], list[str]]:
    """Return the columns (a title, and boxes of kind, who, words) and the lines of `explain`."""
    turns = {turn["turn_id"]: turn for turn in map(json.loads, LOG.read_text(encoding="utf-8").splitlines())}
    answers = {turn["request"]: turn["response"]["text"] for turn in turns.values()}
    heard = turns[FAILED]["request"]
    again = turns[FAILED.replace("a", "b")]["request"]
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "home.db", shipped_judge=False) as learner:
        ingested = learner.ingest(LOG)
        release = learner.promote(learner.learn())
        decision = learner.rewrite(heard, user=turns[FAILED]["user_id"])
        found = learner.explain(FAILED).sentences
        listed = learner.rewrites(limit=1)[0]
    columns = [
        ("One evening", [("user", "user", heard), ("wrong", "assistant", answers[heard])]),
        ("Five seconds later", [("user", "user", again), ("right", "assistant", answers[again])]),
        (
            "At night: sayagain learn",
            [
                ("sayagain", f"release {release.number}, from {ingested.new} turns", f"{listed.heard} → {listed.text}"),
            ],
        ),
        (
            "From then on",
            [
                ("user", "user", heard),
                ("sayagain", f"sayagain passes on ({decision.layer})", decision.text),
                ("right", "assistant", answers[decision.text]),
            ],
        ),
    ]
    shown = [line for line in found if "defect" not in line and not line.startswith("Heard")]
    return columns, [line.split(": “")[0].rstrip(".") if line.startswith("Release") else line for line in shown]


def draw(columns: list[tuple[str, list[tuple[str, str, str]]]], explained: list[str]) -> str:
    """Return the picture as SVG."""
    deepest = max(len(boxes) for _, boxes in columns)
    below = TOP + 20 + deepest * 70
    height = below + 34 + 20 * len(explained) + 10
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' aria-label='{TITLE}'>",
        f"<rect width='{WIDTH}' height='{height}' fill='white'/>",
    ]
    for number, (title, boxes) in enumerate(columns):
        left = 10 + number * COLUMN
        parts.append(text(left, 26, f"{number + 1}. {title}", size=15, weight="bold"))
        for place, (kind, who, words) in enumerate(boxes):
            top = TOP + 10 + place * 70
            parts.append(
                f"<rect x='{left}' y='{top}' width='{COLUMN - 16}' height='60' rx='8' fill='{COLOURS[kind]}'/>"
            )
            parts.append(text(left + 10, top + 17, who, size=11, fill="#555"))
            for line_number, line in enumerate(wrap(words)):
                parts.append(text(left + 10, top + 34 + 17 * line_number, line, size=13))
    parts.append(text(10, below + 18, f"$ sayagain explain {FAILED}", size=13, family="monospace", weight="bold"))
    parts += [text(10, below + 40 + 20 * number, line, size=13) for number, line in enumerate(explained)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def text(x: int, y: int, words: str, *, size: int, fill: str = "#111", weight: str = "normal", family: str = "") -> str:
    """Return one line of text."""
    font = f"font-family='{family}'" if family else FONT
    return (
        f"<text x='{x}' y='{y}' {font} font-size='{size}' font-weight='{weight}' fill='{fill}'>{escape(words)}</text>"
    )


def wrap(words: str, width: int = 30) -> list[str]:
    """Break words into lines that fit a box."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


if __name__ == "__main__":
    main()
