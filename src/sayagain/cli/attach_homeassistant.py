"""Command that attaches sayagain to a running Home Assistant, until it is stopped."""

import asyncio
import os
import signal
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.config import load_settings
from sayagain.errors import MissingExtra, SettingError

if TYPE_CHECKING:
    from sayagain.assistants.front import Front
    from sayagain.assistants.homeassistant.attachment import AttachmentOptions
    from sayagain.assistants.homeassistant.cold_start.known_requests import SentenceEncoder
    from sayagain.cli.output import Output
    from sayagain.learner import Learner

__all__ = ["attach_homeassistant"]

_TOKEN = "SAYAGAIN_HOMEASSISTANT_TOKEN"  # noqa: S105  (where it is looked for)


def attach_homeassistant(
    *,
    url: Annotated[str, Parameter(help="Of Home Assistant.")] = "http://homeassistant.local:8123",
    token: Annotated[str | None, Parameter(help=f"A long-lived access token ({_TOKEN}).")] = None,
    mode: Literal["forward", "resolve"] = "forward",
    host: str | None = None,
    port: int = 10500,
    asr: str | None = None,
    config: Path | None = None,
    learn_at: str = "03:00",
    service: str | None = None,
    service_token: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Attach to Home Assistant: stand in front of its agent, observe it, learn from it every night; Ctrl-C ends it.

    Args:
        url: See above.
        token: See above.
        mode: `forward` passes on words, `resolve` gives back the intent with its room.
        host: Where the agent listens; the address by which this machine reaches Home Assistant when not given.
        port: Likewise.
        asr: A speech recogniser to stand before, tcp://host:port.
        config: Home Assistant's folder of configuration; custom sentences are written there after each night.
        learn_at: When to learn, every day; a release that the gate refuses is not put into use.
        service: A running sayagain service that decides and learns instead; needs no database here.
        service_token: For it.
        common: What every command takes.
    """
    from sayagain.assistants.homeassistant.attachment import AttachmentOptions  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.homeassistant.nightly_learning import time_of_day  # noqa: PLC0415  (the same)

    given = token or os.environ.get(_TOKEN)
    if not given:
        where = "your profile in Home Assistant makes one (Security, Long-lived access tokens)"
        raise SettingError(f"--token is missing, and {_TOKEN} is not set; {where}")
    database = load_settings({"db": common.db}).db
    wanted = AttachmentOptions(
        url=url,
        token=given,
        spool=f"{database}-homeassistant" if database != ":memory:" else database,
        mode=mode,
        host=host,
        port=port,
        asr=asr,
        config=config,
        learn_at=time_of_day(learn_at),
    )
    with ExitStack() as closing:
        front: Front
        learner: Learner | None = None
        if service is not None:
            from sayagain.assistants.remote import Remote  # noqa: PLC0415  (needed seldom)

            front = closing.enter_context(Remote(service, service_token))
        else:
            front = learner = closing.enter_context(open_learner(common, make=True))
        asyncio.run(_run(wanted, front, learner, common.output))


def _encoder(out: "Output") -> "SentenceEncoder | None":
    """Return what tells likeness of meaning; None where it is missing."""
    from sayagain.models import load_encoder  # noqa: PLC0415  (an extra's part)

    try:
        # No cache on disk: it would keep what people said where `forget` does not look.
        return load_encoder()
    except MissingExtra as missing:
        out.remark(f"what is not understood is matched by sound, not by meaning: {missing}")
        return None


async def _run(wanted: "AttachmentOptions", front: "Front", learner: "Learner | None", out: "Output") -> None:
    from sayagain.assistants.homeassistant.attachment import Attachment  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart  # noqa: PLC0415  (the same)

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Where there are no such handlers, Ctrl-C comes as an exception.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    cold_start = ColdStart(encoder=_encoder(out))
    async with Attachment(wanted, front, learner=learner, cold_start=cold_start, told=out.remark):
        out.remark("attached; Ctrl-C ends it")
        await stop.wait()
    out.remark("let go")
