"""The command that serves: decisions, turns and a look inside over HTTP."""

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.errors import SettingError
from sayagain.extras import require

__all__ = ["serve"]


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8787,
    workers: int = 1,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    rate: float = 1000.0,
    body_limit: int = 1 << 20,
    drain: int = 10_000,
    notice: int = 0,
    traces: str | None = None,
    log_requests: Annotated[bool, Parameter(negative="--no-log-requests", show_default=False)] = True,
    common: CommonOptions = COMMON,
) -> None:
    """Serve decisions, turns and a look inside over HTTP until Ctrl-C or SIGTERM; needs the extra `serve`.

    Args:
        host: Where to listen; any but this machine alone needs a token first.
        port: Likewise; 0 takes a free one.
        workers: Processes that answer; they share the database and the release in use.
        tls_cert: A certificate with its chain (PEM); then HTTPS is spoken.
        tls_key: Its key (PEM).
        rate: Requests a second that a token, or without tokens an address, may make of each worker; 0 for any number.
        body_limit: The longest body that is read, in bytes.
        drain: How long requests under way may take once it is told to end, in ms.
        notice: How long /readyz says no before it stops listening, in ms.
        traces: Where OpenTelemetry traces go (OTLP over HTTP); needs the extra `otel`.
        log_requests: Whether each request gets a line in the log, on standard error; it holds no words and no users.
        common: What every command takes.
    """
    require("uvicorn", "serve")
    from sayagain.web.options import ServeOptions, check_tls, is_loopback  # noqa: PLC0415  (an extra's part)
    from sayagain.web.workers import serve as run  # noqa: PLC0415  (the same)

    if (tls_cert is None) != (tls_key is None):
        raise SettingError("--tls-cert and --tls-key belong together; only one of them is given")
    for name, file in (("--tls-cert", tls_cert), ("--tls-key", tls_key)):
        if file is not None and not file.is_file():
            raise SettingError(f"{name}: {file}: there is no such file")
    if tls_cert is not None and tls_key is not None:
        check_tls(str(tls_cert), str(tls_key))
    if traces is not None:
        require("opentelemetry.exporter.otlp.proto.http.trace_exporter", "otel")
    # Opened once before the workers do: what is wrong with it is told once, and a new file is made by one alone.
    with open_learner(common, make=True) as learner:
        if not is_loopback(host) and not learner.store.tokens():
            raise SettingError(
                f"--host is {host}, which others can reach, and there is no token yet; run: sayagain token create"
            )
        settings = {"db": learner.settings.db, "releases": str(learner.releases)}
    given = {
        "settings": settings,
        "host": host,
        "port": port,
        "workers": workers,
        "tls_cert": None if tls_cert is None else str(tls_cert),
        "tls_key": None if tls_key is None else str(tls_key),
        "rate": rate,
        "body_limit": body_limit,
        "drain": drain,
        "notice": notice,
        "log_requests": log_requests,
        "traces": traces,
    }
    try:
        options = msgspec.convert(given, ServeOptions)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        expected = str(error).partition(" - ")[0]
        raise SettingError(
            f"--{name.replace('_', '-')} is {given.get(name)}: {expected[0].lower()}{expected[1:]}"
        ) from None
    run(options)
