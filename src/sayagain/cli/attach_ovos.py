"""The command that watches the message bus of OVOS and logs every turn."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import count
from sayagain.errors import InputError

__all__ = ["attach_ovos"]


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """What was logged while the bus was watched."""

    turns: int
    """Turns that were handed on."""
    bad: int
    """Messages that could not be used."""
    lost: int
    """Turns that nobody took; 0 unless the store or the service was away to the end."""


def attach_ovos(
    *,
    host: str = "127.0.0.1",
    port: int = 8181,
    url: Annotated[str | None, Parameter(help="Hand the turns to the service at this address, not to --db.")] = None,
    token: Annotated[str | None, Parameter(help="For the service.", env_var="SAYAGAIN_TOKEN")] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Watch the message bus of OVOS and log every turn until Ctrl-C; needs the extra `ovos`.

    Args:
        host: Of the message bus.
        port: Likewise.
        url: See above.
        token: See above.
        common: What every command takes.
    """
    from sayagain.assistants import FailOpen  # noqa: PLC0415  (only where an assistant is attached)
    from sayagain.assistants.ovos import Ovos  # noqa: PLC0415  (the same)
    from sayagain.assistants.ovos.bus import listen  # noqa: PLC0415  (the same)
    from sayagain.assistants.remote import Remote  # noqa: PLC0415  (the same)
    from sayagain.formats import BadRecord  # noqa: PLC0415  (the same)

    if not 1 <= port <= 65_535:
        raise InputError(f"--port is {port}; expected a port, from 1 to 65535")
    out = common.output
    turns = bad = 0
    with ExitStack() as closing, _stopping() as stop:
        front = Remote(url, token) if url is not None else closing.enter_context(open_learner(common, make=True))
        log = FailOpen(front)
        for record in Ovos().turns(listen(host, port, stop, tell=out.remark), f"{host}:{port}"):
            if isinstance(record, BadRecord):
                bad += 1
                out.remark(str(record))
                continue
            turns += 1
            log.observe(record)
            how = "failed" if record.failed else "answered"
            out.remark(f"“{record.heard}”: {how}", turn_id=record.turn_id, heard=record.heard, failed=record.failed)
        taken = log.close()
        lost = log.lost if taken else log.lost + log.waiting
    told = f"{count(turns, 'turn')} logged" + (f", {lost:,} of them lost: {log.trouble}" if lost else "")
    out.result(Logged(turns=turns, bad=bad, lost=lost), [told])


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Ctrl-C and the end of the service ask for an end instead of making one, so that no turn is cut off."""
    stop = threading.Event()

    def told(_: int, __: FrameType | None) -> None:
        # In a thread of its own: the signal may come while this one waits for the event and holds its lock.
        threading.Thread(target=stop.set, name="sayagain-stop").start()

    before = {each: signal.signal(each, told) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
