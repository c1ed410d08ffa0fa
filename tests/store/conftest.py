"""Other programs that use a store at the same time."""

import signal
import subprocess
import sys

import pytest


class Programs:
    """Programs that run beside the test, each in a process of its own."""

    @staticmethod
    def start(program, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run_at_once(self, program, arguments):
        """Run a program once for each list of arguments, all as nearly at once as can be; return the exit codes."""
        processes = [self.start(program, *each) for each in arguments]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [self.finish(process) for process in processes]

    @staticmethod
    def finish(process):
        process.stdin.close()
        process.stdout.close()
        return process.wait()

    def crash(self, program, argument, *, batches):
        """Kill a program that prints the number of each stored batch; return the last that it acknowledged."""
        process = self.start(program, argument)
        acknowledged = [int(process.stdout.readline()) for _ in range(batches)][-1]
        process.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        assert self.finish(process) == -signal.SIGKILL
        return acknowledged


@pytest.fixture
def programs():
    return Programs()


@pytest.fixture
def check_batches():
    """Return a check that a store holds all acknowledged batches of fifty turns, and each in full or not at all."""

    def check(store, acknowledged):
        stored = {turn.turn_id for turn in store.turns()}
        assert stored >= {f"{batch}-{i}" for batch in range(acknowledged + 1) for i in range(50)}
        assert len(stored) % 50 == 0

    return check
