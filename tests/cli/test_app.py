"""Help, version and shell completion of the command line."""

import pytest

from sayagain import __version__


@pytest.mark.parametrize(
    ("command", "usage"),
    [((), "sayagain COMMAND"), (("learn",), "sayagain learn"), (("release", "show"), "sayagain release show")],
)
def test_help_is_a_command_and_prints_what_the_flag_prints(run, command, usage):
    helped = run("help", *command)
    assert helped.code == 0
    assert helped.out.startswith(f"Usage: {usage}")
    assert helped.out == run(*command, "--help").out


def test_help_for_a_misspelt_command_suggests_the_right_one(run):
    assert run("help", "lern").err == "sayagain: unknown command lern; did you mean learn?\n"


@pytest.mark.parametrize("flag", ["-V", "--version"])
def test_both_version_flags_print_the_version(run, flag):
    assert run(flag).out == f"sayagain {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_names_the_commands(run, tmp_path, shell):
    script = tmp_path / "completion"
    ran = run("--install-completion", "--shell", shell, "--output", script)
    assert ran.code == 0
    assert f"completion for {shell} is installed in {script}" in ran.out
    content = script.read_text(encoding="utf-8")
    assert all(word in content for word in ("ingest", "rollback", "homeassistant", "thumbs"))


def test_shell_completion_changes_the_startup_file_only_without_an_output_file(run, tmp_path, monkeypatch):
    home = tmp_path / "person"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    run("--install-completion", "--shell", "bash", "--output", tmp_path / "completion")
    assert list(home.iterdir()) == []
    assert run("--install-completion", "--shell", "bash").code == 0
    assert "sayagain" in (home / ".bashrc").read_text(encoding="utf-8")
