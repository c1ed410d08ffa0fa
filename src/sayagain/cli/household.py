"""Commands of the reference household: talk to one of its homes, or serve it to Wyoming clients."""

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

HomeNumber = Annotated[int, Parameter(help="Number of the home, from 0 to 99.")]
AreaName = Annotated[str | None, Parameter(help="Room of the speaker; by default the first room with a satellite.")]


def talk(
    *request: str,
    home: HomeNumber = 0,
    area: AreaName = None,
    wav: Path | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Talk to a home of the household; with a database, sayagain rewrites requests, can be taught, and logs all.

    Args:
        request: Words of the request; without them and without --wav, each line of standard input is a request.
        home: Number of the home.
        area: Room of the speaker.
        wav: Recording of the request, 16-bit mono; needs the extra `voice`.
        common: Options of every command.
    """
    out = common.output
    learner = _learner(common)
    try:
        conversation = _conversation(home, area, learner)
        for words, nbest in _requests(request, wav):
            turn = conversation.say(words, now=time.time_ns() // 1_000_000, nbest=nbest)
            if turn.request != turn.heard:
                out.remark(f"rewritten to “{turn.request}”")
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
    """Serve a home over the Wyoming protocol: speech recognition, answers, speech synthesis; needs the extra `voice`.

    Args:
        home: Number of the home.
        area: Room of the speaker.
        host: Address to listen on.
        port: Port to listen on.
        common: Options of every command.
    """
    from sayagain.household.speech.wyoming_server import HouseholdServer  # noqa: PLC0415  (an extra's part)

    learner = _learner(common)
    try:
        conversation = _conversation(home, area, learner)

        def answer(text: str) -> str:
            turn = conversation.say(text, now=time.time_ns() // 1_000_000)
            # An empty answer tells the server that the request was not handled.
            return "" if turn.complained else _answer(turn)

        common.output.remark(f"home {home} listens on {host}:{port}; press Ctrl-C to stop")
        asyncio.run(HouseholdServer(answer, host=host, port=port).run())
    finally:
        if learner is not None:
            learner.close()


def _learner(common: CommonOptions) -> "Learner | None":
    name = load_settings({"db": common.db}).db
    return open_learner(common) if common.db is not None or is_server(name) or Path(name).exists() else None


def _conversation(home: int, area: str | None, learner: "Learner | None") -> "Conversation":
    from sayagain.household.learner_front import LearnerFront  # noqa: PLC0415  (slow to import, and an extra's part)
    from sayagain.household.talk import Conversation, find_home  # noqa: PLC0415  (the same)
    from sayagain.teaching.lesson_tagger import open_tagger  # noqa: PLC0415  (the same)

    layer = None if learner is None else LearnerFront(learner, converses=True)
    conversation = Conversation(find_home(home), area=area, layer=layer)
    if learner is not None:
        learner.runtime.oracle = conversation.oracle
        learner.runtime.dialogue.tagger = open_tagger()
    return conversation


def _requests(request: tuple[str, ...], wav: Path | None) -> Iterable[tuple[str, tuple[tuple[str, float], ...]]]:
    if wav is not None:
        from sayagain.household.speech.listen import hear  # noqa: PLC0415  (an extra's part)

        heard = hear(wav)
        if not heard.nbest:
            raise InputError(f"{wav}: no speech was recognised in it")
        yield heard.best, heard.nbest
    elif request:
        yield " ".join(request), ()
    else:
        for line in sys.stdin:
            if line.strip():
                yield line, ()


def _answer(turn: "Turn") -> str:
    return turn.response.text if turn.response is not None and turn.response.text else "(no words)"
