"""A deadline for calls that may hang or fail: whoever waits gets an answer in time."""

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["Deadline"]

_MAX_CONCURRENT = 64
"""Largest number of concurrent calls; what hangs is given no further threads."""

T = TypeVar("T")


class Deadline:
    """The longest wait for each of several calls.

    Args:
        milliseconds: the wait.

    >>> Deadline(50).run(lambda: 1 / 0, lambda reason: reason)
    'sayagain failed (ZeroDivisionError: division by zero)'
    """

    def __init__(self, milliseconds: int) -> None:
        self._seconds = milliseconds / 1000
        self._free_slots = threading.Semaphore(_MAX_CONCURRENT)

    def run(self, call: Callable[[], T], on_failure: Callable[[str], T]) -> T:
        """Return what a call returns, or what `on_failure` makes of the reason why it returned nothing in time."""
        if not self._free_slots.acquire(blocking=False):
            return on_failure(f"sayagain has {_MAX_CONCURRENT} requests in progress and answers none of them")
        answer: list[T] = []

        def run() -> None:
            try:
                answer.append(call())
            except Exception as error:  # noqa: BLE001  (whatever fails, the assistant must answer)
                answer.append(on_failure(f"sayagain failed ({type(error).__name__}: {error})"))
            finally:
                self._free_slots.release()

        # A thread for each request: one that hangs delays neither the others nor the end of the process.
        thread = threading.Thread(target=run, name="sayagain-rewrite", daemon=True)
        thread.start()
        thread.join(self._seconds)
        return answer[0] if answer else on_failure(f"sayagain took longer than {self._seconds * 1000:.0f} ms")
