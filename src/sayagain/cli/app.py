"""The application: every command by its group."""

from collections.abc import Callable

from cyclopts import App, Group

import sayagain
from sayagain.cli.attach_homeassistant import attach_homeassistant
from sayagain.cli.attach_openai import attach_openai
from sayagain.cli.attach_ovos import attach_ovos
from sayagain.cli.attach_rasa import attach_rasa
from sayagain.cli.demo import demo
from sayagain.cli.error_messages import EXIT_CODES
from sayagain.cli.evaluations import evaluations
from sayagain.cli.feedback import feedback
from sayagain.cli.household import serve_household, talk
from sayagain.cli.inspection import defects, explain, rewrites, withdraw
from sayagain.cli.labels import labels
from sayagain.cli.logs import ingest, observe, schema
from sayagain.cli.releases import evaluate, learn, promote, release_list, release_show, rollback
from sayagain.cli.requests import rewrite
from sayagain.cli.serve import serve
from sayagain.cli.teaching import forget, taught, teach
from sayagain.cli.tokens import token_create, token_list, token_revoke
from sayagain.cli.withdrawals import restore, withdrawals

__all__ = ["COMMANDS", "app"]

COMMANDS: dict[str, dict[str, Callable[..., int | None]]] = {
    "Begin here": {
        "demo": demo,
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
    },
    "What users taught": {
        "teach": teach,
        "taught": taught,
        "forget": forget,
    },
    "The service": {
        "serve": serve,
        "token create": token_create,
        "token list": token_list,
        "token revoke": token_revoke,
    },
    "The household": {
        "household talk": talk,
        "household serve": serve_household,
    },
    "Look inside": {
        "explain": explain,
        "defects": defects,
        "rewrites": rewrites,
        "labels": labels,
        "withdraw": withdraw,
        "withdrawals": withdrawals,
        "restore": restore,
        "evaluations": evaluations,
        "schema": schema,
    },
}
"""Each command, by group, in the order of the help; one of two words belongs to a command of its own."""

_ABOUT = {
    "release": "List releases, or show one.",
    "attach": "Stand before an assistant that runs, or watch it, and log what is said to it.",
    "household": "A reference assistant in simulated homes.",
    "token": "Who may ask the service for what.",
}
"""What a command of two words is about, by the first."""

_EXIT_CODES = "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())


def _make() -> App:
    made = App(
        name="sayagain",
        version=f"sayagain {sayagain.__version__}",
        help="So nobody has to say it again: learn from an assistant's log, and answer the next request better.",
        help_epilogue=f"Exit codes: {_EXIT_CODES}.",
        help_format="plaintext",
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    parents: dict[str, App] = {}
    place = 0
    for title, commands in COMMANDS.items():
        group = Group.create_ordered(title)
        for name, function in commands.items():
            place += 1
            parent, _, last = name.rpartition(" ")
            command = App(name=last, sort_key=place, help_epilogue="")
            command.default(function)
            if not parent:
                command.group = (group,)
                made.command(command)
                continue
            if parent not in parents:
                about = _ABOUT[parent]
                parents[parent] = App(name=parent, help=about, group=group, sort_key=place, help_epilogue="")
                made.command(parents[parent])
            parents[parent].command(command)
    other = Group.create_ordered("Other")
    for flag in ("--help", "--version"):
        made[flag].group = (other,)
    return made


app = _make()
"""The command line."""
