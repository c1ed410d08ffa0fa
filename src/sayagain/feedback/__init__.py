"""User feedback: signals, implicit and explicit, each about one turn."""

from sayagain.feedback.abandonment_signal import abandonment
from sayagain.feedback.barge_in_signal import barge_in
from sayagain.feedback.correction_signal import correction
from sayagain.feedback.detectors import DETECTORS, detect
from sayagain.feedback.explicit_signal import explicit
from sayagain.feedback.follow_up_signal import follow_up
from sayagain.feedback.no_response_signal import no_response
from sayagain.feedback.outcome import Trouble, asks, plays, trouble, worked
from sayagain.feedback.phrase_lists import Phrases, phrases, phrases_of
from sayagain.feedback.playback_kept_signal import playback_kept
from sayagain.feedback.repeat_signal import repeat
from sayagain.feedback.rephrase_signal import rephrase
from sayagain.feedback.signal import Detector, Kind, Signal
from sayagain.feedback.spoken_failure import state_failure
from sayagain.feedback.thanks_signal import thanks
from sayagain.feedback.undo_signal import undo

__all__ = [
    "DETECTORS",
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
    "phrases_of",
    "playback_kept",
    "plays",
    "repeat",
    "rephrase",
    "state_failure",
    "thanks",
    "trouble",
    "undo",
    "worked",
]
