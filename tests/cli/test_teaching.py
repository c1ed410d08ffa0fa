import json

import pytest


def test_a_phrase_is_taught_used_listed_and_forgotten(run):
    ran = run("teach", "Study mode", "--means", "set the desk lamp to 40 percent", "--user", "u42")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "when u42 says “Study mode”, “set the desk lamp to 40 percent” is passed on\n"
    used = run("rewrite", "study mode, please", "--user", "u42")
    assert used.out == "set the desk lamp to 40 percent\n"
    assert "this user taught that “Study mode” means" in used.err
    assert run("rewrite", "study mode", "--user", "u43").out == "study mode\n"
    shown = run("taught", "--user", "u42")
    assert "“Study mode”" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert run("forget", "--user", "u42", "--phrase", "STUDY MODE").out == (
        "“STUDY MODE” means nothing any more for u42\n"
    )
    assert run("rewrite", "study mode", "--user", "u42").out == "study mode\n"


def test_without_a_user_it_is_taught_to_the_household(run):
    ran = run("teach", "bedtime", "--means", "all lights off")
    assert ran.out == "when the household says “bedtime”, “all lights off” is passed on\n"
    run("teach", "bedtime", "--means", "hall light off", "--home", "hut")
    assert [each["means"] for each in run("taught", "--json").json] == ["all lights off"]
    assert run("taught", "--home", "hut", "--json").json[0]["scope"] == "household"
    assert run("rewrite", "bedtime").out == "all lights off\n"
    assert run("forget", "--phrase", "bedtime").out == "“bedtime” means nothing any more for the household\n"
    assert run("rewrite", "bedtime").out == "bedtime\n"
    assert run("taught").err.startswith("nothing was taught for the household; run: sayagain teach")
    assert run("forget").code == 2


def test_teaching_as_json(run):
    made = run("teach", "study mode", "--means", "lamp on", "--user", "u", "--json").json
    assert (made["phrase"], made["means"], made["user_id"], len(made["id"])) == ("study mode", "lamp on", "u", 12)
    assert (made["scope"], made["steps"], made["source"]) == ("person", [], [])
    assert run("taught", "--user", "u", "--json").json == [made]
    assert run("taught", "--user", "v", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a", "--means", "a", "--user", "u"], "sayagain: “a” and “a” are the same request"),
        ([" ", "--means", "b", "--user", "u"], "sayagain: PHRASE is empty"),
        (["a", "--means", "b", "--user", "\udcff"], "sayagain: --user is no valid UTF-8"),
    ],
)
def test_what_cannot_be_taught_is_told_in_one_sentence(arguments, sentence, run):
    ran = run("teach", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(sentence)
    assert ran.err.count("\n") == 1


def test_nothing_taught_says_how_to_teach(run, log):
    run("ingest", log)
    ran = run("taught", "--user", "u")
    assert (ran.code, ran.out) == (0, "")
    assert "run: sayagain teach" in ran.err
    gone = run("forget", "--user", "u", "--phrase", "x")
    assert (gone.code, gone.err) == (2, "sayagain: nothing about 'x' was taught for u; see: sayagain taught\n")


@pytest.mark.usefixtures("learnt")
def test_a_whole_user_is_deleted_only_on_purpose(run):
    run("teach", "study mode", "--means", "lamp on", "--user", "u3")
    run("feedback", "u3-0-0", "--thumbs", "down")
    asked = run("forget", "--user", "u3")
    assert (asked.code, asked.out) == (2, "")
    assert asked.err.endswith("if you mean it, add --yes\n")
    assert run("explain", "u3-1-0").code == 0
    ran = run("forget", "--user", "u3", "--yes")
    assert ran.out.splitlines() == [
        "u3 is forgotten: 12 turns, 12 judgements, 1 late report, 1 lesson",
        "release 1, in use, was learnt again without these turns",
        "searched for what is left in the database and the releases: nothing",
    ]
    assert "copies elsewhere are yours to delete" in ran.err
    assert run("explain", "u3-1-0").code == 2
    run("learn")
    run("promote", "--force")
    assert "deleted, since learnt from these turns: release 1\n" in run("forget", "--user", "u5", "--yes").out
    assert run("forget", "--user", "u4", "--yes", "--json").json == {
        "user": "u4",
        "turns": 12,
        "judgements": 12,
        "feedback": 0,
        "taught": 0,
        "rejects": 0,
        "spooled": 0,
        "learnt_again": 2,
        "erased": [],
        "deleted": [],
        "remains": [],
    }


@pytest.mark.usefixtures("learnt")
@pytest.mark.parametrize(
    ("flag", "value", "kept"),
    [
        ("--helped", "no", {"kind": "helped", "value": 0.0}),
        ("--thumbs", "up", {"kind": "thumbs", "value": 1.0}),
        ("--rating", "4", {"kind": "rating", "value": 0.75}),
        ("--text", "the other lamp", {"kind": "correction", "text": "the other lamp"}),
    ],
)
def test_feedback_on_a_turn_of_the_log(flag, value, kept, run):
    ran = run("feedback", "u3-1-0", flag, value)
    assert (ran.out, ran.err) == ("feedback on turn u3-1-0 is stored\n", "")
    assert run("feedback", "u3-1-0", flag, value).out == "this feedback on turn u3-1-0 was stored before\n"
    (found,) = run("explain", "u3-1-0", "--json").json["turn"]["feedback"]
    assert found.pop("at") > 1_700_000_000_000
    assert found == kept


@pytest.mark.usefixtures("learnt")
def test_feedback_waits_for_a_turn_that_is_not_there_yet(run):
    ran = run("feedback", "later", "--helped", "yes", "--json")
    assert ran.json == {"turn_id": "later", "new": True, "turn_known": False}
    assert "will be added to it" in json.loads(ran.err)["remark"]


@pytest.mark.usefixtures("learnt")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "no feedback is given; expected one of --helped, --thumbs, --rating, --text"),
        (["--thumbs", "up", "--rating", "5"], "several kinds of feedback are given; expected one of"),
        (["--rating", "6"], "--rating is '6'; expected one of 1, 2, 3, 4, 5"),
        (["--helped", "maybe"], "--helped is 'maybe'; expected one of yes, no"),
        (["--text", " "], "--text is empty"),
    ],
)
def test_feedback_that_says_nothing_clear(arguments, sentence, check_refusal):
    check_refusal(sentence, "feedback", "u3-1-0", *arguments)


def test_a_preference_is_stated_filled_in_listed_and_forgotten(run):
    ran = run("prefer", "jazz", "--domain", "music", "--user", "ann")
    assert ran.out == "ann likes “jazz” (music)\n"
    used = run("rewrite", "play some music", "--user", "ann")
    assert used.out == "play jazz\n"
    assert "this user prefers “jazz” for music" in used.err
    run("prefer", "polka", "--domain", "music", "--user", "ann", "--dislike")
    shown = run("preferences", "--user", "ann")
    assert all(word in shown.out for word in ("“jazz”", "liked", "“polka”", "disliked"))
    assert [each["value"] for each in run("preferences", "--user", "ann", "--json").json] == ["jazz", "polka"]
    assert run("taught", "--user", "ann", "--json").json == []
    assert run("preferences").err.startswith("no preference of the household is known")
    assert run("forget", "--phrase", "jazz", "--user", "ann").code == 0
    assert run("rewrite", "play some music", "--user", "ann").out == "play some music\n"
    assert run("prefer", "jazz", "--domain", "music", "--strength", "2").code != 0
