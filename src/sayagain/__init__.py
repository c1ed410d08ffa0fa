"""sayagain: the self-learning layer for conversational assistants."""

__all__ = ["__version__"]

__version__ = "0.1.0"
