"""The real assistants: each is read, and stood in front of, by a file or a small folder of its own."""

from sayagain.assistants.assistant import Assistant
from sayagain.assistants.front import FailOpen, Front

__all__ = ["Assistant", "FailOpen", "Front"]
