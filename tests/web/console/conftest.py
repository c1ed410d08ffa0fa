import re
import time

import pytest

from sayagain.turns import AppliedRewrite, Response, Turn

ASKED, MARKUP = "turn of the lamp", "<script>alert(1)</script> & “so”"
MINUTE = 60_000


def form_token(answer):
    """The form token of a page."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)[1]


@pytest.fixture
def now():
    return time.time_ns() // 1_000_000


@pytest.fixture
def console(open_service, now):
    """A console on a log of this week, with a rewrite, a lesson and markup wherever a person may have written some."""
    opened = open_service()
    rewritten = opened.learner.rewrite(ASKED)
    no = Response(type="error", error_code="no_intent_match", text=MARKUP)
    applied = rewritten.applied
    opened.learner.runtime.observe_all(
        [
            Turn(
                turn_id=f"r{number}",
                started=now - number * MINUTE * 60,
                request=rewritten.text,
                user_id="ann",
                language="en",
                applied_rewrite=applied,
                response=Response(type="action_done", text="ok"),
            )
            for number in range(8)
        ]
    )
    opened.learner.runtime.observe_all(
        [
            Turn(
                turn_id=f"m{number}",
                started=now - number * MINUTE * 50,
                request=MARKUP,
                user_id=f"<b>{number % 2}</b>",
                device_id="<i>tablet</i>",
                area="<u>hall</u>",
                language="en",
                response=no,
            )
            for number in range(4)
        ]
    )
    opened.learner.teach("study mode <hr>", means="turn on the lamp", user="ann")
    opened.rewrite_id = rewritten.rewrite_id
    assert isinstance(applied, AppliedRewrite)
    return opened


PAGES = {
    "today": "",
    "failed": "",
    "session": "?turn=m0",
    "rewrites": "",
    "rewrite": "?id={rewrite_id}",
    "try": "?q=turn of the lamp",
    "taught": "?user=ann",
    "breaks": "?by=room",
    "releases": "",
    "difference": "",
    "labels": "",
    "privacy": "?user=ann",
}


@pytest.fixture
def address(console):
    """Return the address of a page with something to see."""
    return lambda name: f"/console/{name}{PAGES[name].format(rewrite_id=console.rewrite_id)}"


@pytest.fixture
def post(console):
    """Send a form as a page of the session does; what came back."""

    def send(page, client=None, **fields):
        browser = client or console.client
        csrf = form_token(browser.get("/console/taught?user=ann"))
        return browser.post(f"/console/{page}", data={"csrf": csrf, **fields}, follow_redirects=False)

    return send
