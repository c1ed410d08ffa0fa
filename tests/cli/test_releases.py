import json

import pytest


@pytest.fixture
def weak(run, write, turns):
    """A database whose newest release nothing speaks for: there is nothing to repair in its log."""
    good = [turn for turn in turns if turn["nlu"]["intent"]]
    run("ingest", write("good.jsonl", good))
    assert run("learn").code == 0


def test_learn_says_what_was_learnt_and_what_to_do_next(run, log):
    run("ingest", log)
    ran = run("learn")
    assert ran.out.startswith("release 1: learnt from 360 turns of 30 users, ")
    assert ran.err.startswith("next: sayagain ")


def test_learn_says_where_a_home_or_a_person_learns_from_itself(run, write, turns):
    said = "learns from itself: its words stand in the release, so give it to nobody else"
    run("ingest", write("log.jsonl", turns))
    assert said not in run("learn").out
    unidentified = [{key: value for key, value in turn.items() if key != "user_id"} for turn in turns]
    run("ingest", write("home.jsonl", unidentified), "--db", "home.db")
    ran = run("learn", "--db", "home.db")
    assert "learnt from 360 turns of 1 user," in ran.out
    assert f"one person, or one home where nobody is identified, {said}" in ran.out
    by_device = run("learn", "--db", "home.db", "--anonymous", "device")
    assert "of 30 users," in by_device.out
    assert said not in by_device.out


def test_learn_from_an_empty_log_is_a_mistake_told_in_one_sentence(run, tmp_path):
    (tmp_path / "empty.jsonl").touch()
    assert run("ingest", "empty.jsonl").out == "empty.jsonl: 0 new turns\n"
    ran = run("learn")
    assert (ran.code, ran.err) == (2, "sayagain: sayagain.db: the log is empty; run: sayagain ingest LOG\n")


def test_the_settings_of_learning_come_from_flags_then_environment_then_toml(run, log, tmp_path, monkeypatch):
    (tmp_path / "sayagain.toml").write_text("seed = 3\nmin_users = 3\nholdout = 0.3\n", encoding="utf-8")
    monkeypatch.setenv("SAYAGAIN_SEED", "4")
    monkeypatch.setenv("SAYAGAIN_MIN_USERS", "4")
    run("ingest", log)
    learnt = run("learn", "--seed", "5", "--blocked", "alarm", "--blocked", "door", "--json").json["manifest"][
        "settings"
    ]
    assert (learnt["seed"], learnt["min_users"], learnt["holdout"], learnt["blocked"]) == (5, 4, 0.3, "alarm,door")


@pytest.mark.parametrize(
    ("flags", "seen"),
    [
        (["--holdout", "2"], "--holdout is 2.0"),
        (["--min-users", "0"], "--min-users is 0"),
        (["--position", "somewhere"], "--position is 'somewhere'"),
        (["--seed", "x"], "--seed is x; expected a whole number"),
    ],
)
@pytest.mark.usefixtures("learnt")
def test_a_wrong_setting_is_named(run, flags, seen):
    ran = run("learn", *flags)
    assert ran.code == 2
    assert ran.err.startswith(f"sayagain: {seen}")


@pytest.mark.usefixtures("learnt")
def test_evaluate_prints_counts_and_intervals_and_never_infinity(run):
    ran = run("evaluate")
    for name in ("turns", "triggers", "wins", "losses", "wins ÷ losses", "coverage", "gain", "better: "):
        assert name in ran.out
    assert "inf" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.usefixtures("learnt")
def test_evaluate_as_json_holds_what_follows_from_the_counts(run):
    report = run("evaluate", "--json").json
    found = report["result"]
    assert report["release"] == report["in_use"] == 1
    assert found["coverage"] == pytest.approx(found["wins"] / found["defective"])
    assert found["trigger_rate"] == pytest.approx(found["triggers"] / found["turns"])
    assert found["gain"] == pytest.approx((found["wins"] - found["losses"]) / found["turns"])
    assert found["ratio"] is None or found["ratio"] == pytest.approx(found["wins"] / found["losses"])


