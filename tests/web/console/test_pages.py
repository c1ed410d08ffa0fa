"""Pages over a real HTTP client: each renders in both languages, escapes what people wrote, and equals its JSON."""

import html
import re
from pathlib import Path

import pytest

from sayagain.errors import StoreError
from sayagain.web.console.menu import PAGES

from .conftest import MARKUP
from .conftest import PAGES as EXAMPLES

NAMES = [page.name for page in PAGES if page.has_html]


def strings(value):
    """All texts in a JSON document."""
    if isinstance(value, dict):
        return {text for inner in value.values() for text in strings(inner)}
    if isinstance(value, list):
        return {text for inner in value for text in strings(inner)}
    return {value} if isinstance(value, str) else set()


def test_every_page_has_an_example():
    assert sorted(NAMES) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "de-AT,de;q=0.9"])
def test_a_page_renders_in_the_language_of_the_browser(console, address, name, language):
    answer = console.client.get(address(name), headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language[:2]
    assert f'<html lang="{language[:2]}">' in answer.text
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert len(answer.content) < 300_000


@pytest.mark.parametrize("name", NAMES)
def test_what_people_wrote_stays_text(console, address, name):
    text = console.client.get(address(name)).text
    written = re.findall(r"<(?:script>|b>|i>tablet|u>hall|hr>)", text)
    assert written == []
    # Nothing inline, so that the policy holds.
    assert re.findall(r"<style|<script(?! src=)| style=| on\w+=", text) == []


def test_markup_is_shown_as_it_was_said(console):
    assert html.escape(MARKUP, quote=False) in console.client.get("/console/session?turn=m0").text
    assert "&lt;u&gt;hall&lt;/u&gt;" in console.client.get("/console/breaks?by=room").text


@pytest.mark.parametrize("name", NAMES)
def test_headers_forbid_what_is_not_ours(console, address, name):
    headers = console.client.get(address(name)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy["script-src"], policy["style-src"], policy["form-action"]} == {"'self'"}
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


TOLD = {
    "today": ["trend.week.turns", "trend.rewrites.objections"],
    "failed": ["failed", "causes.entries.*.words", "causes.entries.*.remedy"],
    "session": ["turns.*.turn.request", "explanation.sentences.*", "trial.decision.why"],
    "rewrites": ["served", "rows.entries.*.line.heard", "rows.entries.*.line.text"],
    "rewrite": ["rewrite_id", "heard", "text", "line.why", "trial.candidates.*.text"],
    "try": ["trial.decision.why", "trial.candidates.*.text", "trial.candidates.*.hypothesis"],
    "taught": ["lessons.entries.*.phrase", "lessons.entries.*.means", "user"],
    "breaks": ["report.groups.*.failed", "report.groups.*.turns"],
    "releases": ["releases.entries.*.number", "experiment.arms.*.turns"],
    "difference": ["changes.entries.*.before.text"],
    "labels": ["examples.entries.*.text", "judged"],
    "privacy": ["users.*.0", "users.*.1", "chosen.turns", "chosen.taught"],
}
"""What a page must show of its JSON."""


def told(value, path):
    name, _, rest = path.partition(".")
    inner = value if name == "*" else [value[int(name)] if isinstance(value, list) else value.get(name)]
    return [leaf for each in inner if each is not None for leaf in (told(each, rest) if rest else [each])]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_its_json_says(console, address, name):
    document = console.client.get(address(name).replace(f"/{name}", f"/{name}.json", 1)).json()
    page = html.unescape(console.client.get(address(name)).text)
    leaves = [leaf for path in TOLD[name] for leaf in told(document, path)]
    assert leaves
    for leaf in leaves:
        assert (f"{leaf:,}" if isinstance(leaf, int) else leaf) in page


def test_the_first_page_is_where_the_address_of_the_service_leads(console):
    answer = console.client.get("/")
    assert (answer.history[0].status_code, answer.url.path) == (303, "/console/today")
    assert console.client.get("/console").url.path == "/console/today"


def test_an_empty_log_says_what_to_do_next(open_service):
    opened = open_service()
    for user in {turn.user_id for turn in opened.store.turns()}:
        opened.store.forget_user(user)
    opened.store.set_release_in_use(None)
    for number in (1, 2):
        for path in (opened.learner.releases / f"{number:06}").rglob("*"):
            path.unlink()
        (opened.learner.releases / f"{number:06}").rmdir()
    for name in ("today", "failed", "rewrites", "taught", "breaks", "releases", "difference", "labels", "privacy"):
        assert 'class="empty"' in opened.client.get(f"/console/{name}").text, name
    assert "sayagain ingest LOG" in opened.client.get("/console/today").text


def test_what_is_not_there_is_a_page_too(console):
    for path in ("session?turn=none", "rewrite?id=none", "session"):
        answer = console.client.get(f"/console/{path}")
        assert answer.status_code in (404, 422)
        assert "<h1>" in answer.text
    assert console.client.get("/console/session.json?turn=none").json()["status"] == 404
    assert console.client.get("/console/static/../routes.py").status_code == 404
    assert console.client.get("/console/static/..%2froutes.py").status_code == 404


def test_static_files_are_served_with_their_type(console):
    for name, kind in (("console.css", "text/css"), ("console.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = console.client.get(f"/console/static/{name}")
        assert answer.headers["content-type"].startswith(kind)


def test_failures_are_filtered_and_paged(console, now):
    from sayagain.turns import Response, Turn  # noqa: PLC0415

    no = Response(type="error", error_code="no_intent_match")
    console.store.add_turns(
        Turn(turn_id=f"p{i}", started=now - i, request=f"wash number {i}", area="den", user_id="bo", response=no)
        for i in range(60)
    )
    first = console.client.get("/console/failed.json?room=den").json()
    assert first["causes"]["total"] == 60
    assert len(first["causes"]["entries"]) == 25
    last = console.client.get("/console/failed.json?room=den&page=3").json()["causes"]
    assert (last["page"], last["pages"], len(last["entries"])) == (3, 3, 10)
    assert console.client.get("/console/failed.json?q=number 7&user=bo").json()["failed"] == 1
    assert console.client.get("/console/failed.json?stage=false_wake&room=den").json()["failed"] == 0
    assert console.client.get("/console/failed.json?page=nonsense&room=den").json()["causes"]["page"] == 1
    text = console.client.get("/console/failed?room=den&page=2").text
    assert 'rel="next" href="failed?room=den&amp;page=3"' in text


def test_times_are_in_the_zone_of_the_home(open_service, monkeypatch, now):
    monkeypatch.setenv("SAYAGAIN_ZONE", "Asia/Tokyo")
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from sayagain.turns import Turn  # noqa: PLC0415

    opened = open_service()
    opened.store.add_turns([Turn(turn_id="z", started=now, request="lamp on")])
    tokyo = (datetime.fromtimestamp(now / 1000, UTC) + timedelta(hours=9)).strftime("%d %b %Y, %H:%M")
    text = opened.client.get("/console/session?turn=z").text
    assert tokyo in text
    assert "Asia/Tokyo" in text


def test_where_the_store_fails_the_page_names_no_folder(console, monkeypatch):
    console.client.get("/console/taught?user=ann")
    folder = Path(console.learner.settings.db).absolute().parent

    def fail(*_, **__):
        raise StoreError(f"{folder}/home.db: disk I/O error")

    monkeypatch.setattr(console.learner.store, "taught", fail)
    answer = console.client.get("/console/taught?user=ann")
    assert answer.status_code == 503
    assert "disk I/O error" in answer.text
    assert str(folder) not in answer.text
