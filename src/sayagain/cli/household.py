"""Commands of the household: talk to one of its homes, or serve it to any Wyoming client."""

import asyncio
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.config import is_server, load_settings
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.household.talk import Conversation
    from sayagain.learner import Learner
    from sayagain.turns import Turn

__all__ = ["serve_household", "talk"]

HomeNumber = Annotated[int, Parameter(help="Which of the hundred homes, from 0.")]
AreaName = Annotated[str | None, Parameter(help="The room spoken in; the first with a satellite when not given.")]


def talk(
    *request: str,
    home: HomeNumber = 0,
    area: AreaName = None,
    wav: Path | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Talk to a home of the household; with a database, sayagain stands in front and every turn is logged in it.

    Args:
        request: What is said; without it, and without --wav, each line of standard input is a request.
        home: See above.
        area: See above.
        wav: A recording of what is said, 16-bit mono; needs the extra `voice`.
        common: What every command takes.
    """
    out = common.output
    learner = _learner(common)
    try:
        conversation = _conversation(home, area, learner)
        for words, nbest in _said(request, wav):
            turn = conversation.say(words, now=time.time_ns() // 1_000_000, nbest=nbest)
            if learner is not None:
                learner.observe(turn)
            if turn.applied_rewrite is not None:
                out.remark(f"passed on as “{turn.request}”")
            out.result(turn, [_answer(turn)])
    finally:
        if learner is not None:
            learner.close()


def serve_household(
    *,
    home: HomeNumber = 0,
    area: AreaName = None,
    host: str = "127.0.0.1",
    port: int = 10900,
    common: CommonOptions = COMMON,
) -> None:
    """Serve a home over the Wyoming protocol: speech to text, answers and speech; needs the extra `voice`.

    Args:
        home: See above.
        area: See above.
        host: Where to listen.
        port: Likewise.
        common: What every command takes.
    """
    from sayagain.household.speech.wyoming_server import HouseholdServer  # noqa: PLC0415  (an extra's part)

    learner = _learner(common)
    try:
        conversation = _conversation(home, area, learner)

        def answer(text: str) -> str:
            turn = conversation.say(text, now=time.time_ns() // 1_000_000)
            if learner is not None:
                learner.observe(turn)
            # No words is how the server is told that a request was not handled.
            return "" if turn.complained else _answer(turn)

        common.output.remark(f"home {home} listens on {host}:{port}; Ctrl-C ends it")
        asyncio.run(HouseholdServer(answer, host=host, port=port).run())
    finally:
        if learner is not None:
            learner.close()


def _learner(common: CommonOptions) -> "Learner | None":
    name = load_settings({"db": common.db}).db
    return open_learner(common) if common.db is not None or is_server(name) or Path(name).exists() else None


def _conversation(home: int, area: str | None, learner: "Learner | None") -> "Conversation":
    from sayagain.household.rewriting_front import RewritingFront  # noqa: PLC0415  (slow to import, and an extra's part)
    from sayagain.household.talk import Conversation, find_home  # noqa: PLC0415  (the same)

    decider = learner.runtime.decider if learner is not None else None
    return Conversation(find_home(home), area=area, layer=RewritingFront(decider) if decider is not None else None)


def _said(request: tuple[str, ...], wav: Path | None) -> Iterable[tuple[str, tuple[tuple[str, float], ...]]]:
    if wav is not None:
        from sayagain.household.speech.listen import hear  # noqa: PLC0415  (an extra's part)

        heard = hear(wav)
        if not heard.nbest:
            raise InputError(f"{wav}: nothing was heard in it")
        yield heard.best, heard.nbest
    elif request:
        yield " ".join(request), ()
    else:
        for line in sys.stdin:
            if line.strip():
                yield line, ()


def _answer(turn: "Turn") -> str:
    return turn.response.text if turn.response is not None and turn.response.text else "(no words)"
