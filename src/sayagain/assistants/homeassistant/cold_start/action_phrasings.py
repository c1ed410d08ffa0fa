"""The ways in which people say what is to be done, and the words that Home Assistant knows for it; English.

The table is small on purpose: ways of speaking, no names. What it makes of a request is asked of the oracle before
anybody hears of it.
"""

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.question_phrasings import STATE_QUESTIONS

__all__ = ["ACTIONS", "FILLERS"]


def _of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SWITCHED = _of("light switch fan media_player climate humidifier input_boolean")
_MUSIC = _of("media_player")

ACTIONS: tuple[ActionPhrasing, ...] = (
    ActionPhrasing(
        name="on",
        say=("turn on {}", "turn on the {}"),
        domains=_SWITCHED,
        opposite="off",
        ways=(
            "turn on",
            "turn * on",
            "switch on",
            "switch * on",
            "put on",
            "put * on",
            "power up",
            "power on",
            "fire up",
            "light up",
            "illuminate",
            "get * going",
            "start",
            "activate",
            "enable",
            "hit",
            "give me",
            "give me some",
            "have * on",
            "like * on",
            "make * bright",
            "need some",
            "* on",
        ),
    ),
    ActionPhrasing(
        name="off",
        say=("turn off {}", "turn off the {}"),
        domains=_SWITCHED,
        opposite="on",
        ways=(
            "turn off",
            "turn * off",
            "turn of",
            "switch off",
            "switch * off",
            "switch of",
            "shut off",
            "shut * off",
            "shut down",
            "put off",
            "put * off",
            "put out",
            "power off",
            "power down",
            "kill",
            "cut",
            "stop",
            "turn out",
            "turn * out",
            "deactivate",
            "disable",
            "* out",
            "* off",
            "no more",
        ),
    ),
    ActionPhrasing(
        name="open",
        say=("open {}", "open the {}"),
        domains=_of("cover valve"),
        opposite="close",
        ways=("open", "open up", "raise", "lift", "pull up", "have * open", "* open", "* up", "put * up", "roll up"),
    ),
    ActionPhrasing(
        name="close",
        say=("close {}", "close the {}"),
        domains=_of("cover valve"),
        opposite="open",
        ways=("close", "shut", "lower", "pull down", "* closed", "* shut", "* down", "put * down", "roll down"),
    ),
    ActionPhrasing(
        name="lock",
        say=("lock {}", "lock the {}"),
        domains=_of("lock"),
        opposite="unlock",
        ways=("lock", "bolt", "secure", "lock up", "make sure * is locked", "make sure * locked"),
    ),
    ActionPhrasing(
        name="unlock",
        say=("unlock {}", "unlock the {}"),
        domains=_of("lock"),
        opposite="lock",
        ways=("unlock", "let me in at", "unbolt"),
    ),
    ActionPhrasing(
        name="brightness",
        say=("set {} brightness to {value} percent", "set the {} brightness to {value} percent"),
        domains=_of("light"),
        value="percent",
        ways=(
            "set * brightness to",
            "set * to",
            "set",
            "dim * to",
            "dim",
            "make",
            "lower * to",
            "turn down * to",
            "brightness",
            "* to",
            "* at",
            "",
        ),
    ),
    ActionPhrasing(
        name="dim",
        say=("set {} brightness to 30 percent", "set the {} brightness to 30 percent"),
        domains=_of("light"),
        opposite="brighten",
        ways=(
            "dim",
            "darken",
            "turn down",
            "turn * down",
            "make * darker",
            "make * a bit darker",
            "lower",
            "make * dimmer",
        ),
    ),
    ActionPhrasing(
        name="brighten",
        say=("set {} brightness to 100 percent", "set the {} brightness to 100 percent"),
        domains=_of("light"),
        opposite="dim",
        ways=(
            "brighten",
            "turn up",
            "turn * up",
            "make * brighter",
            "make * a bit brighter",
            "full brightness",
            "maximum brightness",
        ),
    ),
    ActionPhrasing(
        name="temperature",
        say=(
            "set {} temperature to {value} degrees",
            "set the temperature in the {} to {value} degrees",
            "set {} to {value} degrees",
        ),
        domains=_of("climate"),
        value="degrees",
        ways=(
            "set * temperature to",
            "set * to",
            "set the temperature in * to",
            "set the temperature to",
            "heat * to",
            "cool * down to",
            "cool * to",
            "make it * degrees in",
            "make it",
            "turn the heating to",
            "temperature",
            "turn * to",
            "turn * up to",
            "turn * down to",
            "heating to",
        ),
    ),
    ActionPhrasing(
        name="speed",
        say=("set {} speed to {value} percent", "set the {} to {value} percent"),
        domains=_of("fan"),
        value="percent",
        ways=("set * to", "set * speed to", "make", "* speed", ""),
    ),
    ActionPhrasing(
        name="position",
        say=("set {} to {value} percent", "set the {} position to {value} percent"),
        domains=_of("cover"),
        value="percent",
        ways=("set * to", "open * to", "open", "close * to", "move * to", "* to"),
    ),
    ActionPhrasing(
        name="pause",
        say=("pause {}", "pause the {}"),
        domains=_MUSIC,
        opposite="resume",
        ways=(
            "pause",
            "pause the music in",
            "pause * music",
            "pause the media player in",
            "stop the music in",
            "stop playing in",
            "stop * music",
        ),
    ),
    ActionPhrasing(
        name="resume",
        say=("resume {}", "resume the {}"),
        domains=_MUSIC,
        opposite="pause",
        ways=("resume", "unpause", "continue", "continue playing in", "carry on playing in", "keep playing in"),
    ),
    ActionPhrasing(
        name="mute", say=("mute {}", "mute the {}"), domains=_MUSIC, opposite="unmute", ways=("mute", "silence")
    ),
    ActionPhrasing(
        name="unmute", say=("unmute {}", "unmute the {}"), domains=_MUSIC, opposite="mute", ways=("unmute",)
    ),
    ActionPhrasing(
        name="volume",
        say=("set {} volume to {value} percent", "set the volume of {} to {value} percent"),
        domains=_MUSIC,
        value="percent",
        ways=(
            "set the volume of * to",
            "set * volume to",
            "turn the volume of * down to",
            "turn the volume of * up to",
            "turn * volume down to",
            "turn * volume to",
            "turn * down to",
            "turn * up to",
            "volume",
        ),
    ),
    ActionPhrasing(
        name="louder",
        say=("turn up {} volume", "turn up the volume of {}", "increase {} volume"),
        domains=_MUSIC,
        opposite="quieter",
        ways=("make * louder", "crank up", "crank up the volume in", "turn up the volume in", "louder"),
    ),
    ActionPhrasing(
        name="quieter",
        say=("turn down {} volume", "turn down the volume of {}", "decrease {} volume"),
        domains=_MUSIC,
        opposite="louder",
        ways=("make * quieter", "turn down the volume in", "quieter"),
    ),
    ActionPhrasing(
        name="clean",
        say=("start {}", "vacuum {}", "start the {}"),
        domains=_of("vacuum lawn_mower"),
        opposite="dock",
        ways=("start", "clean", "vacuum", "hoover", "run", "start * vacuum", "start the vacuum on"),
    ),
    ActionPhrasing(
        name="dock",
        say=("return {} to base", "send {} home", "return the {} to base"),
        domains=_of("vacuum lawn_mower"),
        opposite="clean",
        ways=(
            "return * to base",
            "return * to its dock",
            "return * to dock",
            "return",
            "send * home",
            "send * back",
            "stop",
            "dock",
            "park",
            "send",
        ),
    ),
    *STATE_QUESTIONS,
)
"""Everything that this knows to say, likeliest first where words fit several."""

FILLERS = _of(
    "a an the my our your this that these those please thanks thank you uh um er hey hi hello okay ok so now then just"
    " could would can will you i'd id we'd want to need have may let's lets kindly be so kind as for me us if with"
    " go ahead do does it is its at in of on's here currently mind think make sure by some there's there turning"
    " me they're possible i we was wondering favor favour whether tell"
)
"""Words that say nothing of what is meant; those that do in one place are taken out by `ways` first."""
