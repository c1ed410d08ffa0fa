"""The command that listens to the message bus of OVOS and logs every turn."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import count
from sayagain.cli.unused_database import remove_unused_database
from sayagain.errors import InputError
from sayagain.web.stop_signals import handle_stop_signals

__all__ = ["attach_ovos"]


class BusLogSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of what was read from the bus."""

    turns: int
    """Turns read from the bus."""
    bad: int
    """Messages that are not a turn."""
    lost: int
    """Turns that were not stored; 0 unless the store or the service was unavailable to the end."""


def attach_ovos(
    *,
    host: str = "127.0.0.1",
    port: int = 8181,
    url: str | None = None,
    token: Annotated[str | None, Parameter(env_var="SAYAGAIN_TOKEN")] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Listen to the message bus of OVOS and log every turn until Ctrl-C; needs the extra `ovos`.

    Args:
        host: Address of the message bus.
        port: Port of the message bus.
        url: Address of a sayagain service that stores the turns instead of --db.
        token: Access token of that service.
        common: Options of every command.
    """
    from sayagain.assistants import FailOpen  # noqa: PLC0415  (only where an assistant is attached)
    from sayagain.assistants.ovos import Ovos  # noqa: PLC0415  (the same)
    from sayagain.assistants.ovos.bus import listen  # noqa: PLC0415  (the same)
    from sayagain.assistants.remote import Remote  # noqa: PLC0415  (the same)
    from sayagain.formats import BadRecord  # noqa: PLC0415  (the same)

    if not 1 <= port <= 65_535:
        raise InputError(f"--port is {port}; expected a number from 1 to 65535")
    out = common.output
    turns = bad = 0
    with remove_unused_database(common), ExitStack() as closing, _stop_event() as stop:
        front = Remote(url, token) if url is not None else closing.enter_context(open_learner(common, make=True))
        log = FailOpen(front)
        for record in Ovos().turns(listen(host, port, stop, report=out.remark), f"{host}:{port}"):
            if isinstance(record, BadRecord):
                bad += 1
                out.remark(str(record))
                continue
            turns += 1
            log.observe(record)
            outcome = "failed" if record.failed else "answered"
            out.remark(f"“{record.heard}”: {outcome}", turn_id=record.turn_id, heard=record.heard, failed=record.failed)
        complete = log.close()
        lost_turns = log.lost + log.refused + (0 if complete else log.waiting)
    summary = f"{count(turns, 'turn')} logged" + (f", {lost_turns:,} of them lost: {log.trouble}" if lost_turns else "")
    out.result(BusLogSummary(turns=turns, bad=bad, lost=lost_turns), [summary])


@contextmanager
def _stop_event() -> Iterator[threading.Event]:
    """Give an event that SIGINT and SIGTERM set, so that the last turn is read to its end."""
    stop = threading.Event()

    def request_stop(_: int, __: FrameType | None) -> None:
        # In a thread of its own: the signal may arrive while this thread waits for the event and holds its lock.
        threading.Thread(target=stop.set, name="sayagain-stop").start()

    with handle_stop_signals(request_stop):
        yield stop
