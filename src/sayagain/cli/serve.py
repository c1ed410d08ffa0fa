"""The command that runs the HTTP service."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.unused_database import remove_unused_database
from sayagain.errors import SettingError
from sayagain.extras import require

if TYPE_CHECKING:
    from sayagain.web.options import ServeOptions

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
    learn_at: str | None = None,
    signing_proxy: Annotated[tuple[str, ...], Parameter(show_default=False)] = (),
    traces: str | None = None,
    log_requests: Annotated[bool, Parameter(negative="--no-log-requests", show_default=False)] = True,
    common: CommonOptions = COMMON,
) -> None:
    """Run the HTTP service and the console in the browser until Ctrl-C or SIGTERM; needs the extra `serve`.

    Args:
        host: Address to listen on; an address that other machines can reach requires a token.
        port: Port to listen on; 0 picks a free one.
        workers: Number of worker processes; they share the database and the release in use.
        tls_cert: TLS certificate with its chain (PEM); turns HTTPS on.
        tls_key: Private key of the certificate (PEM).
        rate: Requests a second allowed to each token (or address, without tokens) on each worker; 0 sets no limit.
        body_limit: Longest request body, in bytes.
        drain: Time that running requests get to finish at shutdown, in ms.
        notice: Time for which /readyz answers 503 before the service stops listening, in ms.
        learn_at: Time of day at which to learn, such as 03:00; a release that the gate refuses is not put into use.
        signing_proxy: Address of a proxy that signs people in itself, such as Home Assistant's ingress, 172.30.32.2:
            whoever it lets through may do everything in the console; may be given several times.
        traces: URL to send OpenTelemetry traces to (OTLP over HTTP); needs the extra `otel`.
        log_requests: Log each request to standard error, without its words or its user.
        common: Options of every command.
    """
    for module in ("uvicorn", "jinja2"):
        require(module, "serve")
    from sayagain.learner.nightly_learning import time_of_day  # noqa: PLC0415  (numbers are imported with the learner)
    from sayagain.web.options import check_tls, is_loopback  # noqa: PLC0415  (an extra's part)
    from sayagain.web.workers import serve as run  # noqa: PLC0415  (the same)

    if (tls_cert is None) != (tls_key is None):
        raise SettingError("only one of --tls-cert and --tls-key is given; expected both, or neither")
    for name, file in (("--tls-cert", tls_cert), ("--tls-key", tls_key)):
        if file is not None and not file.is_file():
            raise SettingError(f"{name}: {file}: there is no such file")
    if tls_cert is not None and tls_key is not None:
        check_tls(str(tls_cert), str(tls_key))
    if learn_at is not None:
        time_of_day(learn_at)
    if traces is not None:
        require("opentelemetry.exporter.otlp.proto.http.trace_exporter", "otel")
    values = {
        "host": host,
        "port": port,
        "workers": workers,
        "tls_cert": None if tls_cert is None else str(tls_cert),
        "tls_key": None if tls_key is None else str(tls_key),
        "rate": rate,
        "body_limit": body_limit,
        "drain": drain,
        "notice": notice,
        "learn_at": learn_at,
        "signing_proxies": signing_proxy,
        "log_requests": log_requests,
        "traces": traces,
    }
    with remove_unused_database(common):
        # Opened before the workers start: an error is reported once, and one process alone creates a new file.
        with open_learner(common, make=True) as learner:
            if not is_loopback(host) and not learner.store.tokens():
                reach = f"--host is {host}, which other machines can reach, and there is no token"
                raise SettingError(f"{reach}; run: sayagain token create")
            settings = {"db": learner.settings.db, "releases": str(learner.releases)}
        run(_options({**values, "settings": settings}))


def _options(values: dict[str, Any]) -> "ServeOptions":
    from sayagain.web.options import ServeOptions  # noqa: PLC0415  (an extra's part)

    try:
        return msgspec.convert(values, ServeOptions)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`")
        expected = str(error).partition(" - ")[0]
        raise SettingError(
            f"--{name.replace('_', '-')} is {values.get(name)}: {expected[0].lower()}{expected[1:]}"
        ) from None
