"""The server of the Model Context Protocol, over standard input and output."""

import functools
from collections.abc import Callable
from typing import Any

from sayagain.assistants.mcp.tools import AgentTools
from sayagain.errors import SayagainError
from sayagain.extras import require

__all__ = ["make_server"]

_INSTRUCTIONS = (
    "sayagain is the memory of a voice or chat assistant. Use these tools when the user states what they like, asks "
    "what is remembered, complains about the assistant, or asks why it failed. Ask before you remember anything."
)


def make_server(tools: AgentTools) -> Any:  # noqa: ANN401  (of an extra)
    """Return the server; its `run()` serves standard input and output until the client closes them.

    Args:
        tools: what the agent can do.

    Raises:
        MissingExtra: the package `mcp` is not installed.

    Source: https://modelcontextprotocol.io
    """
    package = require("mcp.server.mcpserver", "mcp")
    server = package.MCPServer("sayagain", instructions=_INSTRUCTIONS, log_level="WARNING")
    errors = require("mcp.server.mcpserver.exceptions", "mcp")
    for function in tools.functions:
        server.add_tool(_with_tool_error(function, errors.ToolError))
    return server


def _with_tool_error(function: Callable[..., Any], tool_error: type[Exception]) -> Callable[..., Any]:
    """Return a tool whose refusals the agent can read."""

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401  (as the tool)
        try:
            return function(*given, **named)
        except SayagainError as error:
            raise tool_error(str(error)) from None

    return call
