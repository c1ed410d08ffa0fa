"""What can Home Assistant act on? The same two matchers that its agent runs, over a copy of the same home, offline."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis, IntentCall, intent_targets
from sayagain.assistants.homeassistant.cold_start.home import HomeArea, HomeSnapshot
from sayagain.extras import require
from sayagain.languages import DEFAULT, language_of

if TYPE_CHECKING:
    from gazetteer_matcher import Interpretation
    from hassil import Intents, RecognizeResult, SlotList

__all__ = ["Oracle", "template_language"]

_REMEMBERED = 4096
"""Requests whose hypothesis is kept; people repeat themselves."""


class Oracle:
    """Reads requests as Home Assistant 2026.11 does: sentence templates first, then the gazetteer behind them.

    Args:
        home: whose names count; another home needs another oracle (building one takes seconds).
        language: of the templates, as `template_language` gives it. Only English has a gazetteer.

    Source: homeassistant/components/conversation/default_agent.py and gazetteer.py
    """

    def __init__(self, home: HomeSnapshot, language: str = DEFAULT) -> None:
        require("hassil", "homeassistant")
        require("home_assistant_intents", "homeassistant")
        require("gazetteer_matcher", "homeassistant")
        from gazetteer_matcher import GazetteerMatcher  # noqa: PLC0415  (an extra: loaded on first use)

        self.home = home
        self.language = language
        self.intents = _templates(language)
        self._shown = _lists(home, shown=True)
        self._hidden = _lists(home, shown=False)
        self._gazetteer = GazetteerMatcher(home=_gazetteer_home(home)) if language == DEFAULT else None
        self._read = lru_cache(maxsize=_REMEMBERED)(self._think)

    def read(
        self, words: str, room: HomeArea | None = None, previous: AgentHypothesis | None = None
    ) -> AgentHypothesis | None:
        """Say what would be done with a request; None where nothing would.

        Args:
            words: the request.
            room: the room that is spoken in.
            previous: what was done just before in this conversation, for "it" and "them".
        """
        return self._read(words, room, _reference(previous))

    def recognises(self, words: str, room: HomeArea | None = None) -> bool:
        """Return whether a request is one of Home Assistant's sentences, even where there is nothing to act on."""
        return any(self._recognised(words, room, lists) is not None for lists in (self._shown, self._hidden))

    def _recognised(self, words: str, room: HomeArea | None, lists: "dict[str, SlotList]") -> "RecognizeResult | None":
        from hassil import recognize_best  # noqa: PLC0415  (the same)

        return recognize_best(
            words,
            self.intents,
            slot_lists=lists,
            intent_context={"area": {"value": room.names[0], "text": room.names[0]}} if room is not None else None,
            language=self.language,
            best_metadata_key="is_custom_sentence",
            best_slot_name="name",
        )

    def _think(self, words: str, room: HomeArea | None, before: tuple[tuple[str, str], ...]) -> AgentHypothesis | None:
        for lists in (self._shown, self._hidden):
            found = self._recognised(words, room, lists)
            if found is not None:
                if lists is self._hidden:
                    # The name of a thing that the agent may not act on: it refuses, and looks no further.
                    return None
                slots = {entity.name: entity.value for entity in found.entities_list}
                acted = intent_targets(self.home, found.intent.name, slots, room.id if room else None)
                if acted is None:
                    return None
                frame = IntentCall(intent=found.intent.name, slots=slots, targets=acted)
                return AgentHypothesis(frames=(frame,))
        return self._spot(words, room, before)

    def _spot(self, words: str, room: HomeArea | None, before: tuple[tuple[str, str], ...]) -> AgentHypothesis | None:
        if self._gazetteer is None:
            return None
        from gazetteer_matcher import TargetReference  # noqa: PLC0415  (the same)

        previous = [TargetReference.for_entity(value) for key, value in before if key == "name"]
        previous += [TargetReference.for_area(value) for key, value in before if key == "area"]
        spotted: Interpretation = self._gazetteer.interpret(
            words, context_area=room.id if room is not None else None, previous_targets=previous
        )
        if not spotted.accepted or not spotted.frames:
            return None
        frames, left, guessed = [], set(), set()
        for frame in spotted.frames:
            acted = intent_targets(self.home, frame.intent, frame.slots, room.id if room else None)
            if acted is None or frame.response_key is None:
                return None
            frames.append(IntentCall(intent=frame.intent, slots=dict(frame.slots), targets=acted))
            named = [span for slot, option in frame.slot_options.items() if slot == "name" for span in option.spans]
            guessed |= {span.text for span in named if span.source == "fuzzy_name"}
            left |= {spotted.tokens[at].text for at in frame.unexplained_tokens}
        return AgentHypothesis(
            frames=tuple(frames), left=tuple(sorted(left)), guessed=tuple(sorted(guessed)), sentence=False
        )


