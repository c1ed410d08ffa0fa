"""The command that connects sayagain to a running Home Assistant."""

import asyncio
import os
import signal
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.unused_database import remove_unused_database
from sayagain.config import load_settings
from sayagain.errors import MissingExtra, SettingError

if TYPE_CHECKING:
    from sayagain.assistants.front import Front
    from sayagain.assistants.homeassistant.attachment import AttachmentOptions
    from sayagain.cli.output import Output
    from sayagain.learner import Learner
    from sayagain.models import Encoder

__all__ = ["attach_homeassistant"]

HOME_USERS = 1
"""`min_users` of a home: its people are one unit, so what works for one may be passed on for another."""

_TOKEN = "SAYAGAIN_HOMEASSISTANT_TOKEN"  # noqa: S105  (the name of an environment variable)
_SERVICE_TOKEN = "SAYAGAIN_SERVICE_TOKEN"  # noqa: S105  (the same)


def attach_homeassistant(
    *,
    url: str = "http://homeassistant.local:8123",
    token: Annotated[str | None, Parameter(show_default=False)] = None,
    mode: Literal["forward", "resolve"] = "forward",
    host: str | None = None,
    port: int = 10500,
    admit: Annotated[tuple[str, ...], Parameter(negative="", show_default=False)] = (),
    asr: str | None = None,
    config: Path | None = None,
    learn_at: str = "03:00",
    service: str | None = None,
    service_token: Annotated[str | None, Parameter(show_default=False)] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Connect to Home Assistant: serve as its conversation agent, log its turns, learn every night; Ctrl-C stops.

    Args:
        url: Address of Home Assistant.
        token: Long-lived access token of Home Assistant (SAYAGAIN_HOMEASSISTANT_TOKEN).
        mode: `forward` passes the words on; `resolve` returns the intent and its area.
        host: Address on which the agent listens; by default the address from which this machine reaches Home Assistant.
        port: Port on which the agent listens.
        admit: Address or network that may connect besides Home Assistant, for example 192.168.1.20; may be given again.
        asr: Speech recogniser to put sayagain in front of, as tcp://host:port.
        config: Configuration folder of Home Assistant; custom sentences are written there after each night's learning.
        learn_at: Time of day at which to learn; a release that the gate refuses is not put into use.
        service: Address of a running sayagain service that decides and learns instead of a database here.
        service_token: Access token of that service (SAYAGAIN_SERVICE_TOKEN).
        common: Options of every command.
    """
    from sayagain.assistants.homeassistant.attachment import AttachmentOptions  # noqa: PLC0415  (an extra's part)
    from sayagain.learner.nightly_learning import time_of_day  # noqa: PLC0415  (the same)
    from sayagain.store.turn_spool import spool_path  # noqa: PLC0415  (numbers are imported with the store)

    access_token = token or os.environ.get(_TOKEN)
    if not access_token:
        advice = "create a token in your Home Assistant profile (Security, Long-lived access tokens)"
        raise SettingError(f"--token is missing, and {_TOKEN} is not set; {advice}")
    database = load_settings({"db": common.db}).db
    options = AttachmentOptions(
        url=url,
        token=access_token,
        spool=spool_path(database),
        mode=mode,
        host=host,
        port=port,
        admit=admit,
        asr=asr,
        config=config,
        learn_at=time_of_day(learn_at),
    )
    with remove_unused_database(common), ExitStack() as stack:
        front: Front
        learner: Learner | None = None
        if service is not None:
            from sayagain.assistants.remote import Remote  # noqa: PLC0415  (seldom needed)

            front = stack.enter_context(Remote(service, service_token or os.environ.get(_SERVICE_TOKEN)))
        else:
            front = learner = stack.enter_context(open_learner(common, make=True, min_users=HOME_USERS))
        asyncio.run(_run(options, front, learner, common.output))


def _encoder(out: "Output") -> "Encoder | None":
    """Return the sentence encoder; None where the extra `models` is not installed."""
    from sayagain.models import load_encoder  # noqa: PLC0415  (an extra's part)

    try:
        # No cache on disk: it would keep what people said in a place that `forget` does not clear.
        return load_encoder()
    except MissingExtra as missing:
        out.remark(f"requests that are not understood are matched by sound, not by meaning: {missing}")
        return None


async def _run(options: "AttachmentOptions", front: "Front", learner: "Learner | None", out: "Output") -> None:
    from sayagain.assistants.homeassistant.attachment import Attachment  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart  # noqa: PLC0415  (the same)
    from sayagain.teaching.lesson_tagger import LessonTagger  # noqa: PLC0415  (the same)

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there, Ctrl-C raises an exception.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    encoder = _encoder(out)
    cold_start = ColdStart(encoder=encoder)
    if learner is not None:
        learner.runtime.oracle = cold_start
        if encoder is not None:
            learner.runtime.dialogue.tagger = LessonTagger.open(encoder)
    async with Attachment(options, front, learner=learner, cold_start=cold_start, report=out.remark):
        out.remark("connected; press Ctrl-C to stop")
        await stop.wait()
    out.remark("disconnected")
