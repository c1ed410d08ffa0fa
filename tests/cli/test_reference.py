import re

from sayagain.cli.app import COMMANDS
from sayagain.cli.reference import reference


def test_the_page_is_what_the_commands_say(request):
    page = request.config.rootpath / "docs" / "cli.md"
    assert page.read_text(encoding="utf-8") == reference(), "run: python -m sayagain.cli.reference > docs/cli.md"


def test_every_command_is_on_the_page():
    for commands in COMMANDS.values():
        for name in commands:
            assert f"# sayagain {name}\n" in reference()


def test_the_page_names_no_folder_of_this_machine():
    # A folder begins a path; `http://home…` is none.
    assert re.search(r"(?<![/\w])/(?:home|work|root|tmp)\b", reference()) is None
