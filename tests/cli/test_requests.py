import json

import pytest


@pytest.mark.usefixtures("learnt")
def test_rewrite_prints_the_words_alone_and_the_reason_beside(run):
    ran = run("rewrite", "turn of the lamp")
    assert ran.out == "turn off the lamp\n"
    assert "release 1: " in ran.err


@pytest.mark.usefixtures("learnt")
def test_rewrite_leaves_what_it_does_not_know(run):
    ran = run("rewrite", "open the window")
    assert ran.out == "open the window\n"
    assert ran.err.startswith("left as it is")


@pytest.mark.usefixtures("learnt")
def test_rewrite_passes_words_on_to_the_letter(run):
    odd = "wait\t what's [red]on[/red] :smile:  " + "word " * 40
    assert run("rewrite", odd).out == odd + "\n"


@pytest.mark.usefixtures("learnt")
def test_rewrite_as_json(run):
    ran = run("rewrite", "turn of the lamp", "--user", "u1", "--device", "d1", "--at", "2026-03-01T08:00:00Z", "--json")
    assert (ran.json["heard"], ran.json["text"], ran.json["release"]) == ("turn of the lamp", "turn off the lamp", 1)
    assert ran.err == ""


@pytest.mark.usefixtures("learnt")
def test_rewrite_takes_its_time_as_text_milliseconds_or_now(run):
    for at in ("2026-03-01T08:00:00Z", "1772352000000", "now"):
        assert run("rewrite", "open the window", "--at", at).code == 0
    for at in ("yesterday", "2026-03-01T08:00:00", "1772352000"):
        ran = run("rewrite", "open the window", "--at", at)
        assert ran.code == 2
        assert ran.err.startswith('sayagain: "--at" is ')


def test_rewrite_before_any_release_leaves_the_request(run, log):
    run("ingest", log)
    ran = run("rewrite", "turn of the lamp")
    assert (ran.code, ran.out) == (0, "turn of the lamp\n")
    assert "no release is in use" in ran.err


def test_rewrite_still_answers_when_the_release_in_use_is_damaged(run, learnt):
    table = learnt.parent / "home.db-releases" / "000001" / "table.arrow"
    table.write_bytes(table.read_bytes()[:-9])
    ran = run("rewrite", "turn of the lamp")
    assert (ran.code, ran.out) == (0, "turn of the lamp\n")
    assert "release 1 is damaged: table.arrow" in ran.err
    as_json = run("rewrite", "turn of the lamp", "--json")
    assert as_json.json["layer"] == "leave"
    assert "damaged" in json.loads(as_json.err)["remark"]


@pytest.mark.usefixtures("learnt")
def test_a_request_must_be_words(run):
    assert run("rewrite", " ").err == "sayagain: REQUEST is empty\n"
    assert run("rewrite", "lamp \udcff").err == "sayagain: REQUEST is no valid UTF-8\n"
    assert run("rewrite", "turn", "of", "the", "lamp").err.startswith("sayagain: unexpected argument of the lamp; ")
