"""The console in a real Chromium: what a page does when it is opened, and every action from the click to the store."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from sayagain.errors import InputError
from sayagain.extras import require
from sayagain.learner import Learner
from sayagain.turns import Response, Turn

__all__ = ["ACTIONS", "CHROMIUM", "SIZES", "Facts", "Seen", "addresses", "browsing", "gather_facts", "look"]

CHROMIUM = Path("/usr/bin/chromium")
"""Debian's package; Playwright's own browsers are not downloaded."""

SIZES = {"wide": (1180, 800), "phone": (390, 760)}
"""Sizes of a window by name, in CSS pixels."""

_SERIOUS = {"serious", "critical"}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a log has for the pages to show."""

    turn: str
    """A turn that failed."""
    heard: str
    """Its words."""
    rewrite_id: str
    """A rewrite of the release in use."""
    rewritten: str
    """What it is heard as."""
    user: str
    """Who said them."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser saw of one page."""

    status: int
    """HTTP status."""
    errors: list[str]
    """What the page wrote to the browser's console, violations of its policy included."""
    foreign: list[str]
    """Addresses on other machines that it asked for."""
    violations: list[str]
    """Serious and critical violations that axe found."""
    size: int
    """Bytes of the page with its style and script, uncompressed."""


@contextmanager
def browsing() -> Iterator[Any]:
    """Open a browser.

    Raises:
        InputError: there is no Chromium.
        MissingExtra: Playwright is not installed.
    """
    if not CHROMIUM.is_file():
        raise InputError(f"{CHROMIUM} is missing, in which the console is looked at; run: apt-get install chromium")
    playwright = require("playwright.sync_api", "browser").sync_playwright()
    with playwright as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def gather_facts(learner: Learner) -> Facts:
    """Return what the log has, after somebody failed today, was helped, and taught something."""
    line = next(line for line in learner.rewrites(learner.store.release_in_use()) if line.rewrite_id is not None)
    user, now = "console.user", time.time_ns() // 1_000_000
    decision = learner.rewrite(line.heard, language=line.language)
    failed = Response(type="error", error_code="no_intent_match", text="Sorry, I couldn't understand that")
    helped = Turn(
        turn_id=f"console-{now}-0",
        started=now - 60_000,
        request=decision.text,
        user_id=user,
        language=line.language,
        applied_rewrite=decision.applied,
        response=Response(type="action_done", text="Done"),
    )
    lost = Turn(
        turn_id=f"console-{now}-1",
        started=now,
        request="dim <b>everything</b>",
        user_id=user,
        language=line.language,
        response=failed,
    )
    learner.runtime.observe_all([helped, lost])
    learner.teach("reading hour", means=line.text, user=user)
    return Facts(
        turn=lost.turn_id, heard=lost.request, rewrite_id=str(decision.rewrite_id), rewritten=line.heard, user=user
    )


def addresses(facts: Facts) -> dict[str, str]:
    """Return the address of each page, with something on it to see."""
    return {
        "today": "today",
        "failed": "failed",
        "session": f"session?turn={quote(facts.turn)}",
        "rewrites": "rewrites",
        "rewrite": f"rewrite?id={facts.rewrite_id}",
        "try": f"try?q={quote(facts.rewritten)}",
        "taught": f"taught?user={facts.user}",
        "breaks": "breaks",
        "releases": "releases",
        "difference": "difference",
        "labels": "labels",
        "privacy": f"privacy?user={facts.user}",
        "login": "login",
    }


def look(browser: Any, url: str, *, size: str = "wide", scheme: str = "light") -> Seen:  # noqa: ANN401  (Playwright's)
    """Open one page with an empty cache, unfold all of it, and say what was seen.

    Args:
        browser: of `browsing`.
        url: the page.
        size: name of the window's size.
        scheme: `light` or `dark`.
    """
    axe = require("axe_playwright_python.sync_playwright", "browser").Axe()
    width, height = SIZES[size]
    # Axe is a script of the test, which the policy of the page would keep out.
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", bypass_csp=True
    )
    page, host = context.new_page(), urlsplit(url).netloc
    errors, foreign, sizes = _listen(page, host)
    status = page.goto(url, wait_until="networkidle").status
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    results = axe.run(page).response["violations"]
    violations = [
        f"{result['id']}: {node['html'][:200]}"
        for result in results
        if result["impact"] in _SERIOUS
        for node in result["nodes"]
    ]
    context.close()
    # Once more under its policy: what that forbids is written to the browser's console.
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    strict_errors, strict_foreign, _ = _listen(page, host)
    page.goto(url, wait_until="networkidle")
    context.close()
    return Seen(
        status=status,
        errors=[*errors, *strict_errors],
        foreign=[*foreign, *strict_foreign],
        violations=violations,
        size=sum(sizes),
    )


def _listen(page: Any, host: str) -> tuple[list[str], list[str], list[int]]:  # noqa: ANN401  (Playwright's)
    errors: list[str] = []
    foreign: list[str] = []
    sizes: list[int] = []

    def note_request(request: Any) -> None:  # noqa: ANN401  (Playwright's)
        if urlsplit(request.url).netloc != host:
            foreign.append(request.url)

    def note_message(message: Any) -> None:  # noqa: ANN401  (Playwright's)
        if message.type in {"error", "warning"}:
            errors.append(message.text)

    page.on("request", note_request)
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", 0))))
    page.on("console", note_message)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors, foreign, sizes


