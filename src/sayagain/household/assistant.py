"""The assistant: from a transcript to an answer and a changed world; and the protocol of a layer in front of it."""

from typing import Protocol

import msgspec

from sayagain.household.deeds import Deed, Place
from sayagain.household.response import deed_actions, respond
from sayagain.household.skills import Plan, plan_best
from sayagain.household.understanding import Hassil, Understanding
from sayagain.household.world import World
from sayagain.runtime import ASKED
from sayagain.turns import Action, AppliedRewrite, Hypothesis, Response, Turn

__all__ = ["Choice", "Execution", "HouseholdAssistant", "Layer"]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The decision of a layer in front of the assistant on one request."""

    text: str
    """The request to pass on; an unchanged request is passed on as heard."""
    hypothesis: Hypothesis | None = None
    """The hypothesis to act on; None leaves the choice to the assistant."""
    applied: AppliedRewrite | None = None
    """The rewrite for the log."""
    ask: str | None = None
    """Words that the user is asked about first; after a yes they are passed on, after a no nothing is."""
    ask_layer: str = ASKED
    """Layer to log after the yes."""
    reply: str | None = None
    """What to answer instead of acting: the request was about lessons."""
    steps: tuple[str, ...] = ()
    """The requests to pass on one after the other, in place of `text` or `ask`; empty for a single one."""


class Layer(Protocol):
    """A layer in front of the assistant: sayagain, or one that does nothing."""

    def decide(self, turn: Turn) -> Choice | None:
        """Decide on a request before the assistant acts on it.

        Args:
            turn: the turn so far: the request as heard, its n-best, the context, and the assistant's hypotheses of the
                request as heard. It has no response yet.

        Returns:
            The decision; None to leave the request as it is.
        """
        ...

    def observe(self, turn: Turn) -> None:
        """Take a logged turn as context of the next one.

        Args:
            turn: the whole turn, with its response and the rewrite that was applied.
        """
        ...


class Execution(msgspec.Struct, frozen=True):
    """The execution of a request."""

    hypotheses: tuple[Hypothesis, ...]
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
    """The reference assistant. Its only state is a cache of parses, so one instance serves all homes."""

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
        hypothesis: Hypothesis | None = None,
        outages: frozenset[str] = frozenset(),
    ) -> Execution:
        """Understand and resolve a request, act on it and answer it; changes the world.

        Args:
            text: the request.
            place: the place of the request.
            world: the state of the home.
            now: time, in milliseconds.
            hypothesis: the hypothesis to act on; the assistant's best by default.
            outages: ids of devices and verbs of services that do not work now.
        """
        hypotheses = self.understanding.hypotheses(text, place.home, place.area)
        if hypothesis is not None:
            hypotheses = (hypothesis, *(other for other in hypotheses if other.key != hypothesis.key))
        plan = plan_best(hypotheses, place)
        deed, error = plan.deed, plan.error
        ok = deed is not None and not fails(deed, outages)
        if deed is not None and ok:
            world.apply(deed, place.area, now)
        elif deed is not None and reports_failure(deed):
            error = "failed_to_handle"
        information = answer_question(deed, world, now) if deed is not None and deed.verb == "tell" else ""
        response = respond(deed, error, place.home, information)
        return Execution(hypotheses, plan, response, deed_actions(deed, ok=ok), ok)

    def plan(self, text: str, place: Place) -> Plan:
        """Return what the assistant would do; nothing changes."""
        return plan_best(self.understanding.hypotheses(text, place.home, place.area), place)

    def do_nothing(self, text: str, place: Place) -> Execution:
        """Answer a user who declined what was asked about."""
        hypotheses = self.understanding.hypotheses(text, place.home, place.area)
        return Execution(hypotheses, Plan(), Response(text="All right", type="action_done"), (), ok=False)


def fails(deed: Deed, outages: frozenset[str]) -> bool:
    """Return whether an outage affects a deed."""
    return bool(outages) and (deed.verb in outages or not outages.isdisjoint(deed.targets))


def reports_failure(deed: Deed) -> bool:
    """Return whether the assistant learns that a deed failed: services report failures, lamps and blinds do not."""
    return not deed.targets or not deed.targets[0].startswith(("light.", "cover."))


def answer_question(deed: Deed, world: World, now: int) -> str:  # noqa: PLR0911  (one line a kind of question)
    """Return the information that a question asks for.

    Args:
        deed: a deed with the verb `tell`.
        world: the state of the home.
        now: time, in milliseconds.
    """
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
