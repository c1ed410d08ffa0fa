"""The channel is put into a Rasa project."""

import importlib.util
import json

import yaml

from sayagain.cli import main


def test_the_channel_is_written_and_the_credentials_are_said(tmp_path, capfd):
    assert main(["attach", "rasa", str(tmp_path), "--channel", "slack", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    spec = importlib.util.spec_from_file_location("sayagain_channel", told["file"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.SayagainChannel.name() == "sayagain"
    ((name, settings),) = yaml.safe_load(told["credentials"]).items()
    assert name == "sayagain_channel.SayagainChannel"
    assert settings == {"url": "http://127.0.0.1:8787", "channel": "slack"}


def test_what_is_no_project_is_said(tmp_path, capfd):
    assert main(["attach", "rasa", str(tmp_path / "none")]) == 2
    assert "is not a folder; expected the folder of a Rasa project" in capfd.readouterr().err