@pytest.mark.usefixtures("weak")
def test_the_gate_refuses_with_a_code_of_its_own_and_force_overrules_it(run):
    ran = run("promote")
    assert ran.code == 3
    assert ran.err.startswith("sayagain: release 1 was not promoted: ")
    forced = run("promote", "--force")
    assert (forced.code, forced.out) == (0, "release 1 is in use\n")
    assert forced.err.startswith("promoted by force: ")


@pytest.mark.usefixtures("weak")
def test_a_refusal_as_json(run):
    ran = run("promote", "--json")
    assert (ran.code, ran.out) == (3, "")
    error = json.loads(ran.err)["error"]
    assert (error["kind"], error["exit_code"]) == ("GateRefused", 3)


@pytest.mark.usefixtures("learnt")
def test_promote_and_rollback_move_the_release_in_use(run):
    run("learn")
    assert run("promote", "2", "--force").out == "release 2 is in use in place of release 1\n"
    assert run("rollback", "--json").json == {"in_use": 1, "before": 2}
    assert run("rollback").out == "no release is in use again, in place of release 1\n"
    ran = run("rollback")
    assert (ran.code, ran.err) == (2, "sayagain: there is no promotion to roll back\n")


def test_release_list_marks_the_one_in_use_and_names_damage(run, learnt):
    run("learn")
    table = learnt.parent / "home.db-releases" / "000002" / "table.arrow"
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    lines = run("release", "list", "--json").json
    assert [(line["number"], line["in_use"]) for line in lines] == [(1, True), (2, False)]
    assert lines[0]["trouble"] is None
    assert "table.arrow" in lines[1]["trouble"]
    shown = run("release", "list").out
    assert "in use" in shown
    assert "damaged" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_release_list_without_releases_says_how_to_get_one(run, log):
    run("ingest", log)
    ran = run("release", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "run: sayagain learn" in ran.err
    assert run("release", "list", "--json").json == []


@pytest.mark.usefixtures("learnt")
def test_release_show(run):
    shown = run("release", "show", "1")
    assert shown.out.startswith("Release 1 (in use)\n")
    assert "2026-01-31T08:00:00Z … " in shown.out
    # Names and numbers as people write them: no internal keys, no 1e+04.
    assert "gain, lower bound" in shown.out
    assert "gain_low" not in shown.out
    assert "e+" not in shown.out
    record = run("release", "show", "--json").json
    assert (record["number"], record["in_use"], record["manifest"]["counts"]["turns"]) == (1, True, 360)


@pytest.mark.usefixtures("learnt")
def test_a_release_that_is_not_there(run):
    for arguments in (["release", "show", "7"], ["evaluate", "7"], ["promote", "7"], ["rewrites", "7"]):
        ran = run(*arguments)
        assert (ran.code, ran.err) == (2, "sayagain: there is no release 7; there are: 1\n")


def test_a_damaged_release_is_refused_and_another_can_take_its_place(run, learnt):
    run("learn")
    table = learnt.parent / "home.db-releases" / "000001" / "table.arrow"
    table.write_bytes(b"x" + table.read_bytes()[1:])
    ran = run("promote", "1", "--force")
    assert ran.code == 2
    assert "release 1 is damaged: table.arrow" in ran.err
    assert run("promote", "2", "--force").code == 0


def test_learn_and_explain_say_which_language_has_no_pack(run, write, turns):
    said = "There is no language pack for xx, so no guardrail can judge a guess in it"
    run("ingest", write("log.jsonl", [{**turn, "language": "en"} for turn in turns]))
    assert "no language pack" not in run("learn").out
    assert "each language learns for itself" not in run("learn").out
    half = [{**turn, "language": "xx" if number % 3 == 0 else "en"} for number, turn in enumerate(turns)]
    run("ingest", write("both.jsonl", half), "--db", "both.db")
    ran = run("learn", "--db", "both.db")
    assert "each language learns for itself: en, xx\n" in ran.out
    assert said in " ".join(ran.out.split())
    assert said in " ".join(run("explain", half[0]["turn_id"], "--db", "both.db").out.split())
    assert said not in " ".join(run("explain", half[1]["turn_id"], "--db", "both.db").out.split())
    shown = run("release", "show", "--db", "both.db")
    assert "en, xx" in shown.out
