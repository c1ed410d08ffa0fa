"""A text conversation with one home: a request in, a turn and a changed home out."""

from collections.abc import Sequence

import msgspec

from sayagain.errors import InputError
from sayagain.household.assistant import Choice, HouseholdAssistant, Layer
from sayagain.household.deeds import Memory, Place
from sayagain.household.home import Home, homes
from sayagain.household.inventory import SEED
from sayagain.household.oracle import HouseholdOracle
from sayagain.household.turn_records import context_record, nlu_record
from sayagain.household.understanding import normalise
from sayagain.household.world import World
from sayagain.languages import yes_or_no
from sayagain.turns import Action, Asr, AsrHypothesis, Hypothesis, Response, Turn

__all__ = ["Conversation", "find_home"]

_MEMORY_MS = 60_000
"""Longest silence after which "it" still refers to the last deed, in milliseconds."""


def find_home(number: int = 0, *, seed: int = SEED) -> Home:
    """Return one of the hundred homes.

    Raises:
        InputError: there is no such home.

    >>> find_home(7).id
    'home07'
    """
    if not 0 <= number < 100:
        raise InputError(f"there is no home {number}; they are numbered from 0 to 99")
    return homes(seed, number + 1)[number]


class Conversation:
    """A conversation with one home.

    Args:
        home: the home.
        area: the id of the speaker's room; None for the room of the first satellite.
        layer: the layer in front of the assistant, if any.
        user: the id of the speaker; None for the first person of the home.

    Raises:
        InputError: the room has no satellite.

    >>> conversation = Conversation(find_home(0))
    >>> conversation.say("what time is it", now=1_767_225_600_000).response.type
    'query_answer'
    """

    def __init__(
        self, home: Home, *, area: str | None = None, layer: Layer | None = None, user: str | None = None
    ) -> None:
        satellite_by_area = {satellite.area: satellite for satellite in home.satellites}
        if area is not None and area not in satellite_by_area:
            raise InputError(
                f"{home.id} has no satellite in {area!r}; it has them in: {', '.join(sorted(satellite_by_area))}"
            )
        self._home = home
        self._satellite = satellite_by_area[area] if area is not None else home.satellites[0]
        self._layer = layer
        self._user = user if user is not None else home.people[0]
        self._world = World(home)
        self._assistant = HouseholdAssistant()
        self._memory: Memory | None = None
        self._question: tuple[Turn, Choice] | None = None
        self._request_count = 0

    @property
    def oracle(self) -> HouseholdOracle:
        """What the assistant understands where it is spoken to."""
        return HouseholdOracle(self._assistant, Place(self._home, self._satellite))

    def say(self, words: str, *, now: int, nbest: tuple[tuple[str, float], ...] = ()) -> Turn:
        """Answer one request and return the whole turn.

        Args:
            words: the request, as typed or heard.
            now: time, in milliseconds since 1970-01-01 UTC.
            nbest: the transcripts of speech recognition with confidences, best first.
        """
        if self._memory is not None and now - self._memory.time > _MEMORY_MS:
            self._memory = None
        self._world.pass_time(now)
        place = Place(self._home, self._satellite, self._memory)
        heard = normalise(words)
        self._request_count += 1
        transcripts = tuple(AsrHypothesis(text=text, confidence=confidence) for text, confidence in nbest)
        minute = (now // 60_000 + self._home.utc_offset) % 1440
        turn = Turn(
            turn_id=f"{self._home.id}-{now}-{self._request_count}",
            started=now,
            ended=now,
            request=heard,
            assistant=HouseholdAssistant.name,
            user_id=self._user,
            device_id=f"{self._home.id}.{self._satellite.id}",
            area=place.area,
            language="en",
            asr=Asr(text=heard, nbest=transcripts) if transcripts else None,
            nlu=nlu_record(self._assistant.understanding.hypotheses(heard, self._home, place.area)),
            context=context_record(place, self._world, minute, now),
        )
        turn = self._respond(turn, place, now)
        if self._layer is not None:
            self._layer.observe(turn)
        return turn

    def _respond(self, turn: Turn, place: Place, now: int) -> Turn:
        """Return the turn with its response: of the assistant, or of the layer in front of it."""
        question, self._question = self._question, None
        answer = yes_or_no(turn.heard, turn.language) if question is not None else None
        if question is not None and answer == "no":
            return msgspec.structs.replace(turn, response=Response(text="All right", type="action_done"))
        choice = _confirmed(*question) if question is not None and answer == "yes" else None
        if choice is None and self._layer is not None:
            choice = self._layer.decide(turn)
        if choice is None:
            return self._act(turn, (turn.heard,), None, place, now)
        if choice.reply is not None:
            response = Response(text=choice.reply, type="answer")
            return msgspec.structs.replace(turn, applied_rewrite=choice.applied, response=response)
        if choice.ask is not None:
            asked = Response(text=f"Did you mean: {choice.ask}?", type="question")
            turn = msgspec.structs.replace(turn, applied_rewrite=choice.applied, response=asked)
            self._question = turn, choice
            return turn
        turn = msgspec.structs.replace(turn, request=choice.text, applied_rewrite=choice.applied)
        return self._act(turn, choice.steps or (choice.text,), choice.hypothesis, place, now)

    def _act(self, turn: Turn, steps: Sequence[str], hypothesis: Hypothesis | None, place: Place, now: int) -> Turn:
        """Act on one request, or on several one after the other until one fails."""
        texts: list[str] = []
        actions: list[Action] = []
        for text in steps:
            execution = self._assistant.answer(text, place, self._world, now, hypothesis=hypothesis)
            if execution.ok and execution.plan.deed is not None:
                self._memory = Memory(execution.plan.deed, now)
            texts.append(execution.response.text)
            actions += execution.actions
            if execution.response.error_code is not None:
                break
        return msgspec.structs.replace(
            turn,
            nlu=nlu_record(execution.hypotheses),
            resolution=execution.plan.resolution,
            response=msgspec.structs.replace(execution.response, text=" ".join(filter(None, texts))),
            actions=tuple(actions),
        )


def _confirmed(question: Turn, choice: Choice) -> Choice | None:
    """Return the choice after the user said yes to a question."""
    applied = choice.applied
    if choice.ask is None or applied is None:
        return None
    confirmed = msgspec.structs.replace(applied, source=question.heard, target=choice.ask, layer=choice.ask_layer)
    return Choice(text=choice.ask, applied=confirmed, steps=choice.steps)
