"""A real ovos-core with its message bus, started with settings of its own in a folder of its own, and spoken to."""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import websocket

Message = dict[str, Any]

PIPELINE = [
    "ovos-stop-pipeline-plugin-high",
    "ovos-converse-pipeline-plugin",
    "ovos-padacioso-pipeline-plugin-high",
    "ovos-adapt-pipeline-plugin-high",
    "ovos-padacioso-pipeline-plugin-medium",
    "ovos-adapt-pipeline-plugin-medium",
    "ovos-stop-pipeline-plugin-medium",
    "ovos-fallback-pipeline-plugin-low",
]
UNKNOWN = "ovos-skill-fallback-unknown.openvoiceos"


class RealOvos:
    """`ovos-messagebus` and `ovos-core`, from the folder of their programs.

    Args:
        programs: the `bin` of the environment that they are installed in.
        folder: an empty one; takes their settings, data and logs.
        plugin: settings of the sayagain transformer; None leaves it out.
        fallback: whether fallback-unknown is there, which says that it did not understand.
        locale: files of the user's own for a skill, by skill and file: an `.intent` that adds to the skill's.
    """

    def __init__(
        self,
        programs: Path,
        folder: Path,
        *,
        plugin: Mapping[str, Any] | None = None,
        fallback: bool = True,
        locale: Mapping[str, bytes] | None = None,
    ) -> None:
        self.programs, self.folder = programs, folder
        self.port = _free_port()
        self.messages: list[Message] = []
        self._changed = threading.Condition()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._socket: websocket.WebSocket | None = None
        settings = {
            "lang": "en-US",
            "websocket": {"host": "127.0.0.1", "port": self.port, "route": "/core", "ssl": False},
            "intents": {"pipeline": PIPELINE},
            "utterance_transformers": {"sayagain": {"active": False} if plugin is None else dict(plugin)},
            "skills": {"blacklisted_skills": [] if fallback else [UNKNOWN]},
            "network_tests": {
                "dns_primary": "127.0.0.1",
                "dns_secondary": "127.0.0.1",
                "web_url": "http://127.0.0.1:9",
            },
        }
        conf = folder / "config" / "mycroft" / "mycroft.conf"
        conf.parent.mkdir(parents=True)
        conf.write_text(json.dumps(settings), encoding="utf-8")
        for file, content in (locale or {}).items():
            path = folder / "data" / "mycroft" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def __enter__(self) -> Self:
        """Start both, and wait until every skill is loaded."""
        try:
            self._start("ovos-messagebus")
            self._connect()
            threading.Thread(target=self._listen, daemon=True).start()
            self._start("ovos-core")
            self.wait(self._loaded, 120)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End both."""
        self.stop()

    @property
    def url(self) -> str:
        """Where the bus listens."""
        return f"ws://127.0.0.1:{self.port}/core"

    def stop(self) -> None:
        """End both, the core first."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._socket is not None:
            self._socket.close()

    def log(self, name: str) -> str:
        """What a program printed."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def emit(self, kind: str, data: Mapping[str, Any] | None = None, context: Mapping[str, Any] | None = None) -> None:
        """Put a message on the bus."""
        assert self._socket is not None
        self._socket.send(json.dumps({"type": kind, "data": dict(data or {}), "context": dict(context or {})}))

    def emit_utterance(self, *utterances: str, session: str, site: str = "kitchen") -> None:
        """Speak, the best transcript first, and wait for nothing."""
        heard = {"utterances": list(utterances), "lang": "en-US"}
        self.emit("recognizer_loop:utterance", heard, context(session, site))

    def say(self, *utterances: str, session: str, site: str = "kitchen") -> list[Message]:
        """Speak; returns the messages of the session until an utterance is handled."""
        before = len(self.messages)
        self.emit_utterance(*utterances, session=session, site=site)
        self.wait(lambda: "ovos.utterance.handled" in types(self.of(session, before)))
        return self.of(session, before)

    def spoken(self, session: str, words: str) -> Message:
        """The first answer in a session after an utterance; waits for it."""

        def answers() -> list[Message]:
            own = self.of(session)
            heard = [each["data"].get("utterances") == [words] for each in own]
            return [each for each in own[heard.index(True) :] if each["type"] == "speak"] if any(heard) else []

        self.wait(lambda: bool(answers()))
        return answers()[0]

    def handled_all(self, session: str) -> None:
        """Wait until every utterance of a session is handled."""

        def done() -> bool:
            seen = types(self.of(session))
            return seen.count("ovos.utterance.handled") >= seen.count("recognizer_loop:utterance")

        self.wait(done)

    def of(self, session: str, since: int = 0) -> list[Message]:
        """The messages of one session."""
        return [each for each in self.messages[since:] if session_of(each) == session]

    def wait(self, until: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for messages that make `until` true."""
        with self._changed:
            if not self._changed.wait_for(until, seconds):
                seen = [each["type"] for each in self.messages[-20:]]
                raise TimeoutError(f"OVOS did not get there; the last messages are {seen}")

    def _loaded(self) -> bool:
        return "mycroft.skills.initialized" in types(self.messages)

    def _start(self, program: str) -> None:
        home = {name: str(self.folder / part) for name, part in _XDG.items()}
        with (self.folder / f"{program}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen([self.programs / program], env={**os.environ, **home}, stdout=log, stderr=log)
            )

    def _connect(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self._socket = websocket.create_connection(self.url, timeout=None)
            except OSError:
                if time.monotonic() > until or self._processes[0].poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return

    def _listen(self) -> None:
        assert self._socket is not None
        while True:
            try:
                text = self._socket.recv()
            except (OSError, websocket.WebSocketException):
                return
            if not text:
                return
            message = {"at": time.time_ns() // 1_000_000, **json.loads(text)}
            # Answered by services that are not there; ovos-core waits a minute for each.
            if message["type"] in _ANSWERS:
                self.emit(*_ANSWERS[message["type"]])
            with self._changed:
                self.messages.append(message)
                self._changed.notify_all()


_ANSWERS: dict[str, tuple[str, Message]] = {
    "mycroft.skills.train": ("mycroft.skills.trained", {}),
    "ovos.PHAL.internet_check": (
        "ovos.PHAL.internet_check.response",
        {"internet_connected": False, "network_connected": True},
    ),
}

_XDG = {
    "HOME": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
}


def context(session: str, site: str) -> Message:
    """What a satellite puts beside its messages."""
    return {
        "source": session,
        "destination": ["skills"],
        "session": {"session_id": session, "site_id": site, "lang": "en-US", "pipeline": PIPELINE},
    }


def session_of(message: Mapping[str, Any]) -> str | None:
    """The session of a message, where it tells one."""
    session = message["context"].get("session")
    return session.get("session_id") if isinstance(session, dict) else None


def types(messages: Sequence[Message]) -> list[str]:
    """Their types, in order."""
    return [each["type"] for each in messages]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