def _reference(previous: AgentHypothesis | None) -> tuple[tuple[str, str], ...]:
    """Return what "it" would mean: the one thing or the one room of what was done before."""
    if previous is None or len(previous.frames) != 1:
        return ()
    acted = previous.frames[0].targets
    return tuple(("name", name) for name in sorted(acted)) if len(acted) == 1 else ()


@cache
def template_language(tag: str | None) -> str | None:
    """Return the language of Home Assistant's templates that requests with a tag (BCP 47) are read by; None for none.

    >>> template_language("de-AT"), template_language("pt-br"), template_language("pt-PT")
    ('de', 'pt-BR', 'pt')
    """
    import home_assistant_intents  # noqa: PLC0415  (an extra: loaded on first use)

    known = {language.lower(): str(language) for language in home_assistant_intents.get_languages()}
    stated = (tag or "").replace("_", "-").lower()
    return known.get(stated) or known.get(language_of(stated) or "")


@cache
def _templates(language: str) -> "Intents":
    import home_assistant_intents  # noqa: PLC0415  (an extra: loaded on first use)
    from hassil import Intents  # noqa: PLC0415  (the same)

    sentences: dict[str, Any] | None = home_assistant_intents.get_intents(language)
    if sentences is None:
        raise LookupError(language)
    return Intents.from_dict(sentences)


def _lists(home: HomeSnapshot, *, shown: bool) -> "dict[str, SlotList]":
    from hassil import TextSlotList  # noqa: PLC0415  (an extra: loaded on first use)
    from hassil.util import remove_punctuation  # noqa: PLC0415  (the same)

    def tidy(name: str) -> str:
        return str(remove_punctuation(name)).strip()

    names = []
    for entity in home.entities:
        if entity.exposed is shown:
            context = {"domain": entity.domain}
            if entity.device_class is not None:
                context["device_class"] = entity.device_class
            names += [(tidy(name), name, context) for name in entity.names if tidy(name)]
    areas = [(tidy(name), name) for area in home.areas for name in area.names if tidy(name)]
    floors = [(tidy(name), floor.names[0]) for floor in home.floors for name in floor.names if tidy(name)]
    return {
        "name": TextSlotList.from_tuples(names, allow_template=False),
        "area": TextSlotList.from_tuples(areas, allow_template=False),
        "floor": TextSlotList.from_tuples(floors, allow_template=False),
    }


def _gazetteer_home(home: HomeSnapshot) -> dict[str, Any]:
    entities: dict[str, Any] = {}
    for entity in home.exposed:
        entities[entity.id] = {**_named(entity.names), "domain": entity.domain, "area": entity.area}
        if entity.device_class is not None:
            entities[entity.id]["device_class"] = entity.device_class
    return {
        "areas": {area.id: {**_named(area.names), "floor": area.floor} for area in home.areas},
        "floors": {floor.id: _named(floor.names) for floor in home.floors},
        "entities": entities,
    }


def _named(names: Sequence[str]) -> dict[str, Any]:
    # A blank alias names nothing.
    return {"name": names[0], "aliases": [name for name in names[1:] if name.strip()]}
