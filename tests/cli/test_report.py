import re

import pytest


@pytest.mark.usefixtures("learnt")
def test_the_report_is_one_page_that_needs_nothing_else(run, tmp_path):
    path = tmp_path / "report.html"
    ran = run("report", "--html", path)
    assert (ran.code, str(path) in ran.out) == (0, True)
    page = path.read_text(encoding="utf-8")
    assert "turn of the lamp" in page
    assert page.count("<svg") >= 2
    assert re.findall(r"<script|<link|<form|<a |src=|url\(|https?:", page) == []


@pytest.mark.usefixtures("learnt")
def test_the_report_shows_the_figures_that_the_command_line_prints(run, tmp_path):
    path = tmp_path / "report.html"
    assert run("report", "--html", path, "--language", "de", "--json").json["bytes"] == path.stat().st_size
    page = path.read_text(encoding="utf-8")
    assert '<html lang="de">' in page
    (cause, *_) = run("failures", "--json").json["causes"]
    assert cause["words"] in page
    assert f"{cause['times']}-mal" in page


def test_a_report_on_an_empty_log_says_what_to_do(run, log, tmp_path):
    run("ingest", log)
    assert run("report", "--html", tmp_path / "report.html").code == 0
    ran = run("report", "--html", tmp_path / "nowhere" / "report.html")
    assert ran.code != 0
    assert "--html" in ran.err
