"""The assistant: its stages from transcript to changed world, behind protocols; each leaves a trace in the turn."""

from typing import Protocol

import msgspec

from sayagain.household.deeds import Deed, Place
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.response import deed_actions, respond
from sayagain.household.skills import Plan, make_plan
from sayagain.household.understanding import Hassil, Understanding
from sayagain.household.world import World
from sayagain.turns import Action, AppliedRewrite, Asr, AsrHypothesis, Context, Hypothesis, Nlu, Response, Turn, Wake

__all__ = ["Choice", "Execution", "HouseholdAssistant", "Layer", "asr_record", "context_record"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The decision of a layer in front of the assistant on one request."""

    text: str
    """The request to pass on; the request as heard when it is left as it is."""
    reading: Hypothesis | None = None
    """The hypothesis to act on instead of the assistant's best; None lets the assistant choose."""
    applied: AppliedRewrite | None = None
    """The rewrite as logged."""


class Layer(Protocol):
    """A layer in front of the assistant: sayagain, or one that does nothing."""

    def decide(self, turn: Turn) -> Choice | None:
        """Decide on a request before the assistant acts on it.

        Args:
            turn: under way: the request as heard, its n-best, the context, and the readings that the assistant would
                have of the request as heard. No response yet.

        Returns:
            What to do instead; None to leave it.
        """
        ...

    def observe(self, turn: Turn) -> None:
        """Take a logged turn as context of the next one.

        Args:
            turn: whole, with the response and what was applied.
        """
        ...


class Execution(msgspec.Struct, frozen=True):
    """The outcome of a request."""

    readings: tuple[Hypothesis, ...]
    """The ranked hypotheses; the assistant acts on the first."""
    plan: Plan
    """The deed and the trace of entity resolution."""
    response: Response
    """The answer."""
    actions: tuple[Action, ...]
    """The actions taken."""
    ok: bool
    """Whether the deed succeeded; the answer may hide a failure of a device."""


class HouseholdAssistant:
    """The reference assistant. It keeps no state but a cache of parses, so one serves all homes."""

    name = "household"

    def __init__(self, understanding: Understanding | None = None) -> None:
        self.understanding = understanding or Hassil()

    def answer(
        self,
        text: str,
        place: Place,
        world: World,
        now: int,
        *,
        reading: Hypothesis | None = None,
        outages: frozenset[str] = frozenset(),
    ) -> Execution:
        """Understand, resolve, act and answer; changes the world.

        Args:
            text: the request.
            place: where it was said.
            world: the state of the home.
            now: milliseconds.
            reading: acted on instead of the best reading, if given.
            outages: ids of devices and verbs of services that do not work now.
        """
        readings = self.understanding.readings(text, place.home, place.area)
        if reading is not None:
            readings = (reading, *(other for other in readings if other.key != reading.key))
        plan = make_plan(readings[0] if readings else None, place)
        deed, error = plan.deed, plan.error
        ok = deed is not None and not fails(deed, outages)
        if deed is not None and ok:
            world.apply(deed, place.area, now)
        elif deed is not None and reports_failure(deed):
            error = "failed_to_handle"
        information = answer_question(deed, world, now) if deed is not None and deed.verb == "tell" else ""
        response = respond(deed, error, place.home, information)
        return Execution(readings, plan, response, deed_actions(deed, ok=ok), ok)


def fails(deed: Deed, outages: frozenset[str]) -> bool:
    """Return whether an outage affects a deed."""
    return bool(outages) and (deed.verb in outages or not outages.isdisjoint(deed.targets))


def reports_failure(deed: Deed) -> bool:
    """Return whether the assistant notices that a deed failed: services report it, lamps and blinds do not."""
    return not deed.targets or not deed.targets[0].startswith(("light.", "cover."))


def answer_question(deed: Deed, world: World, now: int) -> str:  # noqa: PLR0911  (one line a kind of question)
    """Return the answer to a question."""
    target = deed.targets[0]
    if target in world.states:
        state = world.states[target]
        return f"{state} degrees" if target.startswith("climate.") else state
    if target in world.sensors:
        return str(world.sensors[target])
    if target in world.items:
        return ", ".join(world.items[target]) or "nothing"
    if target == "timer":
        running = [end for end, _ in world.timers if end > now]
        return f"{max(1, (min(running) - now) // 60_000)} minutes left" if running else "no timer is running"
    if target == "alarm":
        return world.alarms[-1] if world.alarms else "no alarm is set"
    if target == "light":
        return f"{sum(state == 'on' for device, state in world.states.items() if device.startswith('light.'))} are on"
    return "here it is"


def asr_record(outcome: SpeechOutcome) -> Asr:
    """Return an outcome as the turn's records."""
    nbest = tuple(AsrHypothesis(text=text, confidence=round(confidence, 4)) for text, confidence in outcome.nbest)
    return Asr(text=outcome.best, nbest=nbest, confidence=nbest[0].confidence if nbest else None)


def wake_record(outcome: SpeechOutcome) -> Wake:
    """Return the wake word as the turn's record."""
    return Wake(name="alexa", probability=min(1.0, round(outcome.wake, 3)))


def nlu_record(readings: tuple[Hypothesis, ...]) -> Nlu:
    """Return hypotheses as the turn's record; one empty hypothesis where nothing was understood."""
    return Nlu(engine="hassil", ranking=readings or (Hypothesis(intent=""),))


_DEFAULT_VALUES = {"off", "closed", "locked", "idle", "docked", "20", "low", 9}


def context_record(place: Place, world: World, minute: int, now: int) -> Context:
    """Return the context signals of the assistant: states that differ from the usual, and the room's devices.

    Args:
        place: where.
        world: the state of the home.
        minute: local time, minutes after midnight.
        now: milliseconds.
    """
    states = {device: state for device, state in world.states.items() if state not in _DEFAULT_VALUES}
    playing = world.playing.get(place.area)
    if playing is not None:
        states[f"playing.{place.area}"] = f"paused {playing}" if place.area in world.paused else playing
    if world.timers:
        states["timer.household"] = "ringing" if world.has_ringing_timer(now) else "running"
    if world.alarm_start is not None:
        states["alarm.household"] = "ringing"
    return Context(
        device_states=states,
        screen=place.satellite.screen,
        area=place.area,
        local_time=f"{minute // 60:02d}:{minute % 60:02d}",
        activity=world.activities.get(place.area),
        sensors={sensor: value for sensor, value in world.sensors.items() if value not in _DEFAULT_VALUES},
    )
