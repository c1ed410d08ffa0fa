"""OVOS: the watch over its bus, the plugin that asks sayagain about each utterance, lines for its skills' intents."""

from sayagain.assistants.ovos.ovos import Ovos

__all__ = ["Ovos"]
