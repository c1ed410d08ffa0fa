"""What the user told us: signals, implicit and explicit, each about one turn."""

from sayagain.feedback.abandonment import abandonment
from sayagain.feedback.barge_in import barge_in
from sayagain.feedback.correction import correction
from sayagain.feedback.detect import DETECTORS, detect
from sayagain.feedback.explicit import explicit
from sayagain.feedback.follow_up import follow_up
from sayagain.feedback.no_response import no_response
from sayagain.feedback.outcome import Trouble, asks, plays, trouble, worked
from sayagain.feedback.phrases import PHRASES, Phrases, phrases
from sayagain.feedback.playback_kept import playback_kept
from sayagain.feedback.repeat import repeat
from sayagain.feedback.rephrase import rephrase
from sayagain.feedback.signal import Detector, Kind, Signal
from sayagain.feedback.thanks import thanks
from sayagain.feedback.undo import undo

__all__ = [
    "DETECTORS",
    "PHRASES",
    "Detector",
    "Kind",
    "Phrases",
    "Signal",
    "Trouble",
    "abandonment",
    "asks",
    "barge_in",
    "correction",
    "detect",
    "explicit",
    "follow_up",
    "no_response",
    "phrases",
    "playback_kept",
    "plays",
    "repeat",
    "rephrase",
    "thanks",
    "trouble",
    "undo",
    "worked",
]
