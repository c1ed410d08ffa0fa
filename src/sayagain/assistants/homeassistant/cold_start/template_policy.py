"""The policy for a request in another language than English: leave it, say it as a template has it, or ask."""

from sayagain.assistants.homeassistant.cold_start.decisions import ask, leave, rewrite
from sayagain.assistants.homeassistant.cold_start.entrances import moves_an_entrance, opens_the_house
from sayagain.assistants.homeassistant.cold_start.home import HomeArea
from sayagain.assistants.homeassistant.cold_start.template_matcher import TemplateMatcher
from sayagain.guardrails import refuse
from sayagain.guardrails.request_act import request_act
from sayagain.guardrails.speech_act import speech_act
from sayagain.guardrails.stated_steps import states_step
from sayagain.guardrails.stated_times import stated_time
from sayagain.languages import spoken_words
from sayagain.runtime import Decision

__all__ = ["TemplatePolicy"]

SURE = 0.6
"""From this probability on a request is rewritten; below, it is asked about. Chosen on the development half of the
benchmark `cold_start_languages`, as is the next."""

LIKELY = 0.5
"""From this probability on it is asked about; below, it is left alone."""

_ORDERS = frozenset({"command", "undecided"})


class TemplatePolicy:
    """Decides on single requests in one home, in one language.

    Args:
        matcher: finds what a request may mean.
    """

    def __init__(self, matcher: TemplateMatcher) -> None:
        self.matcher = matcher
        home = matcher.home
        named = [
            *(area.names for area in home.areas),
            *(floor.names for floor in home.floors),
            *(entity.names for entity in home.exposed),
        ]
        self._names = [name for names in named for name in names]
        self._name_words = frozenset(word for name in self._names for word in spoken_words(name, matcher.language))

    def decide(self, heard: str, room: HomeArea | None) -> Decision:
        """Decide on a request.

        Args:
            heard: the request.
            room: the room that is spoken in.
        """
        matcher, pack = self.matcher, self.matcher.language
        if matcher.oracle.recognises(heard, room):
            return leave(heard, "Home Assistant understands it")
        untold = self._untold(heard)
        if untold is not None:
            return leave(heard, untold)
        why = "nothing that Home Assistant understands is alike"
        wide = not pack.wide.isdisjoint(spoken_words(heard, pack))
        for match in matcher.match(heard, room, LIKELY):
            if wide and len(match.hypothesis.targets) == 1:
                why = f"“{match.text}” was refused: more was asked for"
                continue
            refused, refused_after_yes = (
                refuse(heard, None, match.text, None, confirmed=confirmed, names=self._names, language=pack.code)
                for confirmed in (False, True)
            )
            if refused_after_yes is not None:
                why = f"“{match.text}” was refused: {refused_after_yes}"
                continue
            opens = opens_the_house(match.hypothesis, matcher.home)
            if opens and match.score < SURE:
                return leave(heard, f"“{match.text}” lets somebody in, and is not likely enough to be asked about")
            meant = f"Home Assistant does not understand it; “{match.text}” was meant with {match.score:.0%}"
            # One letter parts "zu" from "auf": a gate is asked about even where it would close.
            asks = match.made_up or moves_an_entrance(match.hypothesis, matcher.home)
            if refused is None and not asks and match.score >= SURE:
                return rewrite(heard, match.text, match.score, meant)
            return ask(heard, match.text, match.score, meant)
        return leave(heard, f"Home Assistant does not understand it, and {why}")

    def _untold(self, heard: str) -> str | None:
        """Say what a request does or states that no other words would tell; None for a plain order."""
        pack = self.matcher.language
        said = spoken_words(heard, pack)
        act: str = speech_act(said, pack, marked=heard.rstrip().endswith("?"))
        if act in _ORDERS:
            act = request_act(heard, pack)
        if act != "order":
            return f"it is a {act}, and no order"
        time = stated_time(said, self._name_words, pack)
        if time is not None:
            return f"it says “{time}”, which no other words would"
        step = states_step(said, language=pack)
        return "it says so much more or less than there is, which no other words would" if step else None
