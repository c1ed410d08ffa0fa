"""What opens the house, by domain and device class: whatever it is called, it is asked about each time."""

from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import QUESTIONS, AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeSnapshot

__all__ = ["moves_an_entrance", "opens_the_house"]

_INNER_COVERS = frozenset({"awning", "blind", "curtain", "damper", "shade", "shutter"})
"""Covers that nobody comes in by; one without a class may be a gate."""

_SHUTS = {"cover": "HassTurnOff", "valve": "HassTurnOff", "lock": "HassTurnOn"}
"""What closes or locks; everything else that is done to one of these may open it."""

_ALARMS = frozenset({"alarm_control_panel", "siren"})


def opens_the_house(hypothesis: AgentHypothesis, home: HomeSnapshot) -> bool:
    """Return whether a request would open, unlock or move a way into the house, open a valve, or switch an alarm.

    Args:
        hypothesis: what would be done.
        home: for the kinds of the things that it would be done to.
    """
    entities = {entity.id: entity for entity in home.entities}
    return any(
        _opens(entities[target], frame.intent)
        for frame in hypothesis.frames
        if frame.intent not in QUESTIONS
        for target in frame.targets
        if target in entities
    )


def moves_an_entrance(hypothesis: AgentHypothesis, home: HomeSnapshot) -> bool:
    """Return whether a request would move or lock a way into the house, a valve or an alarm, whichever way.

    Args:
        hypothesis: what would be done.
        home: for the kinds of the things that it would be done to.
    """
    targets = hypothesis.targets if not hypothesis.asks else frozenset[str]()
    return any(entity.id in targets and _is_entrance(entity) for entity in home.entities)


def _is_entrance(entity: Entity) -> bool:
    if entity.domain == "cover":
        return entity.device_class not in _INNER_COVERS
    return entity.domain in _ALARMS or entity.domain in _SHUTS


def _opens(entity: Entity, intent: str) -> bool:
    if entity.domain in _ALARMS:
        return True
    if entity.domain == "cover" and entity.device_class in _INNER_COVERS:
        return False
    return entity.domain in _SHUTS and intent != _SHUTS[entity.domain]
