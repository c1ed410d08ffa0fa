import io
import json
import sys
from types import SimpleNamespace

import pytest

from sayagain.cli.logs import SHOWN, _BadLines
from sayagain.formats import BadRecord

BAD = '{"turn_id": "x"}\n'


@pytest.fixture
def mixed(log):
    """A log whose last lines are no turns."""
    with log.open("a", encoding="utf-8") as more:
        more.write("no json\n" + BAD)
    return log


def test_ingest_tells_how_many_turns_are_new_and_how_many_known(run, log, turns):
    assert run("ingest", log).out == f"{log}: {len(turns)} new turns\n"
    assert run("ingest", log).out == f"{log}: 0 new turns, {len(turns)} stored before\n"


def test_ingest_names_each_bad_line_stores_the_good_ones_and_ends_well(run, mixed, turns):
    ran = run("ingest", mixed)
    assert ran.code == 0
    assert f"{mixed}:{len(turns) + 1}: not JSON" in ran.err
    assert f'{mixed}:{len(turns) + 2}: "started" is missing' in ran.err
    assert ran.out == f"{mixed}: {len(turns)} new turns, 2 bad lines (in {mixed}.rejects.jsonl)\n"


def test_strict_ends_with_1_after_storing_the_good_lines(run, mixed, turns):
    assert run("ingest", "--strict", mixed).code == 1
    assert run("ingest", "--json", mixed).json["known"] == len(turns)


def test_strict_ends_with_0_when_every_line_is_good(run, log):
    assert run("ingest", "--strict", log).code == 0


def test_ingest_shows_the_first_bad_line_of_each_kind_and_counts_the_others(run, tmp_path):
    log = tmp_path / "bad.jsonl"
    log.write_text(BAD * 100 + '{"turn_id": "", "started": 0, "request": "a"}\n' * 3, encoding="utf-8")
    first, second, rest = run("ingest", log, "--rejects", "bad.rejects").err.splitlines()
    assert first.startswith(f'{log}:1: "started" is missing')
    assert second.startswith(f'{log}:101: "turn_id" is empty')
    assert rest == "… and 101 more like those above; all bad lines are in bad.rejects"


def test_bad_rows_that_differ_in_numbers_alone_are_of_one_kind(run, tmp_path):
    log = tmp_path / "bad.csv"
    rows = [f"lamp on,2026-01-31T08:00:00Z{',x' * n}" for n in range(1, 4)]
    log.write_text("\n".join(["text,time", *rows, "lamp on,soon"]), encoding="utf-8")
    lines = run("ingest", log, "--map", "request=text,started=time").err.splitlines()
    assert [line.partition(": ")[2][:20] for line in lines[:2]] == ["3 values for 2 colum", '"time" is "soon"; ex']
    assert lines[2].startswith("… and 2 more like those above")


def test_of_many_kinds_of_bad_lines_the_first_are_shown():
    remarks = []
    bad_lines = _BadLines(SimpleNamespace(remark=lambda text, **_: remarks.append(text)))
    for number in range(SHOWN + 5):
        bad_lines.show(BadRecord("log", number, f"kind {'x' * number}", b""))
    bad_lines.show_rest(["log.rejects"], 0)
    assert len(remarks) == SHOWN + 1
    assert remarks[-1] == "… and 5 more; all bad lines are in log.rejects"


def test_ingest_says_where_the_reject_file_has_no_room(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SAYAGAIN_MAX_REJECTS", "0")
    log = tmp_path / "bad.jsonl"
    log.write_text("{}\n" * 500, encoding="utf-8")
    ran = run("ingest", log, "--json")
    kept = len((tmp_path / "bad.jsonl.rejects.jsonl").read_bytes().splitlines())
    assert 0 < kept < 100
    assert ran.json["logs"][0]["omitted"] == 500 - kept
    assert f"499 more like those above; all bad lines but {500 - kept} are in" in ran.err


@pytest.fixture
def calls(tmp_path):
    """A table with names and times of its own."""
    path = tmp_path / "calls.csv"
    path.write_text(
        "When;Customer ID;User message;Bot reply;Resolved;Score\n"
        "2026-01-31 08:00:00;17;turn of the lamp;Sorry?;no;5\n"
        "2026-01-31 08:00:07;17;turn off the lamp;Done;yes;5\n"
        "yesterday;18;schalte das licht aus;Erledigt;ja;5\n",
        encoding="utf-8",
    )
    return path


def test_nothing_of_a_table_is_a_turn_and_the_closing_line_says_what_to_try(run, calls):
    ran = run("ingest", calls)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == (
        "nothing was loaded: no line is a turn; if its fields have other names, try --guess"
    )


def test_guess_prints_the_columns_and_three_turns_and_loads(run, calls):
    ran = run("ingest", calls, "--guess", "--zone", "Europe/Berlin")
    columns, first, second, third, bad = ran.err.splitlines()
    assert (
        "--map 'request=User message,started=When,user_id=Customer ID,response=Bot reply,understood=Resolved'"
        in columns
    )
    assert columns.endswith("(not used: Score)")
    assert first == "  2026-01-31T07:00:00+00:00 17: “turn of the lamp” → “Sorry?” (not understood)"
    assert second == "  2026-01-31T07:00:07+00:00 17: “turn off the lamp” → “Done”"
    assert third.startswith('  "When" is "yesterday"')
    assert bad.startswith(f'{calls}:4: "When" is "yesterday"')
    assert (ran.code, ran.out) == (0, f"{calls}: 2 new turns, 1 bad line (in {calls}.rejects.jsonl)\n")
    again = run("ingest", calls, "--map", "text=User message,user=Customer ID,time=When", "--zone", "Europe/Berlin")
    # Other columns make other turns; the same ones would be known.
    assert again.out.startswith(f"{calls}: 2 new turns")
    assert run("ingest", calls, "--guess", "--zone", "Europe/Berlin").out.startswith(f"{calls}: 0 new turns, 2 stored")


def test_a_format_of_times_can_be_stated(run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("text,time\nlamp on,31.01.2026 08:00\n", encoding="utf-8")
    options = ("--map", "request=text,started=time", "--zone", "UTC", "--time-format", "%d.%m.%Y %H:%M")
    assert run("ingest", path, *options).out == f"{path}: 1 new turn\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--map", "request=words"), "the log has no such column"),
        (("--map", "request=User message"), "no column is given for started"),
        (("--guess", "--map", "request=a"), "exclude each other"),
        (("--zone", "UTC"), "go with --map or --guess"),
        (("--guess", "--zone", "Mars"), 'no time zone "Mars"'),
        (("--guess", "--assistant", "rasa"), "no columns to map"),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(run, calls, options, words):
    ran = run("ingest", calls, *options)
    assert ran.code == 2
    assert words in ran.err
    assert len(ran.err.splitlines()) <= 5


