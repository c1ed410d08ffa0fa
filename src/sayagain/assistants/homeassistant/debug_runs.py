"""Pipeline runs as Home Assistant's debug page shows and downloads them, as events of the observer."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.observer.events import millis
from sayagain.assistants.json_values import as_list, as_mapping

__all__ = ["DebugRuns"]

_WANTED = "expected the events of a run, as assist_pipeline/pipeline_debug/get returns them"


class DebugRuns:
    """Finds pipeline runs in records; what the observer recorded passes as it is.

    A run comes as `{"events": […]}`, with or without the message of the socket around it; several as a list; or as its
    events one after the other.

    >>> start = {"type": "run-start", "timestamp": "2026-01-31T08:00:00+00:00", "data": {}}
    >>> [run["kind"] for run in DebugRuns().take({"stage": "done", "events": [start]})]
    ['run']
    """

    def __init__(self) -> None:
        self._events: list[Mapping[str, Any]] = []

    def take(self, record: object) -> Iterator[object]:
        """Yield the events of the observer in one record.

        Raises:
            ValueError: it lists runs without their events, or events without times.
        """
        fields = as_mapping(record)
        nested = record if isinstance(record, list) and record else _nested(fields)
        if nested is not None:
            for part in nested:
                yield from self.take(part)
        elif "kind" in fields:
            yield record
        elif isinstance(fields.get("events"), list):
            yield _run(fields["events"])
        elif isinstance(fields.get("type"), str) and "timestamp" in fields:
            yield from self._take_event(fields)
        else:
            yield record

    def _take_event(self, event: Mapping[str, Any]) -> Iterator[object]:
        if event["type"] == "run-start":
            yield from self.rest()
        self._events.append(event)
        if event["type"] == "run-end":
            yield from self.rest()

    def rest(self) -> Iterator[object]:
        """Yield the run whose end the log does not hold."""
        events, self._events = self._events, []
        if events:
            yield _run(events)


def _nested(fields: Mapping[str, Any]) -> list[Any] | None:
    """Return the records within the answer of Home Assistant's socket, or within a list of runs."""
    if isinstance(fields.get("result"), Mapping):
        return [fields["result"]]
    if "pipeline_runs" not in fields:
        return None
    runs = as_list(fields["pipeline_runs"])
    if any("events" not in as_mapping(run) for run in runs):
        raise ValueError(f"a list of runs without their events; {_WANTED}")
    return runs


def _run(events: Sequence[object]) -> dict[str, Any]:
    times = [time for event in events if (time := millis(as_mapping(event))) is not None]
    if not times:
        raise ValueError(f"no event of the run has a timestamp; {_WANTED}")
    run_id = hashlib.blake2b(msgspec.json.encode(events, order="sorted"), digest_size=10).hexdigest()
    return {"kind": "run", "at": max(times), "run_id": run_id, "events": events}
