import json

import pytest


@pytest.mark.usefixtures("learnt")
def test_explain_says_why(run):
    lines = run("explain", "u3-1-0").out.splitlines()
    assert lines[0] == "Heard: “turn of the lamp”."
    assert any(line.startswith("Judged a defect") for line in lines)
    assert "turn off the lamp" in lines[-1]


@pytest.mark.usefixtures("learnt")
def test_explain_as_json_holds_the_sentences_too(run):
    record = run("explain", "u3-1-0", "--json").json
    assert record["turn"]["turn_id"] == "u3-1-0"
    assert record["sentences"] == run("explain", "u3-1-0").out.splitlines()


@pytest.mark.usefixtures("learnt")
def test_explain_an_unknown_turn(run):
    ran = run("explain", "nope")
    assert ran.code == 2
    assert ran.err.endswith("there is no turn 'nope'\n")


def test_explain_shows_no_control_characters_of_a_log(run, tmp_path, turns):
    file = tmp_path / "turn.json"
    file.write_text(json.dumps({**turns[0], "request": "lamp\x1b[2J on"}), encoding="utf-8")
    run("observe", file)
    assert "\x1b" not in run("explain", turns[0]["turn_id"]).out


@pytest.mark.usefixtures("learnt")
def test_defects_fit_the_screen_and_are_limited(run):
    shown = run("defects", "--limit", "3")
    assert shown.out.count("“turn of the lamp”") == 1
    assert "Z " in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    found = run("defects", "--limit", "3", "--json").json
    assert len(found) <= 3
    assert (found[0]["heard"], found[0]["group"]) == ("turn of the lamp", None)
    assert found[0]["times"] > 3
    assert f"{found[0]['times']} times" in shown.out
    grouped = run("defects", "--by", "language", "--since", "2w", "--json").json
    assert {each["group"] for each in grouped} == {"unknown"}
    assert run("defects", "--since", "soon").code != 0


def test_defects_before_learning_say_what_to_run(run, log):
    run("ingest", log)
    ran = run("defects")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "no turn has been judged yet; run: sayagain learn\n"
    assert run("defects", "--json").json == []


@pytest.mark.parametrize("command", ["defects", "rewrites"])
@pytest.mark.usefixtures("learnt")
def test_a_limit_below_one_is_a_mistake(run, command):
    ran = run(command, "--limit", "0")
    assert (ran.code, ran.err) == (2, "sayagain: --limit is 0; expected 1 or more\n")


@pytest.mark.usefixtures("learnt")
def test_rewrites_show_what_is_done_and_why(run):
    shown = run("rewrites").out
    assert "“turn of the lamp”" in shown
    assert "→ “turn off the lamp”" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.usefixtures("learnt")
def test_a_rewrite_can_be_withdrawn_at_once(run):
    name = run("rewrites", "--json").json[0]["rewrite_id"]
    assert run("withdraw", name, "--reason", "wrong lamp").out == f"rewrite {name} is withdrawn\n"
    assert run("rewrite", "turn of the lamp").out == "turn of the lamp\n"
    again = run("withdraw", name, "--reason", "other")
    assert again.out == f"rewrite {name} was withdrawn before: wrong lamp\n"


@pytest.mark.usefixtures("learnt")
def test_a_rewrite_of_the_cold_start_can_be_withdrawn_too(run):
    assert run("withdraw", "cold-0123456789ab", "--reason", "x").out == "rewrite cold-0123456789ab is withdrawn\n"
    assert run("approve", "cold-0123456789ab").out == "rewrite cold-0123456789ab is allowed again\n"


@pytest.mark.usefixtures("learnt")
def test_a_person_blocks_and_approves_a_rewrite(run):
    name = run("rewrites", "--json").json[0]["rewrite_id"]
    assert run("approve", name).out == f"rewrite {name} is allowed, as before\n"
    assert run("block", name).out == f"rewrite {name} is blocked\n"
    assert run("rewrite", "turn of the lamp").out == "turn of the lamp\n"
    assert "blocked by hand" in run("withdrawals").out
    assert run("approve", name).out == f"rewrite {name} is allowed again\n"
    assert run("rewrite", "turn of the lamp").out == "turn off the lamp\n"


@pytest.mark.parametrize("command", ["approve", "block"])
@pytest.mark.usefixtures("learnt")
def test_nobody_decides_about_a_rewrite_that_there_is_not(run, command):
    ran = run(command, "0123456789ab")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "sayagain: there is no rewrite 0123456789ab; sayagain rewrites lists those that there are\n"


@pytest.mark.parametrize("arguments", [["lamp", "--reason", "x"], ["0123456789ab", "--reason", " "], ["0123456789ab"]])
@pytest.mark.usefixtures("learnt")
def test_withdraw_needs_an_id_and_a_reason(run, arguments):
    ran = run("withdraw", *arguments)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
