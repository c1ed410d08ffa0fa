"""Record the household's outcomes: requests through real voices, rooms and recognition, into the file that is shipped.

    python scripts/record_outcomes.py              record, or go on after a kill
    python scripts/record_outcomes.py --chunks 3   only the first chunks, into a file of their own
    python scripts/record_outcomes.py --table      print the error rates of the file that is shipped

Needs the extra `voice` and the programs flite, festival (with festvox-us-slt-hts) and espeak-ng. Recorded again with
the same versions on the same kind of processor, the file is the same bit for bit.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sayagain.household.inventory import recording_plan
from sayagain.household.outcome import CONDITIONS, VOICES, Delivery, SpeechOutcome
from sayagain.household.speech.listen import Ears
from sayagain.household.speech.recognise import recogniser
from sayagain.household.speech.record import Recorder
from sayagain.household.speech.recording import SHIPPED_RECORDING, Kind, read_recording, write_recording
from sayagain.household.speech.score import sentence_error_rate, word_error_rate
from sayagain.household.speech.television import false_wakes, television_lines

HERE = Path(__file__).resolve().parent
COUNT = 12_000  # deliveries of people, the most needed first
CHUNK = 96

Chunk = tuple[Kind, list[Delivery]]


def main() -> int:
    """Record what is not recorded yet, then join the chunks into the one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="deliveries of people, the most needed first")
    parser.add_argument("--work", type=Path, default=HERE.parent / "build" / "recording", help="where chunks are kept")
    parser.add_argument("--out", type=Path, default=SHIPPED_RECORDING, help="the file to write")
    parser.add_argument("--chunks", type=int, help="record only so many chunks; they go to a file in --work")
    parser.add_argument("--threads", type=int, default=2, help="threads of the recogniser; the result is the same")
    parser.add_argument("--share", default="1/1", help="record only this share, as 1/2 and 2/2 in two processes")
    parser.add_argument("--table", action="store_true", help="print the error rates of --out and record nothing")
    asked = parser.parse_args()
    if not asked.table:
        chunks = to_record(asked.count)[: asked.chunks]
        out = asked.out if asked.chunks is None else asked.work / f"first-{asked.chunks}.parquet"
        share, of = (int(number) for number in asked.share.split("/"))
        record(chunks[share - 1 :: of], asked.work, asked.threads)
        if not all(file_of(chunk, asked.work).exists() for chunk in chunks):
            print("this share is recorded; run again without --share when the others are", file=sys.stderr)
            return 0
        join(chunks, asked.work, out)
        asked.out = out
    describe(asked.out)
    return 0


def to_record(count: int) -> list[Chunk]:
    """Return the chunks of work: what people need, the most useful first, then the lines of the television."""
    work: list[Chunk] = []
    every: tuple[tuple[Kind, list[Delivery]], ...] = (
        ("request", recording_plan(count=count)[:count]),
        ("television", list(television_lines())),
    )
    for kind, deliveries in every:
        work += [(kind, deliveries[start : start + CHUNK]) for start in range(0, len(deliveries), CHUNK)]
    return work


def file_of(chunk: Chunk, work: Path) -> Path:
    """Return where a chunk is kept; named by what is to be said, so a changed plan never meets old chunks."""
    return work / f"{hashlib.blake2b(repr(chunk).encode(), digest_size=8).hexdigest()}.parquet"


def record(chunks: Sequence[Chunk], work: Path, threads: int) -> None:
    """Record the chunks of which there is no file yet."""
    work.mkdir(parents=True, exist_ok=True)
    missing = [chunk for chunk in chunks if not file_of(chunk, work).exists()]
    if not missing:
        return
    ears = Ears(recogniser(threads=threads))
    recorder = Recorder(ears)
    makers: dict[Kind, Callable[[list[Delivery]], list[SpeechOutcome]]] = {
        "request": recorder.record,
        "television": lambda lines: false_wakes(lines, ears),
    }
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("recording", total=sum(len(deliveries) for _, deliveries in missing))
        for chunk in missing:
            kind, deliveries = chunk
            outcomes = makers[kind](deliveries)
            path = file_of(chunk, work)
            making = path.with_suffix(".part")
            write_recording(making, *((outcomes, []) if kind == "request" else ([], outcomes)))
            making.replace(path)
            progress.advance(task, len(deliveries))


def join(chunks: Sequence[Chunk], work: Path, out: Path) -> None:
    """Write the outcomes of all chunks into one file."""
    found: dict[Kind, list[SpeechOutcome]] = {"request": [], "television": []}
    for chunk in chunks:
        for kind, outcomes in read_recording(file_of(chunk, work)).items():
            found[kind] += outcomes
    write_recording(out, found["request"], found["television"])


def describe(path: Path) -> None:
    """Print how much was recorded and how often recognition is wrong, by voice and condition."""
    found = read_recording(path)
    outcomes = found["request"]
    content = path.read_bytes()
    print(f"{path.name}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    print(f"{len(outcomes):,} outcomes of {len({one.request for one in outcomes}):,} requests", end="; ")
    print(f"{len(found['television']):,} false wakes by {len({one.request for one in found['television']}):,} lines")
    console = Console(width=150)
    for pace, title in (("normal", "plain"), ("slow", "slower and louder")):
        table = Table(
            "voice", *CONDITIONS, title=f"{title}: % words wrong, % sentences wrong, % wrong in all 5; outcomes"
        )
        for voice in (*VOICES, "all"):
            cells = []
            for condition in CONDITIONS:
                some = [
                    one
                    for one in outcomes
                    if one.condition == condition and one.pace == pace and voice in {one.voice, "all"}
                ]
                rates = (word_error_rate(some), sentence_error_rate(some), sentence_error_rate(some, nbest=5))
                cells.append(" ".join(f"{100 * rate:4.1f}" for rate in rates) + f" {len(some):6,}" if some else "")
            table.add_row(voice, *cells)
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())
