"""Fixes in a real Home Assistant with its demo home: make test-homeassistant."""

import asyncio
import os

import pytest

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.fixes.apply_fix import apply_plan, undo_fix
from sayagain.assistants.homeassistant.fixes.plan_fix import ask_debug, plan_fix

pytestmark = pytest.mark.homeassistant


@pytest.mark.parametrize(
    ("request_words", "means", "kind"),
    [
        ("turn on the bet light", None, "alias"),
        ("turn on the reading lamp", "turn on the bed light", "alias"),
        ("turn on the bed light in the kitchen", None, "sentence"),
    ],
)
def test_a_request_is_understood_with_the_fix_and_not_without(request_words, means, kind):
    url, token = (os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}") for name in ("URL", "TOKEN"))
    if not url or not token:
        pytest.fail("SAYAGAIN_HOMEASSISTANT_URL and _TOKEN are not set; see docs/assistants/homeassistant.md")

    async def run():
        async with HomeAssistant(url, token) as home:
            if kind == "sentence" and "automation" not in (await home.get("/api/config"))["components"]:
                pytest.skip("this Home Assistant runs no automations")
            plan = await plan_fix(home, request_words, means=means, language="en")
            fix = await apply_plan(home, plan)
            assert fix is not None
            try:
                assert fix.kind == kind
                reading = await ask_debug(home, request_words, language="en")
                assert reading["match"]
                assert reading["source"] == "trigger" or list(reading["targets"]) == ["light.bed_light"]
            finally:
                await undo_fix(home, fix)
            await asyncio.sleep(1)
            reading = await ask_debug(home, request_words, language="en")
            assert not (reading["match"] and reading["targets"])
            assert reading["source"] != "trigger"

    asyncio.run(run())
