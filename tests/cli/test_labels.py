import json
import re
from pathlib import Path

import pytest
from padacioso import IntentContainer


@pytest.mark.usefixtures("learnt")
def test_labels_tell_what_was_meant(run):
    lines = run("labels").out.splitlines()
    assert lines[0].split() == ["heard", "meant", "probability", "times", "users"]
    assert "“turn of the lamp”" in lines[1]
    assert "turn off the lamp" in lines[1]


@pytest.mark.usefixtures("learnt")
def test_labels_as_json(run):
    (example,) = run("labels", "--json").json
    assert example["text"] == "turn of the lamp"
    assert example["reading"]["intent"] == "HassTurnOff"
    assert example["users"] == 30


@pytest.mark.usefixtures("learnt")
def test_labels_of_too_few_users_or_not_sure_enough_are_not_told(run):
    assert "no label is probable enough" in run("labels", "--min-users", "31").err
    assert "no label is probable enough" in run("labels", "--sure", "1").err


@pytest.mark.usefixtures("learnt")
def test_labels_as_json_lines(run, tmp_path):
    ran = run("labels", "--to", "jsonl", "--out", tmp_path / "out")
    assert ran.out.splitlines() == ["1 example for jsonl, 1 file written", str(tmp_path / "out" / "examples.jsonl")]
    assert json.loads((tmp_path / "out" / "examples.jsonl").read_text())["works"] == "turn off the lamp"


@pytest.mark.usefixtures("learnt")
def test_words_that_worked_are_told_only_on_request(run):
    lines = run("labels", "--understood", "--sure", "0.1").out.splitlines()
    assert lines[0].split() == ["heard", "meant", "probability", "times", "users", "worked"]
    worked = {line.split("”")[0].removeprefix("“"): line.split()[-1] for line in lines[1:]}
    assert worked == {"turn of the lamp": "no", "turn off the lamp": "yes", "turn on the lamp": "yes"}
    found = run("labels", "--understood", "--json", "--sure", "0.1").json
    assert {each["text"]: each["understood"] for each in found}["turn on the lamp"]
    assert [each["text"] for each in run("labels", "--json").json] == ["turn of the lamp"]


@pytest.mark.usefixtures("learnt")
def test_near_copies_and_more_than_enough_of_an_intent_are_left_out(run):
    def texts(*arguments):
        return [each["text"] for each in run("labels", "--understood", "--sure", "0.1", "--json", *arguments).json]

    assert len(texts()) == 3
    [off] = [text for text in texts("--alike", "0.8") if text != "turn on the lamp"]
    assert off in {"turn of the lamp", "turn off the lamp"}
    assert len(texts("--per-intent", "1")) == 2
    assert texts("--limit", "1") == texts()[:1]


def ovos_turns(turns):
    """The same people before OVOS."""
    for turn in turns:
        if turn["nlu"]["intent"]:
            turn["nlu"] = {"intent": f"{turn['nlu']['intent']}.intent", "domain": "lamps.openvoiceos"}
    return [{**turn, "assistant": "ovos"} for turn in turns]


def test_labels_become_the_files_of_an_assistant(run, write, turns, tmp_path):
    assert run("ingest", write("ovos.jsonl", ovos_turns(turns))).code == 0
    assert run("learn").code == 0
    written = run("labels", "--to", "ovos", "--out", tmp_path / "out", "--json").json
    (file,) = written["files"]
    container = IntentContainer()
    container.add_intent("off", Path(file).read_text(encoding="utf-8").splitlines())
    assert container.calc_intent("turn of the lamp")["name"] == "off"
    assert file.endswith("lamps.openvoiceos/locale/en-us/HassTurnOff.intent")


@pytest.mark.parametrize("assistant", ["ovos", "rasa", "jsonl"])
def test_words_that_worked_are_training_data(run, write, turns, tmp_path, assistant):
    run("ingest", write("ovos.jsonl", [{**turn, "assistant": None} for turn in ovos_turns(turns)]))
    run("learn")
    for understood, expected in ([], {"of"}), (["--understood"], {"of", "off"}):
        files = run("labels", "--to", assistant, "--out", tmp_path / "out", "--json", *understood).json["files"]
        content = " ".join(Path(file).read_text(encoding="utf-8") for file in files)
        texts = re.sub(r'"works":"[^"]*"', "", content)
        assert {word for word in ("of", "off") if f"turn {word} the" in texts} == expected


@pytest.mark.usefixtures("learnt")
def test_home_assistant_understands_already_what_worked(run, tmp_path):
    plain, more = tmp_path / "plain", tmp_path / "more"
    run("labels", "--to", "homeassistant", "--out", plain)
    run("labels", "--to", "homeassistant", "--out", more, "--understood")
    [name] = [path.relative_to(plain) for path in plain.rglob("*.yaml")]
    assert (more / name).read_bytes() == (plain / name).read_bytes()


def test_what_an_assistant_cannot_be_taught_is_told(run, write, turns, tmp_path):
    for turn in turns:
        turn["assistant"] = "ovos"
    run("ingest", write("ovos.jsonl", turns))
    run("learn")
    ran = run("labels", "--to", "ovos", "--out", tmp_path / "out")
    assert "1 example for ovos, 0 files written" in ran.out
    assert "the files of ovos cannot express any of these examples" in ran.err


@pytest.mark.usefixtures("learnt")
def test_labels_of_one_assistant_are_not_taught_to_another(run, write, turns, tmp_path):
    for turn in turns:
        turn["assistant"] = "homeassistant"
    db = tmp_path / "other.db"
    run("ingest", write("other.jsonl", turns), "--db", db)
    run("learn", "--db", db)
    assert len(run("labels", "--db", db, "--json").json) == 1
    assert run("labels", "--db", db, "--to", "ovos", "--out", tmp_path / "out", "--json").json["examples"] == 0


@pytest.mark.usefixtures("learnt")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "ovos"], "--to and --out go together; expected both, or neither"),
        (["--out", "x"], "--to and --out go together"),
        (["--to", "zzz", "--out", "x"], "there is no assistant zzz; there are: "),
        (["--sure", "2"], "--sure is 2.0; expected a probability, from 0 to 1"),
        (["--alike", "0"], "--alike is 0.0; expected a similarity above 0, up to 1"),
        (["--per-intent", "0"], "--per-intent is 0; expected 1 or more"),
        (["--limit", "0"], "--limit is 0; expected 1 or more"),
    ],
)
def test_a_mistake_gets_one_sentence(run, arguments, sentence):
    ran = run("labels", *arguments)
    assert ran.code == 2
    assert ran.err.startswith(f"sayagain: {sentence}")


def test_labels_before_anything_is_judged(run, log):
    run("ingest", log)
    assert "no turn has been judged yet; run: sayagain learn" in run("labels").err


@pytest.mark.usefixtures("learnt")
def test_what_the_labeller_is_sure_of_is_told_beside_what_followed(run):
    # Here what followed tells all, so the labeller adds nothing and takes nothing away.
    assert run("labels", "--framed", "--json").json == run("labels", "--json").json


def test_a_home_where_nobody_is_identified_teaches_its_own_assistant(run, write, turns):
    unidentified = [{key: value for key, value in turn.items() if key != "user_id"} for turn in turns]
    run("ingest", write("home.jsonl", unidentified))
    run("learn")
    (example,) = run("labels", "--json").json
    assert (example["text"], example["users"]) == ("turn of the lamp", 1)
