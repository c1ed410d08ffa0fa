"""Rephrase detection: which later request says a failed one again, by words, sound, meaning, context and behaviour."""

from sayagain.labels.rephrase.detector import Rephrase, RephraseDetector, open_detector

__all__ = ["Rephrase", "RephraseDetector", "open_detector"]
