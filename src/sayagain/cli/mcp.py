"""The command that serves an LLM agent over the Model Context Protocol."""

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.teaching import owner_options

__all__ = ["mcp"]


def mcp(
    *,
    user: str | None = None,
    home: str | None = None,
    device: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Serve tools to an LLM agent over standard input and output (Model Context Protocol); needs the extra `mcp`.

    The tools: remember_preference, list_preferences, forget, report_problem, why_did_that_fail.

    Args:
        user: Id of the user whose agent it is; it sees and changes nothing of others. Without one it is the
            household's.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, the only device.
        common: What every command takes.
    """
    from sayagain.assistants.mcp.server import make_server  # noqa: PLC0415  (an extra's part)
    from sayagain.assistants.mcp.tools import AgentTools  # noqa: PLC0415  (the same)

    with open_learner(common, make=True) as learner:
        make_server(AgentTools(learner, **owner_options(user, home, device))).run()
