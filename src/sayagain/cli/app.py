"""The command-line application: every command, by group."""

from collections.abc import Callable

from cyclopts import App, Group

import sayagain
from sayagain.cli.attach_homeassistant import attach_homeassistant
from sayagain.cli.attach_openai import attach_openai
from sayagain.cli.attach_ovos import attach_ovos
from sayagain.cli.attach_rasa import attach_rasa
from sayagain.cli.backups import backup_create, backup_restore
from sayagain.cli.demo import demo
from sayagain.cli.doctor import doctor
from sayagain.cli.error_messages import EXIT_CODES
from sayagain.cli.evaluations import evaluations
from sayagain.cli.failures import failures
from sayagain.cli.feedback import feedback
from sayagain.cli.fix import fix
from sayagain.cli.household import serve_household, talk
from sayagain.cli.inspection import defects, explain, rewrites, withdraw
from sayagain.cli.install_service import install_service
from sayagain.cli.labels import labels
from sayagain.cli.logs import ingest, observe, schema
from sayagain.cli.mcp import mcp
from sayagain.cli.preferences import prefer, preferences
from sayagain.cli.releases import evaluate, learn, promote, release_list, release_show, rollback
from sayagain.cli.report import report
from sayagain.cli.requests import rewrite
from sayagain.cli.serve import serve
from sayagain.cli.shell_completion import install_completion
from sayagain.cli.teaching import forget, taught, teach
from sayagain.cli.tokens import token_create, token_list, token_revoke
from sayagain.cli.withdrawals import approve, block, restore, withdrawals

__all__ = ["COMMANDS", "app"]

COMMANDS: dict[str, dict[str, Callable[..., int | None]]] = {
    "Start here": {
        "demo": demo,
        "doctor": doctor,
    },
    "Learn from a log": {
        "ingest": ingest,
        "learn": learn,
        "evaluate": evaluate,
        "promote": promote,
        "rollback": rollback,
        "release list": release_list,
        "release show": release_show,
    },
    "Answer requests": {
        "rewrite": rewrite,
        "observe": observe,
        "feedback": feedback,
    },
    "Attach an assistant": {
        "attach homeassistant": attach_homeassistant,
        "attach ovos": attach_ovos,
        "attach openai": attach_openai,
        "attach rasa": attach_rasa,
        "mcp": mcp,
    },
    "Teach phrases": {
        "teach": teach,
        "taught": taught,
        "prefer": prefer,
        "preferences": preferences,
        "forget": forget,
    },
    "Run the service": {
        "serve": serve,
        "install-service": install_service,
        "token create": token_create,
        "token list": token_list,
        "token revoke": token_revoke,
    },
    "Back up and restore": {
        "backup create": backup_create,
        "backup restore": backup_restore,
    },
    "Try the reference household": {
        "household talk": talk,
        "household serve": serve_household,
    },
    "Inspect": {
        "explain": explain,
        "defects": defects,
        "failures": failures,
        "fix": fix,
        "rewrites": rewrites,
        "labels": labels,
        "approve": approve,
        "block": block,
        "withdraw": withdraw,
        "withdrawals": withdrawals,
        "restore": restore,
        "evaluations": evaluations,
        "report": report,
        "schema": schema,
    },
}
"""Commands by group, in the order of the help; a name of two words is a subcommand."""

_ABOUT = {
    "release": "List or show releases.",
    "attach": "Connect to a running assistant: rewrite its requests, or only log them.",
    "backup": "Write a database and its releases to one file while a service runs, and restore it.",
    "household": "Talk to the reference assistant in a simulated home, or serve it.",
    "token": "Create, list and revoke the access tokens of the service.",
}
"""Help of each command that has subcommands."""

_EXIT_CODES = "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())


def _build() -> App:
    root = App(
        name="sayagain",
        version=f"sayagain {sayagain.__version__}",
        version_flags=("--version", "-V"),
        help="So nobody has to say it again: learn from an assistant's log and rewrite the requests that would fail.",
        help_epilogue=f"Exit codes: {_EXIT_CODES}.",
        help_format="plaintext",
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    parents: dict[str, App] = {}
    position = 0
    for title, commands in COMMANDS.items():
        group = Group.create_ordered(title)
        for name, function in commands.items():
            position += 1
            parent, _, last = name.rpartition(" ")
            command = App(name=last, sort_key=position, help_epilogue="")
            command.default(function)
            if not parent:
                command.group = (group,)
                root.command(command)
                continue
            if parent not in parents:
                about = _ABOUT[parent]
                parents[parent] = App(name=parent, help=about, group=group, sort_key=position, help_epilogue="")
                root.command(parents[parent])
            parents[parent].command(command)
    other = Group.create_ordered("Other")
    for name, function in (("help", _show_help), ("--install-completion", install_completion)):
        command = App(name=name, group=other, help_epilogue="")
        command.default(function)
        root.command(command)
    for flag in ("--help", "--version"):
        root[flag].group = (other,)
    return root


def _show_help(*command: str) -> None:
    """Show the help of sayagain, or of one command.

    Args:
        command: The words of the command, for example `release show`.
    """
    # Parsed like the command itself, so that a misspelt name gets the same message.
    app([*command, "--help"])


app = _build()
"""The application; call it with the arguments of the command line."""
