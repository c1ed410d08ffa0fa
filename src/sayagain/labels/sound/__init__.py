"""Sound judge: detection of recognition failures from the audio of a request."""

from sayagain.labels.sound.mel import BANDS, FRAME_MS, LONGEST_SECONDS, RATE, log_mel
from sayagain.labels.sound.sound_example import SoundExample
from sayagain.labels.sound.sound_judge import AXES, SHIPPED, SoundJudge, as_input

__all__ = [
    "AXES",
    "BANDS",
    "FRAME_MS",
    "LONGEST_SECONDS",
    "RATE",
    "SHIPPED",
    "SoundExample",
    "SoundJudge",
    "as_input",
    "log_mel",
]
