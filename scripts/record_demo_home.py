"""Record the demo home of a running Home Assistant, as the tests of the cold start read it.

SAYAGAIN_HOMEASSISTANT_URL=… SAYAGAIN_HOMEASSISTANT_TOKEN=… python scripts/record_demo_home.py
"""

import asyncio
import json
import os
from pathlib import Path

import msgspec

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.cold_start.home import read_home

RECORDED = Path(__file__).parents[1] / "tests" / "assistants" / "homeassistant" / "demo_home.json"


async def record() -> None:
    """Write the home, one value a line."""
    url, token = os.environ["SAYAGAIN_HOMEASSISTANT_URL"], os.environ["SAYAGAIN_HOMEASSISTANT_TOKEN"]
    async with HomeAssistant(url, token) as client:
        home = await read_home(client)
    text = json.dumps(msgspec.to_builtins(home), indent=0, ensure_ascii=False)
    RECORDED.write_text(text + "\n", encoding="utf-8")
    print(f"{len(home.exposed)} of {len(home.entities)} entities are exposed; written to {RECORDED}")


asyncio.run(record())
