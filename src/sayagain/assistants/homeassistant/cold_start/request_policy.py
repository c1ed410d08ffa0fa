"""The policy for one request: leave it, say other words, or ask; by what it says and what would be done with it."""

from collections.abc import Sequence

import msgspec

from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS, FILLERS
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.dangers import (
    HARMLESS,
    excepted,
    left_out,
    negated,
    room_for_thing,
    time_left_out,
)
from sayagain.assistants.homeassistant.cold_start.decisions import ask, leave, rewrite
from sayagain.assistants.homeassistant.cold_start.description import describe_hypothesis
from sayagain.assistants.homeassistant.cold_start.entrances import opens_the_house
from sayagain.assistants.homeassistant.cold_start.follow_up import corrected, follow
from sayagain.assistants.homeassistant.cold_start.home import HomeArea
from sayagain.assistants.homeassistant.cold_start.matcher import Match, Matcher
from sayagain.assistants.homeassistant.cold_start.relative_step import State, relative_step, step_match
from sayagain.assistants.homeassistant.cold_start.similarity import best_word
from sayagain.guardrails import refuse
from sayagain.guardrails.request_act import (
    RequestAct,
    asks_for_state,
    may_go_on_to_order,
    request_act,
)
from sayagain.guardrails.stated_steps import states_step
from sayagain.guardrails.stated_times import stated_time, without_times
from sayagain.runtime import DO_NOTHING, Decision
from sayagain.text import normalise, words

__all__ = ["VERY_SURE", "PreviousRequest", "RequestPolicy"]

VERY_SURE = 0.85
"""From this probability on a word that was left out of account is taken for noise."""
SURE = 0.8
"""From this probability on a request is rewritten; below, it is asked about."""
ASKS = 0.65
"""The same for a question: nothing changes by it."""
LIKELY = 0.35
"""From this probability on it is asked about; below, it is left alone."""
HINT = 0.15
"""From this probability on it is asked about instead of a question that it hardly was."""
ALIKE = 0.58
"""What is left out and what is spared are found by likeness alone, from this on."""

_A_LIGHT = 0.4
"""From this likeness on a word left over may be "light", misheard."""

_SWITCHES = {"HassTurnOn": "on", "HassTurnOff": "off"}

_UNKNOWN = "Home Assistant does not understand it"


class PreviousRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request before in the same conversation."""

    text: str
    """What was passed on or asked about."""
    room: HomeArea | None
    """The room that it was said in."""
    at: int
    """When, in milliseconds."""


class RequestPolicy:
    """Decides on single requests in one home.

    Args:
        matcher: finds what a request may mean in it.
        state: returns the attributes of a thing as they are now; None where they cannot be had.
    """

    def __init__(self, matcher: Matcher, state: State = lambda _: None) -> None:
        self.matcher = matcher
        self._state = state
        self._oracle = matcher.oracle
        self._names = frozenset(word for thing in matcher.home.exposed for name in thing.names for word in words(name))

    def decide(self, heard: str, room: HomeArea | None, before: PreviousRequest | None) -> Decision:
        """Decide on a request.

        Args:
            heard: the request, without noise.
            room: the room that is spoken in.
            before: the request that it may lean on.
        """
        previous = self._oracle.read(before.text, before.room) if before is not None else None
        hypothesis = self._oracle.read(heard, room, previous)
        but = excepted(heard)
        if but is not None:
            return self._all_but(heard, *but, room)
        act = request_act(heard)
        refused = self._not_to_be_done(heard, act, hypothesis, room)
        if refused is not None:
            return refused
        if hypothesis is not None:
            return self._understood(heard, act, hypothesis, room)
        if act == "complaint":
            return leave(heard, "it complains of what was done")
        return self._everything(heard) or self._not_understood(heard, act, room, before, previous)

    def _not_understood(
        self,
        heard: str,
        act: RequestAct,
        room: HomeArea | None,
        before: PreviousRequest | None,
        previous: AgentHypothesis | None,
    ) -> Decision:
        """Decide by the likeliest meaning: by itself, after the request before it, or from how things are now."""
        leaning = self._leaning(heard, act, room, before, previous)
        step = self._step(heard, act, room) if not leaning else None
        if step is not None:
            return self._best(heard, [step], "it is reckoned from how things are now")
        matches, guarded = self._matches(heard, act, room), heard
        if leaning and (not matches or leaning[0].score >= matches[0].score):
            matches, guarded = leaning, corrected(heard)
        return self._best(heard, matches, _UNKNOWN, guarded)

    def _leaning(
        self,
        heard: str,
        act: RequestAct,
        room: HomeArea | None,
        before: PreviousRequest | None,
        previous: AgentHypothesis | None,
    ) -> list[Match]:
        """Return what a request may mean after the one before it."""
        if before is None or previous is None or act == "report" or self._time(heard) is not None:
            return []
        earlier = self.matcher.match(before.text, before.room)
        meant = next((match for match in earlier if match.hypothesis.meaning == previous.meaning), None)
        found = follow(self.matcher, heard, meant, room) if meant is not None else []
        return [match for match in found if match.hypothesis.asks or act != "question"]

    def _step(self, heard: str, act: RequestAct, room: HomeArea | None) -> Match | None:
        """Return what sets a thing to as much more or less than now as a request asks for; None where it does not."""
        said = words(heard)
        if act != "order" or not states_step(said) or self._time(heard) is not None or negated(heard) is not None:
            return None
        step = relative_step(said)
        return step_match(self.matcher, step, room, self._state) if step is not None else None

    def _time(self, heard: str) -> str | None:
        return stated_time(words(heard), self._names)

    def _not_to_be_done(
        self, heard: str, act: RequestAct, hypothesis: AgentHypothesis | None, room: HomeArea | None
    ) -> Decision | None:
        """Return that nothing is done where Home Assistant would act on what orders nothing; None elsewhere."""
        if hypothesis is None or hypothesis.asks:
            return None
        turned = negated(heard)
        if turned is not None:
            why = f"“{turned}” turns it round and would be left out of account, so nothing is done"
            return rewrite(heard, DO_NOTHING, 1.0, why)
        if hypothesis.sentence or not hypothesis.targets or not hypothesis.left or act == "order":
            return None
        asks = self._matches(heard, act, room) if act == "question" else []
        if asks and asks[0].score >= HINT:
            # "Did I lock the door" asks how it is.
            why = "it is a question and would be acted on"
            sure = asks[0].score >= ASKS
            return (rewrite if sure else ask)(heard, asks[0].text, asks[0].score, why)
        # A report may go on to an order: "it's bedtime turn the lights off".
        told = describe_hypothesis(self.matcher, hypothesis) if act == "report" and may_go_on_to_order(heard) else None
        if told is not None:
            return ask(heard, told, LIKELY, "it reports something and would be acted on")
        return rewrite(heard, DO_NOTHING, 1.0, f"it is a {act} and would be acted on, so nothing is done")

    def _matches(self, heard: str, act: RequestAct, room: HomeArea | None) -> list[Match]:
        """Return what a request may mean, best first, as far as what it says can be done with it."""
        if act == "complaint" or (act == "question" and not asks_for_state(heard)):
            return []
        if act != "question" and (states_step(words(heard)) or self._time(heard) is not None):
            # Other words could carry neither.
            return []
        matches = self.matcher.match(heard, room)
        if act == "question":
            return [match for match in matches if match.hypothesis.asks]
        return [match for match in matches if match.situation or match.hypothesis.asks] if act == "report" else matches

    def _understood(self, heard: str, act: RequestAct, hypothesis: AgentHypothesis, room: HomeArea | None) -> Decision:
        """Leave what is understood as it is, unless it would be misread."""
        fine = leave(heard, "Home Assistant understands it")
        misread = self._at_once(heard, hypothesis, room) or self._as_value(heard, act, hypothesis, room)
        if misread is not None:
            return misread
        taken = room_for_thing(heard, hypothesis, self.matcher.home)
        if taken is None and not hypothesis.left and not hypothesis.guessed:
            return fine
        # A question with a number left over was none.
        asks = hypothesis.asks and (act == "question" or not any(word.isdigit() for word in hypothesis.left))
        matches = [match for match in self._matches(heard, act, room) if asks or not match.hypothesis.asks]
        if taken is not None:
            return self._lights(heard, matches, taken, hypothesis) or fine
        if asks:
            return self._answered(heard, matches, hypothesis) or fine
        return self._guessed(heard, matches, hypothesis) or self._strange(heard, matches, hypothesis) or fine

    def _at_once(self, heard: str, hypothesis: AgentHypothesis, room: HomeArea | None) -> Decision | None:
        """Ask where what was to be done at another time, or for some time, would be done at once and for good."""
        time = self._time(heard)
        if time is None or not time_left_out(hypothesis, time):
            return None
        why = f"it would be done at once, with no regard to “{time}”"
        # Without the time, so that its number is not taken for a value.
        timeless = self._oracle.read(without_times(words(heard), self._names), room)
        told = describe_hypothesis(self.matcher, timeless) if timeless is not None else None
        return rewrite(heard, DO_NOTHING, 1.0, why) if told is None else ask(heard, told, LIKELY, why)

    def _as_value(
        self, heard: str, act: RequestAct, hypothesis: AgentHypothesis, room: HomeArea | None
    ) -> Decision | None:
        """Decide on a step that would be taken for a value: "2 degrees warmer" is not 2 degrees; None elsewhere."""
        said = words(heard)
        relative = any("Relative" in frame.intent for frame in hypothesis.frames)
        if hypothesis.asks or relative or not hypothesis.targets or not states_step(said, certain=not hypothesis.left):
            return None
        why = "Home Assistant would not take it for so much more or less than there is"
        match = self._step(heard, act, room)
        if match is not None:
            return self._best(heard, [match], why)
        step = relative_step(said)
        values = [
            value for frame in hypothesis.frames for value in frame.slots.values() if isinstance(value, int | float)
        ]
        return rewrite(heard, DO_NOTHING, 1.0, why) if step is not None and abs(step.amount) in values else None

    def _strange(self, heard: str, matches: Sequence[Match], hypothesis: AgentHypothesis) -> Decision | None:
        """Decide on what would be acted on with no regard to some of its words; None where those are noise."""
        same = [match for match in matches if match.hypothesis.meaning == hypothesis.meaning]
        sure = matches[0].score if matches else 0.0
        if hypothesis.left and sure >= VERY_SURE and matches[0] not in same:
            return self._best(heard, matches, "Home Assistant would take it for something else")
        strange = left_out(hypothesis, self.matcher.home)
        if not strange or (sure >= VERY_SURE and matches[0] in same):
            return None
        why = f"it would be done with no regard to “{' '.join(strange)}”"
        asked = matches if sure >= LIKELY else same
        told = asked[0].text if asked else describe_hypothesis(self.matcher, hypothesis)
        if told is not None:
            return ask(heard, told, sure, why)
        return rewrite(heard, DO_NOTHING, 1.0, why) if opens_the_house(hypothesis, self.matcher.home) else None

    def _guessed(self, heard: str, matches: Sequence[Match], hypothesis: AgentHypothesis) -> Decision | None:
        """Ask where words were taken for a name that they only resemble, and something else is likelier."""
        own = max((match.score for match in matches if match.hypothesis.meaning == hypothesis.meaning), default=0.0)
        if not hypothesis.guessed or not matches or matches[0].score <= own:
            return None
        why = f"“{' '.join(hypothesis.guessed)}” may be something else"
        return ask(heard, matches[0].text, matches[0].score, why)

    def _answered(self, heard: str, matches: Sequence[Match], hypothesis: AgentHypothesis) -> Decision | None:
        """Ask what was asked or said, where the answer would have no regard to a room, or to what is much likelier."""
        rooms = {word for area in self.matcher.home.areas for name in area.names for word in normalise(name).split()}
        placed = rooms.intersection(hypothesis.left)
        strange = [word for word in hypothesis.left if word not in FILLERS and word not in HARMLESS]
        likely = [match for match in matches if match.hypothesis.asks or not placed]
        if not strange or not likely or likely[0].hypothesis.meaning == hypothesis.meaning:
            return None
        why = f"it would be answered with no regard to “{' '.join(hypothesis.left)}”"
        sure = placed or likely[0].score >= HINT
        return ask(heard, likely[0].text, likely[0].score, why) if sure else None

    def _lights(self, heard: str, matches: Sequence[Match], room: str, hypothesis: AgentHypothesis) -> Decision | None:
        """Ask about the lights of a room that was taken for a thing of its name; None where it has none."""
        why = f"“{room}” is a room, and it would be taken for something else of that name"
        named = next(area for area in self.matcher.home.areas if room in area.names)
        action = next(one for one in ACTIONS if one.name == _SWITCHES[hypothesis.frames[0].intent])
        about = [match for match in matches if match.thing.domain == "light" and match.thing.room == named.id]
        if not about:
            plainly = self.matcher.about((*words(room), "lights"), action, None, named)
            told = next((match.text for match in plainly if match.thing.room == named.id), None)
            return None if told is None else ask(heard, told, LIKELY, why)
        # As probable as if nothing else had the room's name.
        others = sum(match.score for match in matches if match.thing.entities == hypothesis.targets)
        lights = msgspec.structs.replace(about[0], score=min(about[0].score / max(1 - others, 0.01), 1.0))
        noise = [word for word in hypothesis.left if word not in FILLERS]
        if lights.score >= SURE and noise and min(best_word(word, "light lights lamp") for word in noise) > _A_LIGHT:
            return self._best(heard, [lights], why)
        return ask(heard, lights.text, lights.score, why)

    def _all_but(self, heard: str, wide: str, kept: str, room: HomeArea | None) -> Decision:
        """Ask about "everything except": the things one by one, so that it is plain what would happen."""
        matcher = self.matcher
        for score, action, thing in matcher.named(wide.replace("everything", "all lights"), room)[:1]:
            spared = next(
                (
                    other.entities
                    for alike, _, other in matcher.named(f"turn on {kept}", room)
                    if alike >= 0.78 and other.entities & thing.entities
                ),
                None,
            )
            rest = [entity for entity in matcher.home.exposed if entity.id in thing.entities - (spared or frozenset())]
            if spared is not None and rest and score >= ALIKE:
                told = action.say[0].format(" and ".join(entity.names[0] for entity in rest))
                hypothesis = self._oracle.read(told)
                if hypothesis is not None and hypothesis.targets == {entity.id for entity in rest}:
                    return ask(heard, told, score, "what is left out would be left out of account")
        hypothesis = self._oracle.read(heard, room)
        if hypothesis is None or hypothesis.asks or not hypothesis.targets:
            return leave(heard, "nothing would be acted on, and nothing is alike")
        return rewrite(heard, DO_NOTHING, 1.0, "what is to be left out would be the very thing that is acted on")

    def _everything(self, heard: str) -> Decision | None:
        """Ask about all lights where everything is to be switched; None for any other request."""
        said = words(heard)
        switches = [one for one in ACTIONS if one.name in _SWITCHES.values()]
        if "everything" not in said or negated(heard) is not None or self._time(heard) is not None:
            return None
        for action in switches:
            named = self.matcher.everything(said, action)
            if named is not None:
                return ask(heard, named, LIKELY, "“everything” is a lot, and may be meant of the lights")
        return None

    def _best(self, heard: str, matches: Sequence[Match], why: str, guarded: str | None = None) -> Decision:
        if not matches or matches[0].score < LIKELY:
            return leave(heard, "Home Assistant does not understand it, and nothing that it understands is alike")
        best = matches[0]
        opens = opens_the_house(best.hypothesis, self.matcher.home)
        if opens and best.score < SURE:
            return leave(heard, f"“{best.text}” lets somebody in, and is not likely enough to be asked about")
        if negated(heard) is not None and negated(best.saying) is not None and best.score >= LIKELY:
            # "I can't see a thing" has its "not" in what it means, too; it is asked about all the same.
            return ask(heard, best.text, best.score, f"{why}; it is like “{best.saying}”")
        names = [name for area in self.matcher.home.areas for name in area.names]
        said = heard if guarded is None else guarded
        refused = refuse(said, None, best.text, None, confirmed=False, names=names, computed=True)
        asked = refuse(said, None, best.text, None, confirmed=True, names=names, computed=True)
        if refused is not None and asked is not None:
            return leave(heard, f"“{best.text}” was refused: {refused}")
        meant = f"{why}; “{best.text}” was meant with {best.score:.0%}"
        if refused is None and not opens and best.score >= (ASKS if best.hypothesis.asks else SURE):
            return rewrite(heard, best.text, best.score, meant)
        return ask(heard, best.text, best.score, meant)
