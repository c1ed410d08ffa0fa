"""The console in a real Chromium: no error, no request elsewhere, no serious violation, and every action works."""

import pytest

from benchmarks.console_browser import ACTIONS, addresses, browsing, gather_facts, look
from sayagain.learner import Learner

pytestmark = pytest.mark.console


@pytest.fixture(scope="module")
def browser():
    with browsing() as opened:
        yield opened


@pytest.fixture
def served(database, started):
    """A service on a log of today, the learner beside it, and what the log has."""
    with Learner(database) as learner:
        learner.store.set_release_in_use(2)
        learner.store.set_release_in_use(1)
        facts = gather_facts(learner)
        yield started().url, learner, facts


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_every_page_is_sound(browser, served, size, scheme):
    url, _, facts = served
    for name, address in addresses(facts).items():
        seen = look(browser, f"{url}/console/{address}", size=size, scheme=scheme)
        assert (name, seen.status, seen.errors, seen.foreign, seen.violations) == (name, 200, [], [], [])
        assert seen.size < 300_000


def test_every_action_works_from_the_click_to_the_store(browser, served):
    url, learner, facts = served
    page = browser.new_page(locale="en-GB")
    page.set_default_timeout(120_000)
    assert {name: act(page, url, learner, facts) for name, act in ACTIONS.items()} == dict.fromkeys(ACTIONS, True)


def test_a_page_is_usable_by_keyboard_alone(browser, served):
    url, _, _ = served
    page = browser.new_page(locale="en-GB")
    page.goto(f"{url}/console/today")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "What failed"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/failed")


def test_nothing_is_wider_than_a_phone(browser, served):
    url, _, facts = served
    page = browser.new_page(viewport={"width": 360, "height": 700})
    for name, address in addresses(facts).items():
        page.goto(f"{url}/console/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name


def test_a_correction_helps_the_next_request_of_that_person(browser, served):
    url, learner, facts = served
    page = browser.new_page(locale="de-DE")
    page.goto(f"{url}/console/failed")
    page.get_by_role("link", name="Eine Sitzung ansehen").first.click()
    page.goto(f"{url}/console/session?turn={facts.turn}")
    page.get_by_label("Es hätte sein sollen").fill("turn on the lamp")
    page.get_by_role("button", name="Speichern und beibringen").click()
    page.get_by_role("status").wait_for()
    assert learner.rewrite(facts.heard, user=facts.user).text == "turn on the lamp"
    assert not learner.rewrite(facts.heard, user="somebody else").changed


def test_signing_in_and_out(browser, served, make_token):
    url, learner, _ = served
    secret = make_token(learner.store, "read")["Authorization"].removeprefix("Bearer ")
    page = browser.new_page(locale="en-GB")
    page.goto(f"{url}/console/rewrites")
    page.wait_for_timeout(2_500)
    page.goto(f"{url}/console/rewrites")
    assert page.url.endswith("/login?next=rewrites")
    page.get_by_label("Token").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/rewrites")
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
