"""Application of a fix through Home Assistant's API: tried, checked by asking again, and undone if it does not help."""

import asyncio
from urllib.parse import quote

from sayagain.assistants.homeassistant.api import BUILT_IN, HomeAssistant
from sayagain.assistants.homeassistant.fixes.fix import Fix, FixPlan
from sayagain.assistants.homeassistant.fixes.plan_fix import ask_debug
from sayagain.assistants.homeassistant.publish import add_alias
from sayagain.errors import ServiceError

__all__ = ["apply_fix", "apply_plan", "undo_fix"]

_CHECKS, _PAUSE = 10, 0.3
"""How often Home Assistant is asked whether it understands, and the pause between, in seconds: it reloads by itself."""


async def apply_plan(home: HomeAssistant, plan: FixPlan) -> Fix | None:
    """Make the first change of a plan after which Home Assistant understands the request; None if none helps.

    What does not help is undone.

    Raises:
        ServiceError: Home Assistant refuses every change.
    """
    refusals: list[ServiceError] = []
    for fix in plan.fixes:
        try:
            is_new = await apply_fix(home, fix)
        except ServiceError as error:
            # An entity without a unique id has no settings; a sentence may still mean it.
            refusals.append(error)
            continue
        if await _is_understood(home, plan, fix):
            return fix
        if is_new:
            await undo_fix(home, fix)
    if refusals and len(refusals) == len(plan.fixes):
        raise refusals[-1]
    return None


async def apply_fix(home: HomeAssistant, fix: Fix) -> bool:
    """Make one change; return whether anything was changed.

    Raises:
        ServiceError: Home Assistant refuses.
    """
    match fix.kind:
        case "alias":
            return bool(await add_alias(home, fix.subject, {fix.value}))
        case "expose":
            await _expose(home, fix, should_expose=True)
        case "area":
            await home.call("config/entity_registry/update", entity_id=fix.subject, area_id=fix.value)
        case "sentence":
            await home.post(f"/api/config/automation/config/{quote(fix.subject)}", _automation(fix))
    return True


async def undo_fix(home: HomeAssistant, fix: Fix) -> None:
    """Take one change back; what was changed otherwise since stays.

    Raises:
        ServiceError: Home Assistant refuses.
    """
    match fix.kind:
        case "alias":
            entry = await home.call("config/entity_registry/get", entity_id=fix.subject)
            kept = [
                alias
                for alias in entry.get("aliases") or []
                if not isinstance(alias, str) or alias.casefold() != fix.value.casefold()
            ]
            await home.call("config/entity_registry/update", entity_id=fix.subject, aliases=kept)
        case "expose":
            await _expose(home, fix, should_expose=False)
        case "area":
            entry = await home.call("config/entity_registry/get", entity_id=fix.subject)
            if entry.get("area_id") == fix.value:
                await home.call("config/entity_registry/update", entity_id=fix.subject, area_id=None)
        case "sentence":
            await home.delete(f"/api/config/automation/config/{quote(fix.subject)}")


async def _expose(home: HomeAssistant, fix: Fix, *, should_expose: bool) -> None:
    await home.call(
        "homeassistant/expose_entity",
        assistants=["conversation"],
        entity_ids=[fix.subject],
        should_expose=should_expose,
    )


def _automation(fix: Fix) -> dict[str, object]:
    """Return the automation that a sentence triggers."""
    given = {"text": fix.value, "agent_id": BUILT_IN, "language": fix.language}
    data = {name: value for name, value in given.items() if value is not None}
    return {
        "alias": f"sayagain: {fix.words}",
        "description": f"“{fix.words}” means “{fix.value}”; undo with: sayagain fix --undo {fix.id}",
        "triggers": [{"trigger": "conversation", "command": [fix.words]}],
        "actions": [{"action": "conversation.process", "data": data}],
        "mode": "queued",
    }


async def _is_understood(home: HomeAssistant, plan: FixPlan, fix: Fix) -> bool:
    """Return whether Home Assistant would now do what is meant."""
    for _ in range(_CHECKS):
        result = await ask_debug(home, plan.request, language=plan.language, device_id=plan.device_id)
        if result.get("match"):
            if fix.kind == "sentence" and result.get("source") == "trigger":
                return True
            targets = result.get("targets") or {}
            if targets and (plan.target is None or plan.target in targets):
                return True
        await asyncio.sleep(_PAUSE)
    return False
