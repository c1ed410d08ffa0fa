"""Broken input for every reader and every front: each answer is a turn, a bad record or one of our errors in time.

A crash is any other exception, or a status of 500; a hang is an input that takes longer than `PATIENCE`. Good input
comes from the package's own samples (`tests/contracts`, `examples`), and is changed at random (`trust_mutations`).
"""

import csv
import gzip
import io
import json
import random
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from starlette.testclient import TestClient

from benchmarks.trust_mutations import mutate, mutate_json
from sayagain.assistants.by_name import ASSISTANTS, assistant_named
from sayagain.assistants.openai.answer import Answer
from sayagain.assistants.openai.caller import Caller
from sayagain.assistants.openai.chat import ChatRequest, decode_body
from sayagain.assistants.openai.request_check import RequestCheck
from sayagain.assistants.ovos.bus import parse_message
from sayagain.errors import SayagainError
from sayagain.formats import EventLog, MappedLog, TurnReader, make_column_map, sample_rows
from sayagain.formats.turns_jsonl import turn_from_line
from sayagain.learner import Learner
from sayagain.turns import Turn
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.endpoints import ENDPOINTS
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

__all__ = ["break_readers"]

PATIENCE = 20.0
"""Seconds that one input may take; the slowest that is meant to work takes a fraction."""

ROOT = Path(__file__).resolve().parent.parent
Target = Callable[[random.Random], None]
"""Makes one broken input and has it read."""


class _HangError(BaseException):
    """An input takes too long; no `Exception`, so that nobody who is tried catches it."""


def break_readers(inputs: int, seed: int) -> dict[str, Any]:
    """Read so many broken inputs; return how many there were, and how many crashed or hung."""
    dice = random.Random(seed)  # noqa: S311  (the same inputs each time)
    crashes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        closing.enter_context(_alarms())
        targets = _targets(folder, closing)
        names, weights = list(targets), [weight for _, weight in targets.values()]
        for name in dice.choices(names, weights, k=inputs):
            counts[name] += 1
            try:
                signal.setitimer(signal.ITIMER_REAL, PATIENCE)
                targets[name][0](dice)
            except SayagainError:
                pass
            except (Exception, _HangError) as error:  # noqa: BLE001  (what is looked for)
                signal.setitimer(signal.ITIMER_REAL, 0)
                kind = f"{name}: {type(error).__name__} at {_place(error)}"
                crashes[kind] += 1
                if crashes[kind] == 1:
                    print(f"{kind}: {str(error)[:200]}")
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    hangs = sum(count for kind, count in crashes.items() if "_HangError" in kind)
    print(f"{inputs} inputs ({', '.join(f'{name} {count}' for name, count in sorted(counts.items()))})")
    print(f"{sum(crashes.values()) - hangs} crashes, {hangs} hangs")
    return {"inputs": inputs, "crashes": sum(crashes.values()) - hangs, "hangs": hangs}


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "sayagain" in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "the benchmark"


@contextmanager
def _alarms() -> Iterator[None]:
    def ring(_: int, __: FrameType | None) -> None:
        raise _HangError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _targets(folder: Path, closing: ExitStack) -> dict[str, tuple[Target, float]]:
    """Return every target with its weight: what is read faster is read more often."""
    lines = [line for line in (ROOT / "examples" / "turns.jsonl").read_bytes().splitlines() if line]
    lines += [line for name in ASSISTANTS for line in _contract(f"{name}_turns")]
    targets: dict[str, tuple[Target, float]] = {
        "turn": (_one_turn(lines), 12),
        "turns": (_files(folder / "turns.jsonl", b"\n".join(lines[:20]), TurnReader), 2),
        "gzip": (_files(folder / "turns.gz", gzip.compress(b"\n".join(lines[:20])), TurnReader), 1),
        "zstd": (_files(folder / "turns.zst", zstandard.compress(b"\n".join(lines[:20])), TurnReader), 1),
        "parquet": (_files(folder / "turns.parquet", _parquet(lines), TurnReader), 1),
        "csv": (_files(folder / "table.csv", _csv(lines), _guessed), 1),
        "chat": (_chat, 6),
        "answer": (_answer, 3),
        "check": (_check, 3),
        "ovos bus": (_ovos(_contract("ovos")), 4),
        "http": (_http(folder, lines, closing), 2),
    }
    for name in ASSISTANTS:
        events = _contract(name)
        targets[f"{name} events"] = (_events(name, [json.loads(line) for line in events]), 4)
        targets[f"{name} log"] = (
            _files(folder / f"{name}.jsonl", b"\n".join(events), _event_log(name)),
            1,
        )
    return targets


def _contract(name: str) -> list[bytes]:
    path = ROOT / "tests" / "contracts" / "assistants" / f"{name}.jsonl"
    return [line for line in path.read_bytes().splitlines() if line]


def _one_turn(lines: Sequence[bytes]) -> Target:
    values = [json.loads(line) for line in lines]

    def read(dice: random.Random) -> None:
        if dice.randrange(2):
            turn_from_line(mutate(dice.choice(lines), dice))
        else:
            turn_from_line(json.dumps(mutate_json(dice.choice(values), dice)).encode())

    return read


