"""Killed writers: what was acknowledged before a kill is there after it, whole, and nothing half done stands beside it.

Each writer runs in a process that is forked, writes until it is killed at a random moment, and says what it has
finished through a pipe. Then a new process's view of the files is compared with that.
"""

import os
import random
import select
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sayagain.errors import SayagainError
from sayagain.learner.backup import create_backup, restore_backup
from sayagain.releases.erasure import delete_leftovers, erase_personal
from sayagain.releases.mapped_table import encode_table
from sayagain.releases.release import DRAFT, Manifest, list_releases, open_release, write_release
from sayagain.rewriting.own import PersonalRequests
from sayagain.store import open_store
from sayagain.store.turn_spool import open_spool
from sayagain.teaching import Taught
from sayagain.turns import FeedbackReport, Turn

__all__ = ["kill_writers"]

BATCH = 20
MANIFEST = Manifest(seed=1, log_since=0, log_until=9, settings={}, counts={}, metrics={}, files={})
Writer = Callable[[Path], Iterator[int]]
"""Writes number after number, and yields each when it is acknowledged."""
Check = Callable[[Path, int], int]
"""Counts what is lost or half done of the numbers up to the one given."""


def kill_writers(kills: int, seed: int) -> dict[str, Any]:
    """Kill every kind of writer in turn; return the counts."""
    dice = random.Random(seed)  # noqa: S311  (the same kills each time)
    counts: Counter[str] = Counter()
    for number in range(kills):
        name = list(WRITERS)[number % len(WRITERS)]
        write, check = WRITERS[name]
        with tempfile.TemporaryDirectory() as folder:
            last = _kill(write, Path(folder), dice.uniform(0, 0.08))
            counts["acknowledged"] += last + 1
            lost = check(Path(folder), last)
            counts["lost"] += lost
            counts[name] += 1
            if lost:
                print(f"{name}: {lost} lost or half done of {last + 1}")
    print(f"{kills} kills, {counts['acknowledged']} acknowledged writes, {counts['lost']} lost")
    return {"kills": kills, "acknowledged": counts["acknowledged"], "lost": counts["lost"]}


