"""The command that runs a proxy in front of an LLM agent; the proxy speaks the OpenAI protocol."""

import asyncio
import signal
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sayagain.assistants import FailOpen, Front
from sayagain.assistants.remote import Remote
from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.unused_database import remove_unused_database
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
    allow_host: Annotated[tuple[str, ...], Parameter(negative="", show_default=False)] = (),
    teach: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> None:
    """Run a proxy in front of an LLM agent, as its client's base URL; needs the extra `openai`.

    Args:
        upstream: Base URL of the model's API, for example https://api.openai.com/v1.
        host: Address to listen on.
        port: Port to listen on.
        url: Address of a sayagain service to use instead of --db, for example http://127.0.0.1:8787.
        token: Access token of that service, with the scopes `rewrite` and `observe`.
        deadline: Longest wait of a call for a decision, in milliseconds.
        allow_host: Host name, other than local ones, under which clients reach the proxy or that serves pages which
            call it; may be given several times.
        teach: Let users teach in conversation: the proxy answers them itself, and the model sees the answer as its own.
            A service needs a token with the scope `teach` then.
        common: Options of every command.
    """
    from sayagain.assistants.openai.proxy import Proxy  # noqa: PLC0415  (an extra's part)

    if deadline < 1:
        raise InputError(f"--deadline is {deadline}; expected milliseconds, 1 or more")
    with remove_unused_database(common), ExitStack() as closing:
        if url is not None:
            front: Front = closing.enter_context(Remote(url, token))
        else:
            front = closing.enter_context(open_learner(common, make=True))
        fail_open = closing.enter_context(FailOpen(front, deadline=deadline))
        proxy = Proxy(upstream, fail_open, deadline=deadline, allowed_hosts=[*allow_host, host], teaches=teach)
        asyncio.run(_serve(proxy, host, port, common))
        if not fail_open.close() or fail_open.lost or fail_open.refused:
            common.output.remark(f"some turns were not logged: {fail_open.trouble or 'there were too many at once'}")


async def _serve(proxy: "Proxy", host: str, port: int, common: CommonOptions) -> None:
    runner = await proxy.run(host, port)
    stop = asyncio.Event()
    with suppress(NotImplementedError):
        # Windows has no signal handlers.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    common.output.remark(
        f"http://{host}:{runner.addresses[0][1]}/v1 forwards to {proxy.upstream}; press Ctrl-C to stop"
    )
    try:
        await stop.wait()
    finally:
        # Running answers are completed and their turns logged.
        await runner.cleanup()
