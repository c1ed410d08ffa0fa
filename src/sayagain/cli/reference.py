"""The reference page of the command line, docs/cli.md, made from the commands themselves."""

import sys

from sayagain.cli.app import app
from sayagain.cli.error_messages import EXIT_CODES

__all__ = ["reference"]

_HOW_TO = "python -m sayagain.cli.reference > docs/cli.md"

_ABOUT = """\
Results go to standard output, remarks and progress to standard error; progress shows only on a terminal, and `NO_COLOR`
is honoured. Options come after the command. A setting comes from its flag, else from its environment variable, else
from `sayagain.toml` in the working folder (or the file that `SAYAGAIN_CONFIG` names), else from its default.

With `--json`, standard output holds one JSON document, with times in milliseconds since 1970-01-01 UTC, and each line
of standard error is one JSON object: `remark`, `bad_line` or `error`.
"""


def reference() -> str:
    """Return the page; the same text each time.

    >>> reference().startswith("<!--")
    True
    """
    commands = app.generate_docs(output_format="markdown", heading_level=1)
    title, _, rest = commands.partition("\n## ")
    codes = "\n".join(f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items())
    exits = f"## Exit codes\n\n| code | meaning |\n|---|---|\n{codes}\n"
    return f"<!-- Made by: {_HOW_TO} -->\n\n{title.rstrip()}\n\n{_ABOUT}\n{exits}\n## {rest.rstrip()}\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
