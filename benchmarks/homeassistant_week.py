"""A week in the demo home: people say requests, say them again in other words where they failed, and answer questions.

What is learnt from it helps with wordings that come again. So that this can be seen, the people of the week use the
words of the tune half and of every second request of the test half, as people use their own words again; what they
never said is reported apart.
"""

import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.homeassistant_home import Home, Said
from benchmarks.homeassistant_requests import Request, half, judge
from sayagain.assistants.homeassistant.answers import executed_actions, turn_response
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.errors import GateRefused
from sayagain.learner import Learner
from sayagain.runtime import Decision
from sayagain.turns import AppliedRewrite, FeedbackReport, Turn

__all__ = ["Week", "live_a_week", "seen"]

USERS = ("ada", "ben", "cleo")
DAYS = 7
_DAY = 86_400_000


def seen(request: Request) -> bool:
    """Tell whether the people of the week say these words."""
    return half(request) == "tune" or zlib.crc32(request.say.encode()) // 2 % 2 == 0


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was said once and what came of it, to be lived again by others on other days."""

    heard: str
    decision: Decision
    said: Said
    words: str
    helped: bool | None = None
    """The answer to a question, where one was asked."""


class Week:
    """A week of three people, learnt from by a learner of its own.

    Args:
        home: the demo home.
        day: decides where nothing was learnt.
        requests: all of them.
        learner: with an empty log.
    """

    def __init__(self, home: Home, day: ColdStart, requests: Sequence[Request], learner: Learner) -> None:
        self._home = home
        self._day = day
        self._requests = [request for request in requests if seen(request)]
        self._repairs = [request for request in self._requests if request.kind == "plain" and request.after is None]
        self._learner = learner
        self.told = ""
        """What came of the week, in one sentence."""

    def decide(self, turn: Turn) -> Decision:
        """Decide as the agent does: by what was learnt, and as on day one where that leaves the request as it is."""
        # Day one sees every request, since the next may lean on it.
        first = self._day.decide(turn)
        learnt = self._learner.rewrite(turn)
        return learnt if learnt.changed or learnt.ask is not None else first

    async def live(self) -> None:
        """Say everything once for real, spread it over people and days, and learn."""
        exchanges = [await self._exchange(n, r) for n, r in enumerate(sorted(self._requests, key=lambda r: r.home))]
        turns = [turn for at, chain in enumerate(exchanges) for turn in _lived(at, chain)]
        self._learner.store.add_turns(sorted(turns, key=lambda turn: (turn.started, turn.turn_id)))
        for turn in turns:
            self._day.observe(turn)
        release = self._learner.learn()
        report = self._learner.evaluate(release)
        outcome = "promoted"
        try:
            self._learner.promote(release)
        except GateRefused as refused:
            outcome = f"not promoted: {refused}"
        self.told = (
            f"the week: {len(turns)} turns of {len(USERS)} people in {len(exchanges)} wordings; replayed on its end "
            f"{report.result.tally.wins:.0f} wins, {report.result.tally.losses:.0f} losses; {outcome}"
        )

    async def _exchange(self, n: int, request: Request) -> list[Told]:
        """Say a request and what its person would say next, until it is done or given up."""
        await self._home.reset(request.home)
        conversation = f"week-{time.time_ns()}-{n}"
        chain: list[Told] = []
        if request.after is not None:
            chain.append(await self._tell(request, request.after, conversation))
        first = await self._tell(request, request.say, conversation)
        if first.helped is None:
            done = judge(request, first.said.before, first.said.after, first.said.response) == "right"
        else:
            done = first.helped
        chain.append(first)
        if done or request.nothing:
            return chain
        for words in self._other_words(request):
            await self._home.reset(request.home)
            again = await self._tell(request, words, f"{conversation}-again")
            if (
                again.helped is None
                and judge(request, again.said.before, again.said.after, again.said.response) == "right"
            ):
                return [*chain, again]
        return chain

    async def _tell(self, request: Request, words: str, conversation: str) -> Told:
        device = self._home.devices.get(request.spoken_in or "")
        turn = Turn(
            turn_id=f"{conversation}-{words}",
            started=time.time_ns() // 1_000_000,
            request=words,
            conversation_id=conversation,
            device_id=device,
        )
        decision = self._day.decide(turn)
        said = await self._home.say(decision.ask or decision.text, request, conversation)
        helped = None
        if decision.ask is not None:
            helped = judge(request, said.before, said.after, said.response) == "right"
        return Told(heard=words, decision=decision, said=said, words=decision.ask or decision.text, helped=helped)

    def _other_words(self, request: Request) -> Iterator[str]:
        """What a person would say next: plain words that others have for the same, then the things by their names."""
        for other in self._repairs:
            same = other.do == request.do and other.answer == request.answer and not other.nothing
            if same and other.home == request.home and other.say != request.say and other.spoken_in is None:
                yield other.say
        names = [name.partition(".")[2].replace("_", " ") for name in request.do]
        for want in {msgspec.json.encode(value): value for value in request.do.values()}.values():
            said = _IN_WORDS.get(want) if isinstance(want, str) else _with_value(want)
            if said is not None:
                yield said.format(" and ".join(names))


_IN_WORDS = {
    "on": "turn on {}",
    "off": "turn off {}",
    "open": "open {}",
    "closed": "close {}",
    "locked": "lock {}",
    "unlocked": "unlock {}",
    "paused": "pause {}",
    "cleaning": "start {}",
    "returning": "return {} to base",
}


def _with_value(want: object) -> str | None:
    if isinstance(want, list):
        return _IN_WORDS.get(str(want[0]))
    if not isinstance(want, dict):
        return None
    (name, value), *_ = want.items()
    number = {"lower": 17, "higher": 23}.get(str(value), value) if name == "temperature" else value
    number = {"lower": 20, "higher": 100}.get(str(number), number)
    unit = {"brightness": "percent", "volume": "percent", "temperature": "degrees"}.get(name)
    return None if unit is None else f"set {{}} {name} to {number} {unit}"


def _lived(at: int, chain: Sequence[Told]) -> Iterator[Turn]:
    """Have an exchange lived by the people of the week, each on some of its days."""
    for user in USERS:
        for day in range(DAYS):
            throw = zlib.crc32(f"{user}/{day}/{chain[-1].heard}/{at}".encode())
            if throw % 7 >= 2:
                continue
            # A quarter of an hour for each exchange keeps the sessions apart.
            started = day * _DAY + at * 240_000 + USERS.index(user) * 80_000 + 1_700_000_000_000
            for step, told in enumerate(chain):
                yield _turn(user, f"{user}-{day}-{at}-{step}", started + step * 9_000, told)


def _turn(user: str, name: str, started: int, told: Told) -> Turn:
    answer = {"response": told.said.response}
    decision, request = told.decision, told.words
    feedback: tuple[FeedbackReport, ...] = ()
    applied: AppliedRewrite | None = None
    if told.helped is not None:
        feedback = (FeedbackReport(kind="helped", value=float(told.helped), at=started + 4_000),)
        applied = AppliedRewrite(
            id=decision.rewrite_id or "asked", source=told.heard, target=told.words, layer="asked", propensity=1.0
        )
        if not told.helped:
            # Nobody said yes, so nothing was done.
            request, applied = told.heard, decision.applied
    elif decision.changed:
        applied = decision.applied
    declined = told.helped is False
    return Turn(
        turn_id=f"week-{name}",
        started=started,
        ended=started + 1_500,
        request=request,
        assistant="homeassistant",
        user_id=user,
        device_id=f"{user}-satellite",
        applied_rewrite=applied,
        response=turn_response({"response": {"response_type": "question"}} if declined else answer),
        actions=() if declined else executed_actions(answer),
        feedback=feedback,
    )


@contextmanager
def live_a_week(home: Home, day: ColdStart, requests: Sequence[Request]) -> Iterator[Week]:
    """Make a week with a learner that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "week.db", holdout=0.0) as learner:
        yield Week(home, day, requests, learner)
