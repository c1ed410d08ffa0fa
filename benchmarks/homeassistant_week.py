"""A week in the demo home: people make requests, rephrase those that fail, and answer the assistant's questions.

Learning from the week helps with wordings that recur. To show this, the people of the week say the tune half and every
second request of the test half; the requests that they never said are reported separately.
"""

import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.homeassistant_home import Home, Reaction
from benchmarks.homeassistant_requests import Request, half, judge
from sayagain.assistants.homeassistant.answers import executed_actions, turn_response
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.errors import GateRefused
from sayagain.learner import Learner
from sayagain.runtime import Decision
from sayagain.turns import AppliedRewrite, FeedbackReport, Turn, sessions

__all__ = ["Week", "live_a_week", "seen"]

USERS = ("ada", "ben", "cleo")
DAYS = 7
_DAY = 86_400_000


def seen(request: Request) -> bool:
    """Return whether the people of the week say this request."""
    return half(request) == "tune" or zlib.crc32(request.say.encode()) // 2 % 2 == 0


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request, made once for real; the week repeats it for other people on other days."""

    heard: str
    """The request."""
    decision: Decision
    """The decision on it."""
    result: Reaction
    """The result of the words in the home."""
    words: str
    """The words passed on: the request, its rewrite, or the guess that the question asks about."""
    helped: bool | None = None
    """Whether the guess was right, if a question was asked; None otherwise."""


class Week:
    """A week of three people, with its own learner.

    Args:
        home: the demo home.
        day: the cold start.
        requests: all requests.
        learner: a learner with an empty log.
    """

    def __init__(self, home: Home, day: ColdStart, requests: Sequence[Request], learner: Learner) -> None:
        self._home = home
        self._day = day
        self._requests = [request for request in requests if seen(request)]
        self._repairs = [request for request in self._requests if request.kind == "plain" and request.after is None]
        self._learner = learner
        self.summary = ""
        """The result of the week, in one sentence."""

    def decide(self, turn: Turn) -> Decision:
        """Decide as the agent does: the learner judges what the cold start proposes."""
        decision = self._learner.rewrite(turn, proposal=self._day.propose(turn))
        self._day.remember(turn, decision)
        return decision

    async def live(self) -> None:
        """Make every request once for real, spread the exchanges over people and days, and learn."""
        requests = sorted(self._requests, key=lambda request: request.home)
        chains = [await self._chain(number, request) for number, request in enumerate(requests)]
        turns = [turn for number, chain in enumerate(chains) for turn in _repetitions(number, chain)]
        self._learner.store.add_turns(sorted(turns, key=lambda turn: (turn.started, turn.turn_id)))
        self._learner.runtime.review(sessions(turns))
        release = self._learner.learn()
        report = self._learner.evaluate(release)
        outcome = "promoted"
        try:
            self._learner.promote(release)
        except GateRefused as refused:
            outcome = f"not promoted: {refused}"
        self.summary = (
            f"the week: {len(turns)} turns of {len(USERS)} people in {len(chains)} wordings; replayed on its end "
            f"{report.result.tally.wins:.0f} wins, {report.result.tally.losses:.0f} losses; {outcome}"
        )

    async def _chain(self, number: int, request: Request) -> list[Exchange]:
        """Make a request and its rephrases, until one succeeds or the person gives up."""
        await self._home.reset(request.home)
        conversation = f"week-{time.time_ns()}-{number}"
        chain: list[Exchange] = []
        if request.after is not None:
            chain.append(await self._make_exchange(request, request.after, conversation))
        first = await self._make_exchange(request, request.say, conversation)
        succeeded = _is_right(request, first.result) if first.helped is None else first.helped
        chain.append(first)
        if succeeded or request.nothing:
            return chain
        for words in self._other_words(request):
            await self._home.reset(request.home)
            rephrased = await self._make_exchange(request, words, f"{conversation}-again")
            if rephrased.helped is None and _is_right(request, rephrased.result):
                return [*chain, rephrased]
        return chain

    async def _make_exchange(self, request: Request, words: str, conversation: str) -> Exchange:
        device = self._home.devices.get(request.spoken_in or "")
        turn = Turn(
            turn_id=f"{conversation}-{words}",
            started=time.time_ns() // 1_000_000,
            request=words,
            conversation_id=conversation,
            device_id=device,
        )
        decision = self.decide(turn)
        passed_on = decision.ask or decision.text
        result = await self._home.say(passed_on, request, conversation)
        helped = _is_right(request, result) if decision.ask is not None else None
        return Exchange(heard=words, decision=decision, result=result, words=passed_on, helped=helped)

    def _other_words(self, request: Request) -> Iterator[str]:
        """Yield rephrases of a request: plain requests with the same effect, then one with the entities' names."""
        for other in self._repairs:
            same_effect = other.do == request.do and other.answer == request.answer and not other.nothing
            if same_effect and other.home == request.home and other.say != request.say and other.spoken_in is None:
                yield other.say
        names = [name.partition(".")[2].replace("_", " ") for name in request.do]
        for want in {msgspec.json.encode(value): value for value in request.do.values()}.values():
            sentence = _IN_WORDS.get(want) if isinstance(want, str) else _with_value(want)
            if sentence is not None:
                yield sentence.format(" and ".join(names))


def _is_right(request: Request, result: Reaction) -> bool:
    return judge(request, result.before, result.after, result.response) == "right"


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


def _repetitions(number: int, chain: Sequence[Exchange]) -> Iterator[Turn]:
    """Repeat a chain of exchanges for the people of the week, each on some of its days."""
    for user in USERS:
        for day in range(DAYS):
            draw = zlib.crc32(f"{user}/{day}/{chain[-1].heard}/{number}".encode())
            if draw % 7 >= 2:
                continue
            # The gaps between chains keep the sessions apart.
            started = day * _DAY + number * 240_000 + USERS.index(user) * 80_000 + 1_700_000_000_000
            for step, exchange in enumerate(chain):
                yield _turn(user, f"{user}-{day}-{number}-{step}", started + step * 9_000, exchange)


def _turn(user: str, name: str, started: int, exchange: Exchange) -> Turn:
    answer = {"response": exchange.result.response}
    decision, request = exchange.decision, exchange.words
    feedback: tuple[FeedbackReport, ...] = ()
    applied: AppliedRewrite | None = None
    if exchange.helped is not None:
        feedback = (FeedbackReport(kind="helped", value=float(exchange.helped), at=started + 4_000),)
        applied = AppliedRewrite(
            id=decision.rewrite_id or "asked",
            source=exchange.heard,
            target=exchange.words,
            layer="asked",
            propensity=1.0,
        )
        if not exchange.helped:
            # The user said no, so no action was taken.
            request, applied = exchange.heard, decision.applied
    elif decision.changed:
        applied = decision.applied
    declined = exchange.helped is False
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
    """Open a week with a temporary learner."""
    with tempfile.TemporaryDirectory() as folder, Learner(Path(folder) / "week.db", holdout=0.0) as learner:
        yield Week(home, day, requests, learner)
