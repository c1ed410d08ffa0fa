"""The records of a turn in the log: recognition, wake word, hypotheses and context."""

from sayagain.household.deeds import Place
from sayagain.household.outcome import SpeechOutcome
from sayagain.household.world import World
from sayagain.turns import Asr, AsrHypothesis, Context, Hypothesis, Nlu, Wake

__all__ = ["asr_record", "context_record", "nlu_record", "wake_record"]

_DEFAULT_VALUES = {"off", "closed", "locked", "idle", "docked", "20", "low", 9}
"""States and sensor values that the context leaves out."""


def asr_record(outcome: SpeechOutcome) -> Asr:
    """Return a recognition outcome as the turn's record."""
    nbest = tuple(AsrHypothesis(text=text, confidence=round(confidence, 4)) for text, confidence in outcome.nbest)
    return Asr(text=outcome.best, nbest=nbest, confidence=nbest[0].confidence if nbest else None)


def wake_record(outcome: SpeechOutcome) -> Wake:
    """Return the wake-word detection of a recognition outcome as the turn's record."""
    return Wake(name="alexa", probability=min(1.0, round(outcome.wake, 3)))


def nlu_record(hypotheses: tuple[Hypothesis, ...]) -> Nlu:
    """Return hypotheses as the turn's record; one empty hypothesis where nothing was understood."""
    return Nlu(engine="hassil", ranking=hypotheses or (Hypothesis(intent=""),))


def context_record(place: Place, world: World, minute: int, now: int) -> Context:
    """Return the context signals of the assistant: every state that differs from its default.

    Args:
        place: the place of the request.
        world: the state of the home.
        minute: local time, minutes after midnight.
        now: time, in milliseconds.
    """
    states = {device: state for device, state in world.states.items() if state not in _DEFAULT_VALUES}
    current_item = world.current_items.get(place.area)
    if current_item is not None:
        states[f"playing.{place.area}"] = f"paused {current_item}" if place.area in world.paused_rooms else current_item
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
