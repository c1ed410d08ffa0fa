"""The story of a home owner: a request fails, is corrected in the console in Chromium, and is asked again."""

import asyncio

import pytest

from .real_home import is_on, kind, logged, run, said, say, set_up

pytestmark = pytest.mark.homeassistant

FAILS, WORKS = "please make the snoozer dark", "turn off the bed light"


def correct(service):
    """Sign in to the console, look at what failed, and say what it should have been."""
    from benchmarks.console_browser import browsing  # noqa: PLC0415  (needs a browser)

    with browsing() as browser:
        page = browser.new_page(locale="en-GB")
        page.goto(f"{service.url}/console/failed")
        page.get_by_label("Token").fill(service.token)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name=FAILS).click()
        page.get_by_label("It should have been").fill(WORKS)
        page.get_by_role("button", name="Save and teach it").click()
        page.get_by_role("status").wait_for()


def test_what_failed_is_corrected_in_the_console_and_works_at_once(service):
    pytest.importorskip("playwright")

    async def story(home):
        async with set_up(home, service):
            for number in range(6):
                assert kind(await say(home, "turn on the bed light", f"works-{number}")) == "action_done"
            assert kind(await say(home, FAILS)) == "error"
            await logged(service, 7)
            await asyncio.to_thread(correct, service)
            assert said(await say(home, FAILS, "again")) == "Turned off the light"
            assert not await is_on(home, "light.bed_light")

    run(story)
