import json

import pytest

from sayagain.cli.error_messages import EXIT_CODES, as_failure


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lern"], "unknown command lern; did you mean learn?"),
        (["release", "lst"], "unknown command lst; did you mean list?"),
        (["learn", "--min-user", "3"], "unknown option --min-user; did you mean --min-users?"),
        (["ingest", "log.jsonl", "--strct"], "unknown option --strct; did you mean --strict?"),
        (["defects", "--zzz"], "unknown option --zzz; see: sayagain defects --help"),
        (["--db", "x", "learn"], "unknown option --db before the command; options follow the command"),
        (["learn", "--db"], "--db needs a value; see: sayagain learn --help"),
        (["ingest"], "LOGS is missing; see: sayagain ingest --help"),
        (["withdraw", "0123456789ab"], "--reason is missing; see: sayagain withdraw --help"),
        (["withdraw", "0123456789ab", "--reson", "x"], "--reason is missing and --reson is unknown"),
        (["release", "show", "x"], "RELEASE is x; expected a whole number"),
        (["defects"], "sayagain.db: there is no such database; sayagain ingest LOG makes one"),
        (["defects", "--db", "missing/home.db"], "missing/home.db: there is no such database"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(run, arguments, sentence):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"sayagain: {sentence}")
    assert ran.err.count("\n") == 1
    assert run(*arguments, "--json").code == 2


def test_a_mistake_as_json(run):
    error = json.loads(run("learn", "--json").err)["error"]
    assert error["kind"] == "InputError"
    assert "there is no such database" in error["message"]


def test_looking_does_not_make_a_database(run, tmp_path):
    run("defects")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_sayagain_keeps_its_traceback():
    assert as_failure(ZeroDivisionError("x")) is None


def test_every_failure_ends_with_a_documented_code():
    for error in (KeyboardInterrupt(), BrokenPipeError(), OSError(28, "No space left on device")):
        assert as_failure(error).exit_code in EXIT_CODES


def test_help_and_version(run):
    assert run("--version").out.startswith("sayagain 0.")
    assert run().out == run("--help").out
    assert run("ingest", "--help").out.startswith("Usage: sayagain ingest")
