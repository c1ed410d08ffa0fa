"""The command that repairs Home Assistant's settings after a request that failed."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import plain_text
from sayagain.errors import InputError, SettingError

if TYPE_CHECKING:
    from sayagain.assistants.homeassistant.api import HomeAssistant
    from sayagain.assistants.homeassistant.fixes.fix import Fix, FixPlan
    from sayagain.cli.output import Output
    from sayagain.learner import Learner
    from sayagain.turns import Turn

__all__ = ["fix"]

_TOKEN = "SAYAGAIN_HOMEASSISTANT_TOKEN"  # noqa: S105  (the name of an environment variable)

_SOON = 120_000
"""How soon a request is said otherwise, in milliseconds."""


def fix(
    turn: str | None = None,
    /,
    *,
    apply: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    undo: str | None = None,
    means: str | None = None,
    target: str | None = None,
    url: str = "http://homeassistant.local:8123",
    token: Annotated[str | None, Parameter(show_default=False)] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Show what to change in Home Assistant so that a failed request is understood; needs the extra `homeassistant`.

    An alias of an entity, an entity shown to the conversation, a room for an entity that has none, or a sentence that
    means other words. Home Assistant is asked how it reads the request; nothing is switched.

    Args:
        turn: Id of the turn.
        apply: Make the change, ask Home Assistant again, and take it back if the request is still not understood.
        undo: Id of a change that was made, to take it back.
        means: Other words for the request that work; without it, what the user said next or what learning found.
        target: Id of the entity that is meant, such as light.desk_lamp.
        url: Address of Home Assistant.
        token: Long-lived access token of an administrator (SAYAGAIN_HOMEASSISTANT_TOKEN).
        common: Options of every command.
    """
    if (turn is None) == (undo is None):
        raise InputError("give the id of a turn, or --undo with the id of a change")
    access_token = token or os.environ.get(_TOKEN)
    if not access_token:
        raise SettingError(
            f"--token is missing, and {_TOKEN} is not set; create a token in your Home Assistant profile"
        )
    if undo is not None:
        asyncio.run(_undo(url, access_token, undo, common.output))
        return
    turn_id = text(turn or "", "TURN")
    with open_learner(common) as learner:
        logged = learner.store.turn(turn_id)
        if logged is None:
            raise InputError(f"there is no turn {turn_id!r}")
        words = means or _meant(learner, logged)
    asyncio.run(_fix(url, access_token, logged, words, target, apply, common.output))


def _meant(learner: "Learner", turn: "Turn") -> str | None:
    """Return other words for a request: what learning is sure of, or what its user said next and was understood."""
    judgement = learner.store.judgement(turn.turn_id)
    label = None if judgement is None else judgement.label
    if label is not None and label.verified and label.words:
        return label.words
    later = [other for other in learner.runtime.session_of(turn).turns if other.started > turn.started]
    following = later[0] if later else None
    if following is None or following.started - turn.started > _SOON or following.trouble is not None:
        return None
    return following.heard if turn.trouble is not None and following.heard != turn.heard else None


async def _fix(
    url: str, token: str, turn: "Turn", means: str | None, target: str | None, is_applied: bool, out: "Output"
) -> None:
    from sayagain.assistants.homeassistant.fixes.apply_fix import apply_plan  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.homeassistant.fixes.plan_fix import plan_fix  # noqa: PLC0415  (the same)

    async with _client(url, token) as home:
        plan = await plan_fix(home, turn.heard, means=means, target=target, language=turn.language)
        applied = await apply_plan(home, plan) if is_applied else None
    record = {
        "turn_id": turn.turn_id,
        "request": turn.heard,
        "stage": plan.stage,
        "sentence": plan.sentence,
        "applied": is_applied,
    }
    record |= {"fixes": [option.id for option in plan.fixes], "undo": None if applied is None else applied.id}
    out.result(record, [plain_text(line) for line in _lines(plan, turn.turn_id, applied, is_applied)])


def _lines(plan: "FixPlan", turn_id: str, applied: "Fix | None", is_applied: bool) -> list[str]:
    lines = [f"“{plan.request}”: {plan.sentence}"]
    if applied is not None:
        lines.append(f"done: Home Assistant understands it now; take it back with: sayagain fix --undo {applied.id}")
    elif is_applied and plan.fixes:
        lines.append("Home Assistant still does not understand it, so nothing was changed")
    elif plan.fixes:
        lines.append(f"make the change with: sayagain fix {turn_id} --apply")
    return lines


async def _undo(url: str, token: str, undo: str, out: "Output") -> None:
    from sayagain.assistants.homeassistant.fixes.apply_fix import undo_fix  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.homeassistant.fixes.fix import Fix  # noqa: PLC0415  (the same)

    change = Fix.from_id(undo)
    async with _client(url, token) as home:
        await undo_fix(home, change)
    out.result({"undone": undo}, [plain_text(f"taken back: {undo}")])


def _client(url: str, token: str) -> "HomeAssistant":
    from sayagain.assistants.homeassistant.api import HomeAssistant  # noqa: PLC0415  (the same)

    return HomeAssistant(url, token)
