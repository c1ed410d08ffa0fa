"""Speech: voices, rooms, wake word, voice activity and recognition; recorded once, replayed, or live.

Heavy parts are loaded on first use. `wyoming_server` is not imported here, since it needs one of them at import.
"""

from sayagain.household.speech.audio import RATE, Audio, read_wav, write_wav
from sayagain.household.speech.listen import Ears, Recognition, hear
from sayagain.household.speech.recognise import RECOGNISERS, Recogniser, RecogniserName, recogniser
from sayagain.household.speech.record import Recorder, say
from sayagain.household.speech.recording import SHIPPED_RECORDING, read_recording, write_recording
from sayagain.household.speech.rooms import simulate_microphone
from sayagain.household.speech.score import sentence_error_rate, word_error_rate
from sayagain.household.speech.television import false_wakes, television_lines
from sayagain.household.speech.transcript import Transcript, tidy
from sayagain.household.speech.vad import Activity, SileroVad, Vad, activity
from sayagain.household.speech.voices import SPEAKERS, Speaker, available_voices, speak
from sayagain.household.speech.wake import FALSE_WAKE_WORD, WAKE_WORD, MicroWakeWord, WakeWord, wake_ms

__all__ = [
    "FALSE_WAKE_WORD",
    "RATE",
    "RECOGNISERS",
    "SHIPPED_RECORDING",
    "SPEAKERS",
    "WAKE_WORD",
    "Activity",
    "Audio",
    "Ears",
    "MicroWakeWord",
    "Recogniser",
    "RecogniserName",
    "Recognition",
    "Recorder",
    "SileroVad",
    "Speaker",
    "Transcript",
    "Vad",
    "WakeWord",
    "activity",
    "available_voices",
    "false_wakes",
    "hear",
    "read_recording",
    "read_wav",
    "recogniser",
    "say",
    "sentence_error_rate",
    "simulate_microphone",
    "speak",
    "television_lines",
    "tidy",
    "wake_ms",
    "word_error_rate",
    "write_recording",
    "write_wav",
]
