"""The plan of a fix: what Home Assistant makes of a request that failed, and which change would help."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.fixes.fix import Fix, FixPlan
from sayagain.assistants.homeassistant.fixes.home_names import HomeNames, NamedEntity
from sayagain.assistants.homeassistant.fixes.replay_stage import replay_stage
from sayagain.guardrails import refuse
from sayagain.text import normalise

__all__ = ["ask_debug", "plan_fix"]

_SAFE_DOMAINS = frozenset(
    {"light", "switch", "fan", "climate", "media_player", "vacuum", "humidifier", "water_heater", "scene", "sensor"}
)
"""Kinds of things that a name may be guessed to mean; of what opens the house the entity must be known."""

_AWAY = frozenset({"unavailable", "unknown"})


async def ask_debug(
    home: HomeAssistant, words: str, *, language: str | None = None, device_id: str | None = None
) -> Mapping[str, Any]:
    """Return how Home Assistant would read words, without acting; empty where it would not.

    Raises:
        ServiceError: it does not tell.
    """
    given = {"language": language, "device_id": device_id}
    fields = {name: value for name, value in given.items() if value is not None}
    answer = await home.call("conversation/agent/homeassistant/debug", sentences=[words], **fields)
    result = (answer.get("results") or [None])[0]
    return result if isinstance(result, dict) else {}


async def plan_fix(
    home: HomeAssistant,
    request: str,
    *,
    means: str | None = None,
    target: str | None = None,
    language: str | None = None,
    device_id: str | None = None,
) -> FixPlan:
    """Return what to do about a request, by what Home Assistant makes of it now; nothing is changed.

    Args:
        home: the Home Assistant.
        request: the request as it was heard.
        means: other words for it that work, if known.
        target: id of the entity that is meant, if known.
        language: of the request.
        device_id: the device spoken to.

    Raises:
        ServiceError: Home Assistant cannot be asked.
    """
    names = await HomeNames.read(home)
    result = await ask_debug(home, request, language=language, device_id=device_id)
    means = means or _without_area(request, result)
    meant = await ask_debug(home, means, language=language, device_id=device_id) if means else {}
    targets = list(meant.get("targets") or {})
    known = means if meant.get("match") else None
    planner = _Planner(names, request, known, language, device_id)
    plan = planner.plan(result, target or (targets[0] if len(targets) == 1 else None))
    is_guessed = known is None and target is None and plan.target is not None
    stage = replay_stage(request, result, known, is_guessed=is_guessed)
    return msgspec.structs.replace(plan, stage=stage)


def _without_area(request: str, result: Mapping[str, Any]) -> str | None:
    """Return a request without the room at its end, where the thing that it names is in none or another."""
    details = result.get("details") or {}
    area = normalise(str((details.get("area") or {}).get("text", "")))
    words, last = normalise(request).split(), area.split()
    if not area or "name" not in details or words[-len(last) :] != last:
        return None
    # Behind the name stand a preposition and an article at most: "in the kitchen".
    name = normalise(str(details["name"].get("text", ""))).split()
    start = next((at for at in range(len(words)) if words[at : at + len(name)] == name), None)
    return None if start is None or start + len(name) > len(words) - len(last) else " ".join(words[: start + len(name)])


class _Planner:
    """Chooses the fixes of one request."""

    def __init__(
        self, names: HomeNames, request: str, means: str | None, language: str | None, device_id: str | None
    ) -> None:
        self._names = names
        self._request = request
        self._means = means
        self._language = language
        self._device_id = device_id

    def plan(self, result: Mapping[str, Any], target: str | None) -> FixPlan:
        """Return the plan for what Home Assistant makes of the request."""
        slots = {name: str(detail.get("text", "")) for name, detail in (result.get("details") or {}).items()}
        if result.get("match") and (result.get("targets") or not {"name", "area"} & slots.keys()):
            return self._understood(list(result.get("targets") or {}))
        if result.get("match"):
            return self._without_target(slots, result, target)
        unmatched = result.get("unmatched_slots") or {}
        # Words that are no area either may be the beginning of a name: "the leaving room fan".
        variants = self._name_variants(str(unmatched.get("name") or unmatched.get("area") or ""))
        hidden = [entity for name in variants for entity in self._names.called(name) if not entity.is_exposed]
        if len(hidden) == 1:
            return self._expose(hidden[0])
        entity = self._names.get(target or "") or self._names.most_like(variants, _SAFE_DOMAINS)
        if variants and entity is not None:
            aliases = tuple(Fix(kind="alias", subject=entity.entity_id, value=name) for name in variants)
            sentence = f"Nothing is called “{variants[0]}”: it becomes an alias of {entity.name} ({entity.entity_id})."
            return self._made(sentence, (*aliases, *self._sentence()), entity.entity_id)
        return self._sentence_plan(variants, target)

    def _understood(self, targets: list[str]) -> FixPlan:
        entities = [entity for name in targets if (entity := self._names.get(name)) is not None]
        away = [entity.name for entity in entities if entity.state in _AWAY]
        if away:
            verb = "is" if len(away) == 1 else "are"
            return self._made(f"It is understood; {', '.join(away)} {verb} unavailable: check power and connection.")
        return self._made("Home Assistant understands this request now; there is nothing to change.")

    def _without_target(self, slots: Mapping[str, str], result: Mapping[str, Any], target: str | None) -> FixPlan:
        """Return the plan for a name and a room that are both known and do not go together."""
        area = (result.get("details") or {}).get("area") or {}
        called = self._names.called(str(((result.get("details") or {}).get("name") or {}).get("value", "")))
        if len(called) == 1 and not called[0].is_exposed:
            return self._expose(called[0])
        if area and len(called) == 1 and called[0].area_id is None:
            area_id = str((result.get("slots") or {}).get("area") or area.get("value", ""))
            fix = Fix(kind="area", subject=called[0].entity_id, value=normalise(area_id).replace(" ", "_"))
            sentence = f"{called[0].name} is in no room: it is put into {area.get('value', area_id)}."
            return self._made(sentence, (fix, *self._sentence()), called[0].entity_id)
        if self._means is not None:
            return self._sentence_plan([], target)
        where = f" in {area.get('value')}" if area else ""
        return self._made(f"Nothing called “{slots.get('name', '')}” is{where}: say another room, or none.")

    def _expose(self, entity: NamedEntity) -> FixPlan:
        fix = Fix(kind="expose", subject=entity.entity_id, value="conversation")
        sentence = f"{entity.name} ({entity.entity_id}) is hidden from the conversation: it is exposed."
        return self._made(sentence, (fix,), entity.entity_id)

    def _sentence(self) -> tuple[Fix, ...]:
        """Return the sentence that means other words, unless it would open, buy or call something."""
        words = normalise(self._request)
        if self._means is None or not words:
            return ()
        refused = refuse(self._request, None, self._means, None, taught=True, language=self._language)
        return () if refused is not None else (Fix.sentence(words, self._means, self._language),)

    def _sentence_plan(self, variants: list[str], target: str | None) -> FixPlan:
        fixes = self._sentence()
        if fixes:
            sentence = f"A sentence trigger makes “{normalise(self._request)}” mean “{self._means}”."
            return self._made(sentence, fixes, target)
        if variants:
            sentence = f"Nothing is called “{variants[0]}”, and no entity has a name like it; state one with --target."
        else:
            sentence = "Home Assistant has no sentence for it; state with --means which words it stands for."
        return self._made(sentence)

    def _name_variants(self, unmatched: str) -> list[str]:
        """Return the names that may have been said: what was cut off as the kind of thing may belong to it."""
        words, name = normalise(self._request).split(), normalise(unmatched).split()
        if not name:
            return []
        at = next((at for at in range(len(words)) if words[at : at + len(name)] == name), None)
        ends = () if at is None else (at + len(name) + 1, at + len(name))
        whole = [" ".join(words[at:end]) for end in ends if at is not None and end <= len(words)]
        return list(dict.fromkeys([*whole, " ".join(name)]))

    def _made(self, sentence: str, fixes: tuple[Fix, ...] = (), target: str | None = None) -> FixPlan:
        return FixPlan(
            request=self._request,
            language=self._language,
            device_id=self._device_id,
            fixes=fixes,
            target=target,
            stage="correct",
            sentence=sentence,
        )