def _files(path: Path, content: bytes, reader: Callable[[Path], Any]) -> Target:
    def read(dice: random.Random) -> None:
        path.write_bytes(mutate(content, dice))
        for _ in reader(path):
            pass

    return read


def _guessed(path: Path) -> MappedLog:
    return MappedLog(path, make_column_map(sample_rows(path, max_expansion=200), None))


def _event_log(name: str) -> Callable[[Path], EventLog]:
    return lambda path: EventLog(path, assistant_named(name))


def _events(name: str, events: Sequence[Any]) -> Target:
    def read(dice: random.Random) -> None:
        start = dice.randrange(len(events))
        some = list(events[start : start + dice.choice((1, 5, 20))])
        for _ in range(dice.choice((1, 2, 4))):
            place = dice.randrange(len(some))
            some[place] = mutate_json(some[place], dice)
        for _ in assistant_named(name).turns(some, "events"):
            pass

    return read


def _parquet(lines: Sequence[bytes]) -> bytes:
    turns = [msgspec.to_builtins(turn_from_line(line)) for line in lines[:20]]
    rows = [
        {key: str(turn.get(key)) for key in ("turn_id", "request", "user_id")} | {"started": n}
        for n, turn in enumerate(turns)
    ]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def _csv(lines: Sequence[bytes]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time", "customer", "question", "answer"])
    for line in lines[:20]:
        turn = turn_from_line(line)
        writer.writerow([turn.started, turn.user_id, turn.request, turn.response.text if turn.response else ""])
    return out.getvalue().encode()


CHAT = {
    "model": "m",
    "user": "ann",
    "stream": True,
    "messages": [
        {"role": "system", "content": "You run a home."},
        {"role": "user", "content": [{"type": "text", "text": "lamp of"}]},
        {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "light", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "error"},
        {"role": "user", "content": "lamp off"},
    ],
}


def _chat(dice: random.Random) -> None:
    content = (
        mutate(json.dumps(CHAT).encode(), dice) if dice.randrange(2) else json.dumps(mutate_json(CHAT, dice)).encode()
    )
    body = decode_body(content)
    if body is None:
        return
    Caller.of({"traceparent": mutate(b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01", dice).decode("latin-1")}, body)
    chat = ChatRequest.of(body, "scope")
    if chat is not None:
        _ = (chat.messages, chat.words, chat.key, chat.user_spoke_last, chat.tool_results)
        chat.with_words({place: "lamp off" for place, message in enumerate(chat.messages) if message})


CHUNK = (
    b'data: {"choices": [{"delta": {"content": "hello", '
    b'"tool_calls": [{"index": 0, "id": "c", "function": {"name": "light"}}]}}]}\n\n'
)


def _answer(dice: random.Random) -> None:
    answer = Answer(streamed=bool(dice.randrange(2)))
    for _ in range(3):
        answer.feed(mutate(CHUNK, dice))
    answer.close()


def _check(dice: random.Random) -> None:
    path = mutate(b"/v1/chat/completions", dice).decode("latin-1")
    headers = {name: [mutate(b"http://localhost:8788", dice).decode("latin-1")] for name in ("Host", "Origin")}
    RequestCheck().error(path, headers)


def _ovos(lines: Sequence[bytes]) -> Target:
    messages = [json.loads(line) for line in lines]

    def read(dice: random.Random) -> None:
        message = mutate_json(dice.choice(messages), dice)
        if isinstance(message, dict):
            parse_message(message, 0)

    return read


def _http(folder: Path, lines: Sequence[bytes], closing: ExitStack) -> Target:
    learner = closing.enter_context(Learner(folder / "home.db"))
    learner.store.add_turns([Turn(turn_id="t", started=0, request="lamp on", user_id="ann")])
    service = Service(learner, Metrics(), DisabledTraces())
    app = application(service, Access(learner.store, rate=0.0), body_limit=1 << 20)
    client = closing.enter_context(TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True))
    bodies = [
        {"request": "lamp on", "user_id": "ann"},
        {"turn_id": "t", "kind": "helped", "value": 0},
        {"phrase": "study mode", "means": "lamp on", "user_id": "ann"},
        *[json.loads(line) for line in lines[:10]],
        [json.loads(line) for line in lines[:3]],
    ]

    def ask(dice: random.Random) -> None:
        endpoint = dice.choice(ENDPOINTS)
        path = endpoint.path
        while "{" in path:
            head, _, rest = path.partition("{")
            path = head + mutate(dice.choice((b"t", b"1")), dice).decode("latin-1") + rest.partition("}")[2]
        body = json.dumps(mutate_json(dice.choice(bodies), dice)).encode()
        if not dice.randrange(3):
            body = mutate(body, dice)
        query = {
            parameter.name: mutate(b"1", dice)[:300].decode("latin-1")
            for parameter in endpoint.parameters[:2]
            if dice.randrange(2)
        }
        path = "/" + "".join(letter for letter in path[1:400] if letter.isprintable() and letter not in "?#")
        response = client.request(
            endpoint.method, path, content=body, params=query, headers={"Content-Type": "application/json"}
        )
        if response.status_code == 500:
            raise AssertionError(f"{endpoint.method} {endpoint.path}: {response.text[:150]}")

    return ask
