"""Draw every page of the console as docs/console/*.png: light and dark, wide and phone, from a demo log.

    python scripts/draw_console.py [DATABASE]

Without a database, `sayagain demo` makes one first. Needs Chromium (apt-get install chromium) and the group `browser`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from sayagain import Learner

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "console"
CHROMIUM = "/usr/bin/chromium"
SIZES = {"wide": (1180, 800), "phone": (390, 760)}
COLOURS = 96
"""Colours of a picture: enough for text and charts, and a third of the bytes."""


def main() -> int:
    """Draw all pictures; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "demo.db"
        if len(sys.argv) == 1:
            subprocess.run([sys.executable, "-m", "sayagain.cli", "demo", "--keep", str(database)], check=True)
        pages = pages_of(database)
        with serving(database) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, address in pages.items():
                for size in SIZES:
                    for scheme in ("light", "dark"):
                        draw(browser, f"{url}/console/{address}", FOLDER / f"{name}-{size}-{scheme}.png", size, scheme)
            browser.close()
    return 0


def pages_of(database: Path) -> dict[str, str]:
    """Return the address of each page, with something on it to see."""
    with Learner(database) as learner:
        line = max(learner.rewrites(limit=50), key=lambda line: line.live.good if line.live else 0)
        failure = learner.failures("7d", limit=1).causes[0]
        user = next(turn.user_id for turn in learner.store.turns() if turn.user_id)
        learner.teach("reading time", means="turn on the lamp", user=user)
    return {
        "today": "today",
        "failed": "failed",
        "session": f"session?turn={failure.examples[0]}",
        "rewrites": "rewrites",
        "rewrite": f"rewrite?id={line.rewrite_id}",
        "try": f"try?q={line.heard}",
        "taught": f"taught?user={user}",
        "breaks": "breaks",
        "releases": "releases",
        "labels": "labels",
        "privacy": f"privacy?user={user}",
    }


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """Run the service on a database; give its address."""
    command = [sys.executable, "-m", "sayagain.cli", "serve", "--db", str(database), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = json.loads(next(line for line in process.stderr if '"listening"' in line))
        yield line["url"]
        process.terminate()


def draw(browser: Browser, address: str, path: Path, size: str, scheme: str) -> None:
    """Draw one page into a small file."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", timezone_id="UTC"
    )
    page = context.new_page()
    page.goto(address)
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
