import sys

from sayagain.cli.output import Output, iso, table


def test_there_is_no_bar_where_nobody_watches(capsys):
    with Output().progress() as advance:
        assert advance is None
    assert capsys.readouterr().err == ""


def test_a_bar_shows_on_a_terminal_and_leaves_nothing_on_standard_output(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    out = Output()
    with out.progress() as advance:
        assert advance is not None
        advance("reading", 5_000_000, None)
        advance("reading", 50, 100)
        out.remark("log.jsonl:3: not JSON")
    written = capsys.readouterr()
    assert "reading" in written.err
    assert "log.jsonl:3: not JSON" in written.err
    assert written.out == ""


def test_colour_only_where_it_is_wanted(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = table("head", rows=[["cell"]])
    Output().result(None, shown)
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.delenv("FORCE_COLOR")
    Output().result(None, shown)
    assert "\x1b[" not in capsys.readouterr().out


def test_cells_fold_rather_than_lose_words(capsys):
    Output().result(None, table("a", "b", rows=[["word " * 40, "x" * 100]]))
    out = capsys.readouterr().out
    assert out.count("word") == 40
    assert out.count("x") == 100


def test_times_are_iso():
    assert iso(None) == "–"
    assert iso(0) == "1970-01-01T00:00:00Z"
