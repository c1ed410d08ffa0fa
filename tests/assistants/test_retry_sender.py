"""The thread that sends waiting turns and retries; what keeps them is tested with the front and the spool."""

import threading

import pytest

from sayagain.assistants.retry_sender import RetrySender
from sayagain.errors import TurnError


class Outbox(RetrySender[str]):
    """Keeps entries in a list; refuses each so many times."""

    def __init__(self, *entries, refusals=0, retries_at_close=True, full=0):
        super().__init__(name="outbox", max_pause=0.01, retries_at_close=retries_at_close)
        self.entries = list(entries)
        self.refusals = refusals
        self.sent, self.aside, self.full = [], [], full
        self.was_refused = threading.Semaphore(0)
        self._thread.start()

    def close(self, timeout=20_000):
        self._join(timeout)
        return not self.entries

    def _first(self):
        return self.entries[0] if self.entries else None

    def _send(self, entry):
        if self.refusals:
            self.refusals -= 1
            self.was_refused.release()
            raise OSError("down")
        self.sent.append(entry)

    def _remove(self, entry):
        self.entries.remove(entry)

    def _set_aside(self, entry, reason):
        if self.full:
            self.full -= 1
            raise OSError("disk full")
        self.aside.append((entry, reason))
        self._remove(entry)


class RefusingOutbox(Outbox):
    """Refuses one entry for good; has no place for it so many times."""

    def _send(self, entry):
        if entry == "b":
            raise TurnError("no turn")
        super()._send(entry)


def test_entries_are_sent_in_order_and_retried():
    with Outbox("a", "b", refusals=3) as outbox:
        pass
    assert (outbox.sent, outbox.entries, outbox.trouble) == (["a", "b"], [], None)


@pytest.mark.parametrize("retries_at_close", [True, False])
def test_at_close_it_retries_only_if_it_should(retries_at_close):
    outbox = Outbox("a", refusals=10**9, retries_at_close=retries_at_close)
    assert outbox.was_refused.acquire(timeout=20)
    assert outbox.close(timeout=20 if retries_at_close else 20_000) is False
    assert outbox._thread.is_alive() == retries_at_close
    assert (outbox.entries, outbox.trouble) == (["a"], "OSError: down")
    outbox.refusals = 0
    outbox._thread.join(20)
    assert outbox.sent == (["a"] if retries_at_close else [])


def test_what_is_refused_for_good_is_set_aside_and_counted(caplog):
    with RefusingOutbox("a", "b", "c", full=2) as outbox:
        pass
    assert (outbox.sent, outbox.aside, outbox.entries) == (["a", "c"], [("b", "no turn")], [])
    assert (outbox.refused, outbox.trouble) == (1, "1 turn was refused and set aside; the last: no turn")
    assert caplog.messages == ["a turn was refused for good and is set aside (1 so far)"]