def _kill(write: Writer, folder: Path, after: float) -> int:
    """Run a writer in a process of its own and kill it; return the last number that it acknowledged, or -1."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with suppress(BaseException):
            for number in write(folder):
                os.write(writer, b"%d\n" % number)
        os._exit(1)
    os.close(writer)
    with open(reader, "rb") as pipe:  # noqa: PTH123  (a descriptor)
        # Killed from the first write on, or before it.
        select.select([pipe], [], [], 10 if after > 0.01 else after)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = pipe.read().split()
    return int(lines[-1]) if lines else -1


def _turns(number: int) -> list[Turn]:
    return [
        Turn(turn_id=f"{number}-{place}", started=number, request="lamp on", user_id="ann") for place in range(BATCH)
    ]


def _write_turns(folder: Path) -> Iterator[int]:
    with open_store(folder / "home.db") as store:
        for number in range(10**6):
            store.add_turns(_turns(number))
            yield number


def _check_turns(folder: Path, last: int) -> int:
    with open_store(folder / "home.db") as store:
        stored = Counter(turn.turn_id.partition("-")[0] for turn in store.turns())
    missing = sum(str(number) not in stored for number in range(last + 1))
    return missing + sum(count != BATCH for count in stored.values())


def _write_lessons(folder: Path) -> Iterator[int]:
    with open_store(folder / "home.db") as store:
        for number in range(10**6):
            store.teach(Taught(user_id="ann", phrase=f"mode {number}", means="lamp on", at=number))
            store.add_feedback(f"t{number}", FeedbackReport(kind="helped", value=0.0), at=number)
            store.withdraw(f"r{number}", "test", at=number)
            store.set_release_in_use(number + 1, at=number)
            yield number


def _check_lessons(folder: Path, last: int) -> int:
    with open_store(folder / "home.db") as store:
        phrases = {lesson.phrase for lesson in store.taught([Taught(user_id="ann", phrase="a", means="b", at=0).owner])}
        withdrawn, in_use = store.withdrawn(), store.release_in_use()
        store.add_turns([Turn(turn_id=f"t{number}", started=0, request="x") for number in range(last + 1)])
        reported = [store.turn(f"t{number}") for number in range(last + 1)]
    lost = sum(f"mode {number}" not in phrases or f"r{number}" not in withdrawn for number in range(last + 1))
    lost += sum(turn is None or not turn.feedback for turn in reported)
    return lost + (last >= 0 and (in_use is None or in_use < last + 1))


def _write_releases(folder: Path) -> Iterator[int]:
    personal = encode_table({"ann": PersonalRequests(), "bob": PersonalRequests()})
    for number in range(10**6):
        release = write_release(folder, MANIFEST, {"personal.arrow": personal, "table.arrow": b"x" * 200_000})
        erase_personal(folder, release.number, "ann")
        yield number


def _check_releases(folder: Path, last: int) -> int:
    delete_leftovers(folder)
    lost = sum(path.name.startswith(DRAFT) for path in folder.iterdir())
    numbers = list_releases(folder)
    for number in numbers:
        try:
            open_release(folder, number)
        except SayagainError:
            lost += 1
    return lost + sum(number + 1 not in numbers for number in range(last + 1))


def _write_spool(folder: Path) -> Iterator[int]:
    with closing(open_spool(folder / "home.db-homeassistant")) as spool:
        for number in range(10**6):
            spool.execute("BEGIN IMMEDIATE")
            spool.executemany("INSERT INTO turn VALUES (?, x'7b7d', 1)", [(f"{number}-{i}",) for i in range(BATCH)])
            spool.execute("COMMIT")
            yield number


def _check_spool(folder: Path, last: int) -> int:
    with closing(open_spool(folder / "home.db-homeassistant")) as spool:
        stored = Counter(name.partition("-")[0] for (name,) in spool.execute("SELECT turn_id FROM turn"))
    missing = sum(str(number) not in stored for number in range(last + 1))
    return missing + sum(count != BATCH for count in stored.values())


def _write_forgetting(folder: Path) -> Iterator[int]:
    with open_store(folder / "home.db") as store:
        for number in range(10**6):
            user = f"user {number}"
            store.add_turns([Turn(turn_id=f"{number}", started=number, request=f"zebra{number} on", user_id=user)])
            store.forget_user(user)
            yield number


def _check_forgetting(folder: Path, last: int) -> int:
    with open_store(folder / "home.db") as store:
        users = {turn.user_id for turn in store.turns()}
    return sum(f"user {number}" in users for number in range(last + 1))


def _write_backups(folder: Path) -> Iterator[int]:
    with open_store(folder / "home.db") as store:
        for number in range(10**6):
            store.add_turns(_turns(number))
            create_backup(str(folder / "home.db"), folder / "home.db-releases", folder / f"{number}.tar")
            yield number


def _check_backups(folder: Path, last: int) -> int:
    lost = sum(not (folder / f"{number}.tar").is_file() for number in range(last + 1))
    for path in folder.glob("*.tar"):
        db = f"{path}.db"
        restore_backup(path, db, Path(f"{db}-releases"))
        lost += _turn_count(db) != BATCH * (int(path.stem) + 1)
    return lost


def _turn_count(db: str) -> int:
    with open_store(db) as store:
        return store.count()


WRITERS: dict[str, tuple[Writer, Check]] = {
    "turns": (_write_turns, _check_turns),
    "lessons, feedback, withdrawals, promotions": (_write_lessons, _check_lessons),
    "releases": (_write_releases, _check_releases),
    "spool": (_write_spool, _check_spool),
    "forgetting": (_write_forgetting, _check_forgetting),
    "backups": (_write_backups, _check_backups),
}
"""What is killed, and how what it acknowledged is found again."""
