"""The assistant: its stages from words to a changed world, behind small protocols, each leaving a trace in the turn."""

from typing import Protocol

import msgspec

from sayagain.household.deeds import Deed, Place
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.response import actions_of, respond
from sayagain.household.skills import Planned, plan
from sayagain.household.understanding import Hassil, Understanding
from sayagain.household.world import World
from sayagain.turns import Action, AppliedRewrite, Asr, AsrHypothesis, Context, Hypothesis, Nlu, Response, Turn, Wake

__all__ = ["Choice", "Done", "HouseholdAssistant", "Layer", "asr_of", "context_of"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer in front of the assistant makes of a request."""

    text: str
    """The request to pass on; the request as heard when it is left as it is."""
    reading: Hypothesis | None = None
    """The reading to act on instead of the assistant's own, for example one of its ranking; None leaves it to it."""
    applied: AppliedRewrite | None = None
    """What the log says of it."""


class Layer(Protocol):
    """Something that stands in front of the assistant: sayagain, or nothing."""

    def before(self, turn: Turn) -> Choice | None:
        """Look at a request before it is acted on.

        Args:
            turn: under way: the request as heard, its n-best, the context, and the readings that the assistant would
                have of the request as heard. No response yet.

        Returns:
            What to do instead; None to leave it.
        """
        ...

    def after(self, turn: Turn) -> None:
        """See a turn as it is logged; the context of the next one.

        Args:
            turn: whole, with the response and what was applied.
        """
        ...


class Done(msgspec.Struct, frozen=True):
    """What came of a request."""

    readings: tuple[Hypothesis, ...]
    """The ranked readings, the one acted on first."""
    planned: Planned
    """The deed and the trace of entity resolution."""
    response: Response
    """The answer."""
    actions: tuple[Action, ...]
    """What was done."""
    ok: bool
    """Whether the deed was carried out; False for devices that did not follow, which the answer may hide."""


class HouseholdAssistant:
    """The reference assistant; has no state of its own but parses, so that one serves all homes."""

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
        broken: frozenset[str] = frozenset(),
    ) -> Done:
        """Understand, resolve, act and answer; changes the world.

        Args:
            text: the request.
            place: where it was said.
            world: the state of the home.
            now: milliseconds.
            reading: acted on instead of the best reading, if given.
            broken: ids of devices and verbs of services that do not work now.
        """
        readings = self.understanding.readings(text, place.home, place.area)
        if reading is not None:
            readings = (reading, *(other for other in readings if other.key != reading.key))
        planned = plan(readings[0] if readings else None, place)
        deed, error = planned.deed, planned.error
        ok = deed is not None and not fails(deed, broken)
        if deed is not None and ok:
            world.apply(deed, place.area, now)
        elif deed is not None and loud(deed):
            error = "failed_to_handle"
        told = tell(deed, world, now) if deed is not None and deed.verb == "tell" else ""
        response = respond(deed, error, place.home, told)
        return Done(readings, planned, response, actions_of(deed, ok=ok), ok)


def fails(deed: Deed, broken: frozenset[str]) -> bool:
    """Say whether a deed needs something that does not work."""
    return bool(broken) and (deed.verb in broken or not broken.isdisjoint(deed.targets))


def loud(deed: Deed) -> bool:
    """Say whether the assistant notices that a deed failed: services report, lamps and blinds just do not move."""
    return not deed.targets or not deed.targets[0].startswith(("light.", "cover."))


def tell(deed: Deed, world: World, now: int) -> str:  # noqa: PLR0911  (one line a kind of question)
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


def asr_of(outcome: SpeechOutcome) -> Asr:
    """Put an outcome into the turn's terms."""
    nbest = tuple(AsrHypothesis(text=text, confidence=round(confidence, 4)) for text, confidence in outcome.nbest)
    return Asr(text=outcome.best, nbest=nbest, confidence=nbest[0].confidence if nbest else None)


def wake_of(outcome: SpeechOutcome) -> Wake:
    """Put the wake word into the turn's terms."""
    return Wake(name="alexa", probability=min(1.0, round(outcome.wake, 3)))


def nlu_of(readings: tuple[Hypothesis, ...]) -> Nlu:
    """Put readings into the turn's terms; nothing understood is one empty reading."""
    return Nlu(engine="hassil", ranking=readings or (Hypothesis(intent=""),))


_USUAL = {"off", "closed", "locked", "idle", "docked", "20", "low", 9}


def context_of(place: Place, world: World, minute: int, now: int) -> Context:
    """Return what the assistant knows of the situation: states that are not the usual ones, and what is in the room.

    Args:
        place: where.
        world: the state of the home.
        minute: local time, minutes after midnight.
        now: milliseconds.
    """
    states = {device: state for device, state in world.states.items() if state not in _USUAL}
    playing = world.playing.get(place.area)
    if playing is not None:
        states[f"playing.{place.area}"] = f"paused {playing}" if place.area in world.paused else playing
    if world.timers:
        states["timer.household"] = "ringing" if world.timer_rings(now) else "running"
    if world.alarm_rang is not None:
        states["alarm.household"] = "ringing"
    return Context(
        device_states=states,
        screen=place.satellite.screen,
        area=place.area,
        local_time=f"{minute // 60:02d}:{minute % 60:02d}",
        activity=world.activities.get(place.area),
        sensors={sensor: value for sensor, value in world.sensors.items() if value not in _USUAL},
    )
