"""The command that stands before an LLM agent: a proxy that speaks the OpenAI protocol."""

import asyncio
import signal
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sayagain.assistants import FailOpen, Front
from sayagain.assistants.remote import Remote
from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.assistants.openai.proxy import Proxy

__all__ = ["attach_openai"]


def attach_openai(
    *,
    upstream: str,
    host: str = "127.0.0.1",
    port: int = 8788,
    url: str | None = None,
    token: Annotated[str | None, Parameter(env_var="SAYAGAIN_TOKEN", show_default=False)] = None,
    deadline: int = 300,
    common: CommonOptions = COMMON,
) -> None:
    """Stand before an LLM agent: point its client's base URL here; needs the extra `openai`.

    Args:
        upstream: The base address of the model's side, for example https://api.openai.com/v1.
        host: Where to listen.
        port: Likewise.
        url: Ask the service at this address, for example http://127.0.0.1:8787, and not --db.
        token: Of the service, with the scopes rewrite and observe.
        deadline: How long a call waits for a decision, in milliseconds.
        common: What every command takes.
    """
    from sayagain.assistants.openai.proxy import Proxy  # noqa: PLC0415  (an extra's part)

    if deadline < 1:
        raise InputError(f"--deadline is {deadline}; expected milliseconds, 1 or more")
    with ExitStack() as closing:
        if url is not None:
            front: Front = closing.enter_context(Remote(url, token))
        else:
            front = closing.enter_context(open_learner(common, make=True))
        fail_open = closing.enter_context(FailOpen(front, deadline=deadline))
        asyncio.run(_serve(Proxy(upstream, fail_open, deadline=deadline), host, port, common))
        if not fail_open.close() or fail_open.lost:
            common.output.remark(f"not every turn could be handed on: {fail_open.trouble or 'there were too many'}")


async def _serve(proxy: "Proxy", host: str, port: int, common: CommonOptions) -> None:
    runner = await proxy.run(host, port)
    told = asyncio.Event()
    with suppress(NotImplementedError):
        # Windows has none.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    common.output.remark(f"http://{host}:{runner.addresses[0][1]}/v1 stands before {proxy.upstream}; Ctrl-C ends it")
    try:
        await told.wait()
    finally:
        # Answers under way are let through, turns under way are logged.
        await runner.cleanup()