def _say(page: Any, url: str, facts: Facts, button: str) -> None:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/session?turn={quote(facts.turn)}")
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("status").wait_for()


def _fine(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    _say(page, url, facts, "This was fine")
    return _has_feedback(learner, facts, "helped", 1.0)


def _failed(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    _say(page, url, facts, "This failed")
    return _has_feedback(learner, facts, "helped", 0.0)


def _correct(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/session?turn={quote(facts.turn)}")
    page.get_by_label("It should have been").fill("turn on the lamp")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("status").wait_for()
    return _has_feedback(learner, facts, "correction", None)


def _correct_and_teach(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/session?turn={quote(facts.turn)}")
    page.get_by_label("It should have been").fill("turn on the lamp")
    page.get_by_role("button", name="Save and teach it").click()
    taught = learner.rewrite(facts.heard, user=facts.user).text == "turn on the lamp"
    _undo(page)
    return taught and learner.rewrite(facts.heard, user=facts.user).text == facts.heard


def _has_feedback(learner: Learner, facts: Facts, kind: str, value: float | None) -> bool:
    turn = learner.store.turn(facts.turn)
    return turn is not None and any((report.kind, report.value) == (kind, value) for report in turn.feedback)


def _undo(page: Any) -> None:  # noqa: ANN401  (Playwright's)
    before = page.url
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    page.wait_for_url(lambda address: address != before)


def _withdraw(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/rewrite?id={facts.rewrite_id}")
    page.locator("summary", has_text="Withdraw").click()
    page.get_by_label("Why, for the record").fill("not what we say")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("status").wait_for()
    return learner.store.withdrawn().get(facts.rewrite_id) == "not what we say"


def _restore(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/rewrites?status=withdrawn")
    page.get_by_role("link", name="Evidence and decision").first.click()
    page.locator("summary", has_text="Allow again").click()
    page.get_by_role("button", name="Allow again").click()
    page.get_by_role("status").wait_for()
    return facts.rewrite_id not in learner.store.withdrawn()


def _teach(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/taught?user={facts.user}")
    page.get_by_label("When somebody says").fill("movie night")
    page.get_by_label("it means").fill("turn off the lamp")
    page.get_by_role("button", name="Teach").click()
    page.get_by_role("status").wait_for()
    return learner.rewrite("movie night", user=facts.user).text == "turn off the lamp"


def _forget(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/taught?user={facts.user}")
    entry = page.get_by_role("listitem").filter(has_text="reading hour")
    entry.locator("summary").click()
    entry.get_by_role("button", name="Forget").click()
    page.get_by_role("status").wait_for()
    phrases = {lesson.phrase for lesson in learner.taught(facts.user)}
    _undo(page)
    return "reading hour" not in phrases and "reading hour" in {one.phrase for one in learner.taught(facts.user)}


def _roll_back(page: Any, url: str, learner: Learner, _: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    before = learner.store.release_in_use()
    page.goto(f"{url}/console/releases")
    page.locator("summary", has_text="Roll back").click()
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("status").wait_for()
    after = learner.store.release_in_use()
    _undo(page)
    return before not in (None, after) and learner.store.release_in_use() == before


def _promote(page: Any, url: str, learner: Learner, _: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    before = learner.store.release_in_use()
    page.goto(f"{url}/console/releases")
    page.locator("summary", has_text="Put into use").first.click()
    form = page.locator("details[open] form")
    form.get_by_label("Even if the gate refuses").check()
    form.get_by_role("button", name="Put into use").click()
    page.get_by_role("status").wait_for()
    after = learner.store.release_in_use()
    _undo(page)
    return after not in (None, before) and learner.store.release_in_use() == before


def _try(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/try")
    page.get_by_label("Request").fill(facts.rewritten)
    page.get_by_role("button", name="Try").click()
    page.get_by_role("region", name="Candidates").wait_for()
    return learner.rewrite(facts.rewritten).text in page.content()


def _filter(page: Any, url: str, _: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/failed")
    page.locator("summary", has_text="More filters").click()
    page.get_by_label("User").select_option(facts.user)
    page.wait_for_url("**user=**")
    return "dim b everything b" in page.content() and page.locator(".list > li").count() == 1


def _download(page: Any, url: str, _: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/privacy?user={facts.user}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything as JSON").click()
    kept = msgspec.json.decode(Path(download.value.path()).read_bytes())
    return facts.turn in {turn["turn_id"] for turn in kept["turns"]}


def _forget_user(page: Any, url: str, learner: Learner, facts: Facts) -> bool:  # noqa: ANN401  (Playwright's)
    page.goto(f"{url}/console/privacy?user={facts.user}")
    page.locator("summary", has_text="Delete everything").click()
    page.get_by_label(f"Type {facts.user} to confirm").fill(facts.user)
    page.get_by_role("button", name="Delete everything").click()
    page.get_by_role("status").wait_for(timeout=300_000)
    return not list(learner.store.turns(user_id=facts.user, latest=1))


ACTIONS: dict[str, Callable[[Any, str, Learner, Facts], bool]] = {
    "fine": _fine,
    "failed": _failed,
    "correct": _correct,
    "correct and teach": _correct_and_teach,
    "withdraw": _withdraw,
    "restore": _restore,
    "teach": _teach,
    "forget and undo": _forget,
    "roll back and undo": _roll_back,
    "promote and undo": _promote,
    "try": _try,
    "filter": _filter,
    "download": _download,
    "forget a user": _forget_user,
}
"""What can be done in the console, in an order in which it can be done; each works through the page and returns whether
the product sees what was done."""
