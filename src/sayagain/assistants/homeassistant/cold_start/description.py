"""Words that do what a hypothesis of a request does, so that it can be asked about before it is done."""

from collections.abc import Iterator

from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.home import Entity
from sayagain.assistants.homeassistant.cold_start.matcher import Matcher

__all__ = ["describe_hypothesis"]


def describe_hypothesis(matcher: Matcher, hypothesis: AgentHypothesis) -> str | None:
    """Return a request that names all that would be acted on and does just the same; None where there is none.

    Args:
        matcher: of the home.
        hypothesis: what would be done.
    """
    if len(hypothesis.frames) != 1 or not hypothesis.targets:
        return None
    acted = [entity for entity in matcher.home.exposed if entity.id in hypothesis.targets]
    done = {hypothesis.frames[0].does}
    for text in _wordings(hypothesis, acted, matcher.names_of(hypothesis.targets)):
        again = matcher.oracle.read(text)
        if again is None or again.left or again.targets != hypothesis.targets:
            continue
        if {frame.does for frame in again.frames} == done:
            return text
    return None


def _wordings(hypothesis: AgentHypothesis, acted: list[Entity], together: list[str]) -> Iterator[str]:
    names = [" and ".join(entity.names[0] for entity in acted), *together]
    values = [value for value in hypothesis.frames[0].slots.values() if isinstance(value, int | float)]
    domains = {entity.domain for entity in acted}
    for action in ACTIONS:
        if not domains <= action.domains:
            continue
        for words in action.say:
            for value in values if action.value is not None else [None] * (not values):
                said = words if value is None else words.replace("{value}", f"{value:g}")
                yield from (said.format(name) for name in names)
