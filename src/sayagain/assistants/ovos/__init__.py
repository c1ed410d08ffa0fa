"""OVOS: its bus is watched, a plugin inside it asks sayagain about each utterance, its skills are taught new words."""

from sayagain.assistants.ovos.ovos import Ovos

__all__ = ["Ovos"]