def test_standard_input_cannot_be_guessed_at(run):
    assert "expected a file" in run("ingest", "-", "--guess").err


def test_several_logs_share_one_reject_file(run, tmp_path, write, turns):
    logs = []
    for name, part in (("a.jsonl", turns[:3]), ("b.jsonl", turns[3:8])):
        logs.append(write(name, part))
        with logs[-1].open("a", encoding="utf-8") as more:
            more.write(BAD)
    ran = run("ingest", *logs, "--rejects", "both.jsonl", "--json")
    assert [(each["new"], each["bad"]) for each in ran.json["logs"]] == [(3, 1), (5, 1)]
    assert (ran.json["new"], ran.json["bad"]) == (8, 2)
    rejects = [json.loads(line) for line in (tmp_path / "both.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["source"] for each in rejects] == [str(log) for log in logs]


def test_several_logs_are_summed_up(run, write, turns):
    ran = run("ingest", write("a.jsonl", turns[:3]), write("b.jsonl", turns[3:8]))
    assert ran.out.splitlines()[-1] == "total: 8 new turns"


def test_no_log_is_read_when_one_of_them_is_missing(run, log):
    ran = run("ingest", log, "missing.jsonl")
    assert (ran.code, ran.err) == (2, "sayagain: missing.jsonl: there is no such file\n")
    assert run("ingest", "--json", log).json["known"] == 0


def test_rejects_may_not_overwrite_a_log(run, log):
    before = log.read_bytes()
    ran = run("ingest", log, "--rejects", log)
    assert ran.code == 2
    assert "expected another file" in ran.err
    assert log.read_bytes() == before


def test_standard_input_is_a_log(run, log, turns, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log.read_bytes())))
    assert run("ingest", "-").out == f"standard input: {len(turns)} new turns\n"


def test_standard_input_can_be_named_once(run):
    ran = run("ingest", "-", "-")
    assert ran.code == 2
    assert "only once" in ran.err


def test_with_json_every_line_of_standard_error_is_json(run, mixed, turns):
    ran = run("ingest", "--json", mixed)
    assert ran.json["logs"][0]["rejects"] == f"{mixed}.rejects.jsonl"
    assert [json.loads(line)["bad_line"]["line"] for line in ran.err.splitlines()] == [len(turns) + 1, len(turns) + 2]


def test_observe_stores_a_turn_once(run, tmp_path):
    file = tmp_path / "turn.json"
    file.write_text(
        '{\n "turn_id": "a",\n "started": "2026-01-31T08:00:00Z",\n "request": "lamp on"\n}', encoding="utf-8"
    )
    assert run("observe", file).out == "turn a is stored\n"
    assert run("observe", file, "--json").json == {"turn_id": "a", "new": False}


def test_observe_reads_standard_input(run, turns, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(turns[0]).encode())))
    assert run("observe", "-", "--json").json == {"turn_id": turns[0]["turn_id"], "new": True}


def test_observe_says_where_and_why_something_is_no_turn(run, tmp_path):
    file = tmp_path / "turn.json"
    file.write_text('{"turn_id": "a"}', encoding="utf-8")
    ran = run("observe", file)
    assert ran.code == 2
    assert ran.err.startswith(f'sayagain: {file}: "started" is missing')
    assert not (tmp_path / "sayagain.db").exists()


def test_schema_is_the_published_one(run, request):
    published = request.config.rootpath / "docs" / "turn.schema.json"
    assert run("schema").out == published.read_text(encoding="utf-8")


def test_an_assistants_own_log_is_read_by_its_name(run, tmp_path):
    events = [
        {"at": "2026-01-31T08:00:00Z", "type": "recognizer_loop:utterance", "data": {"utterances": ["lamp of"]}},
        {"at": "2026-01-31T08:00:01Z", "type": "complete_intent_failure"},
        {"type": "speak"},
    ]
    for name, content in (("a.jsonl", "\n".join(map(json.dumps, events))), ("b.json", json.dumps(events))):
        (tmp_path / name).write_text(content, encoding="utf-8")
    ran = run("ingest", "a.jsonl", "--assistant", "ovos")
    assert "a.jsonl: 1 new turn, 1 bad line" in ran.out
    assert 'a.jsonl:3: "at" is null; expected a time' in ran.err
    assert "1 stored before" in run("ingest", "b.json", "--assistant", "ovos").out


def test_an_assistant_that_is_not_known_leaves_nothing_behind(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("{}")
    ran = run("ingest", "a.jsonl", "--assistant", "zzz")
    assert (ran.code, ran.err[:44]) == (2, "sayagain: there is no assistant zzz; there a")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
