"""Wordings: carrier phrases for each kind of goal, inside the assistant's grammar and outside it.

The inventory is frozen: recordings are made of it, so a phrase that is added or removed needs a recording session.
"""

import numpy as np

from sayagain.household.wordlist import words

__all__ = [
    "IMPOSSIBLE",
    "PHRASES",
    "REPLIES",
    "TELEVISION",
    "draw_preference_order",
    "fill_phrase",
    "fill_wordings",
    "spell_minutes",
    "spell_number",
    "spell_time",
]

# The most usual first. A phrase is said to the letter; `{name}` and the like are filled in.
PHRASES: dict[str, tuple[str, ...]] = {
    "light on": (
        "turn on the {name}",
        "switch on the {name}",
        "turn the {name} on",
        "{name} on",
        "put the {name} on",
        "can you turn on the {name}",
        "light up the {name}",
    ),
    "light off": (
        "turn off the {name}",
        "switch off the {name}",
        "turn the {name} off",
        "{name} off",
        "kill the {name}",
        "please turn off the {name}",
        "shut off the {name}",
    ),
    "lights on": (
        "turn on the lights in the {area}",
        "turn on the {area} lights",
        "{area} lights on",
        "switch the {area} lights on",
        "give me some light in the {area}",
    ),
    "lights off": (
        "turn off the lights in the {area}",
        "turn off the {area} lights",
        "{area} lights off",
        "switch the {area} lights off",
        "kill the lights in the {area}",
    ),
    "here on": ("turn on the lights", "lights on", "switch the lights on", "give me some light"),
    "here off": ("turn off the lights", "lights off", "switch the lights off", "kill the lights"),
    "all off": ("turn off all the lights", "turn off all the lights in the house", "everything off"),
    "dim": ("dim the {name}", "set the {name} to {percent} percent", "{name} to {percent} percent", "lower the {name}"),
    "brightness": (
        "set the {name} to {percent} percent",
        "set the {name} brightness to {percent} percent",
        "{name} {percent} percent",
        "make the {name} {percent} percent bright",
    ),
    "color": ("set the {name} to {color}", "make the {name} {color}", "turn the {name} {color}", "{name} in {color}"),
    "cover open": ("open the {name}", "raise the {name}", "pull up the {name}"),
    "cover close": ("close the {name}", "shut the {name}", "lower the {name}", "pull down the {name}"),
    "cover half": ("set the {name} to fifty percent", "open the {name} to fifty percent", "{name} half way"),
    "lock": ("lock the {name}", "can you lock the {name}", "is the {name} locked if not lock it"),
    "unlock": ("unlock the {name}", "please unlock the {name}", "let them in at the {name}"),
    "locked": ("is the {name} locked", "is my {name} locked", "did i lock the {name}"),
    "closed": ("is the {name} open", "is the {name} closed", "did i leave the {name} open"),
    "is on": ("is the {name} on", "is the {name} still on", "did i leave the {name} on"),
    "lights left": ("are any lights on", "which lights are on", "did we leave a light on"),
    "heat": (
        "set the temperature in the {area} to {degrees} degrees",
        "set the {area} temperature to {degrees}",
        "set the {area} to {degrees} degrees",
        "heat the {area} to {degrees}",
    ),
    "thermostat": (
        "set the thermostat to {degrees} degrees",
        "set the thermostat to {degrees}",
        "turn the heating to {degrees}",
        "make it {degrees} degrees",
    ),
    "how warm": (
        "what's the temperature in the {area}",
        "how warm is it in the {area}",
        "how cold is the {area}",
    ),
    "outdoor": ("what's the temperature outside", "how cold is it outside", "do i need a coat"),
    "fan on": ("turn on the {name}", "start the {name}", "{name} on"),
    "fan off": ("turn off the {name}", "stop the {name}", "{name} off"),
    "switch on": ("turn on the {name}", "switch on the {name}", "start the {name}", "{name} on"),
    "switch off": ("turn off the {name}", "switch off the {name}", "{name} off"),
    "timer": (
        "set a timer for {minutes}",
        "start a timer for {minutes}",
        "set a {minute} timer",
        "timer {minutes}",
        "count down {minutes}",
    ),
    "named timer": (
        "set a {minute} timer for {thing}",
        "set a {minute} {thing} timer",
        "remind me about the {thing} in {minutes}",
    ),
    "timer cancel": ("cancel the timer", "stop the timer", "forget the timer"),
    "timer left": ("how much time is left on the timer", "how long is left on my timer", "check the timer"),
    "alarm": (
        "set an alarm for {time}",
        "wake me up at {time}",
        "set my alarm for {time}",
        "alarm at {time}",
        "get me up at {time}",
    ),
    "alarm cancel": ("cancel the alarm", "turn off the alarm", "delete my alarm"),
    "alarm when": ("when is my alarm", "what time is my alarm", "when do i get up"),
    "shop add": (
        "add {item} to my shopping list",
        "put {item} on the shopping list",
        "add {item} to the shopping list",
        "we need {item}",
    ),
    "shop remove": ("remove {item} from the shopping list", "take {item} off the shopping list"),
    "shop read": ("what's on the shopping list", "read my shopping list", "what do we need to buy"),
    "todo add": (
        "add {task} to my to do list",
        "put {task} on the to do list",
        "remind me to {task}",
    ),
    "todo read": ("what's on my to do list", "read my to do list"),
    "song": (
        "play {title} by {by}",
        "play {title}",
        "play the song {title}",
        "put on {title}",
        "i want to hear {title}",
    ),
    "album": ("play the album {title}", "play {title} by {by}", "put on the album {title}", "put on {title}"),
    "artist": ("play {title}", "play songs by {title}", "play some {title}", "put on {title}"),
    "playlist": ("play the {title}", "play {genre} music", "play some {genre}", "put on some {genre}"),
    "film": ("play {title}", "play the movie {title}", "watch {title}", "put on {title}", "i want to watch {title}"),
    "series": ("play {title}", "watch {title}", "play the show {title}", "put on the next episode of {title}"),
    "audiobook": (
        "play {title}",
        "play the audiobook {title}",
        "read me {title}",
        "continue {title}",
    ),
    "podcast": ("play the podcast {title}", "play {title}", "latest episode of {title}"),
    "pause": ("pause the music", "stop the music", "pause the tv", "hold the music"),
    "resume": ("resume the music", "unpause", "keep playing", "go on playing"),
    "next": ("next song", "skip this song", "skip to the next track", "another song"),
    "previous": ("previous song", "play the last song again", "that one again"),
    "volume": ("set the volume to {percent} percent", "volume {percent} percent", "volume to {percent}"),
    "volume up": ("volume up", "turn the volume up", "turn up the volume", "increase the volume", "pump it up"),
    "volume down": ("volume down", "turn the volume down", "turn down the volume", "not so loud"),
    "mute": ("mute", "mute the tv", "be quiet"),
    "tv off": ("turn off the {name}", "turn the {name} off", "{name} off"),
    "oven": (
        "set the oven to {oven} degrees",
        "preheat the oven to {oven}",
        "heat the oven to {oven} degrees",
        "oven {oven}",
    ),
    "oven off": ("turn off the oven", "switch the oven off", "oven off", "i'm done with the oven"),
    "oven hot": ("how hot is the oven", "what's the oven temperature", "is the oven hot yet"),
    "brew": ("make {coffee}", "make me {coffee}", "brew {coffee}", "{coffee} please", "i need {coffee}"),
    "call": ("call {who}", "phone {who}", "ring {who}", "get {who} on the phone"),
    "broadcast": ("announce {message}", "broadcast {message}", "tell everyone {message}"),
    "scene": ("activate {name}", "{name}", "start {name}", "it's {name}", "let's have {name}"),
    "vacuum": ("start the robot vacuum", "vacuum the {area}", "clean the {area}", "send the vacuum to the {area}"),
    "vacuum home": ("return the robot vacuum to base", "send the vacuum home", "stop vacuuming"),
    "weather tomorrow": ("what's the weather tomorrow", "will it rain tomorrow", "weather tomorrow"),
    "time": ("what time is it", "what's the time", "tell me the time"),
    "date": ("what's the date", "what is the date today", "what day is it"),
    "nickname on": ("turn on the {nickname}", "switch on the {nickname}", "{nickname} on"),
    "nickname off": ("turn off the {nickname}", "switch off the {nickname}", "{nickname} off"),
    "correct name": ("no the {name}", "no i meant the {name}", "i said the {name}"),
    "correct title": ("no i meant {title}", "no {title}", "i said {title}"),
    "correct kind": ("no the {kind}", "i meant the {kind}", "not that the {kind}"),
    "teach": ("when i say {phrase} i mean {meaning}", "{phrase} means {meaning}"),
    "like": ("i like {genre}", "i only listen to {genre}", "my favorite music is {genre}"),
}

IMPOSSIBLE: tuple[str, ...] = (
    "make me a sandwich",
    "order a pizza",
    "book a table for two tonight",
    "do my homework",
    "walk the dog",
    "order more printer paper",
    "find my keys",
    "iron my shirt",
    "send flowers to grandma",
    "book a taxi to the airport",
    "feed the cat",
    "tell me a bedtime story about a dragon",
)
"""Impossible requests."""

REPLIES: dict[str, tuple[str, ...]] = {
    "thanks": ("thank you", "thanks", "great thanks", "perfect"),
    "give up": ("never mind", "forget it", "stop", "leave it"),
    "yes": ("yes", "yes it did", "yeah"),
    "no": ("no", "no it didn't", "nope"),
    "undo": ("no stop", "undo that", "that's wrong", "not that"),
}
"""Short replies to the assistant's answer."""

TELEVISION: tuple[str, ...] = (
    "and that brings us to the weekend forecast",
    "she never told him where the money was",
    "coming up after the break",
    "the minister refused to answer the question",
    "you should have called me last night",
    "it's the final lap and he takes the lead",
    "turn around and put your hands up",
    "stir in the butter and let it rest",
    "we'll be right back",
    "open the door he shouted",
    "this offer ends on sunday",
    "the lights went out across the city",
    "i can't believe you said that",
    "play it again sam",
    "good evening and welcome to the show",
    "he scores and the crowd goes wild",
    "add a pinch of salt to the water",
    "what time did you leave the office",
    "nobody leaves this room",
    "up next a story of hope",
    "set in the heart of london",
    "stop right there detective",
    "call now and save ten percent",
    "the temperature dropped to minus ten",
    "my name is alexander",
    "i need an answer by tomorrow",
    "in other news the strike goes on",
    "watch out behind you",
    "thank you all for coming",
    "have you seen my sister",
    "lock him up said the sheriff",
    "let's see what's behind curtain number two",
    "the next train leaves at seven",
    "that was the news at nine",
    "you're through to the next round",
    "it was a dark and stormy night",
    "cancel everything i'm on my way",
    "a new dawn for the kingdom",
    "wake up he's gone",
    "no i don't want any coffee",
)
"""Television speech; some lines are close to a request."""

_ONES = words(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spell_number(number: int) -> str:
    """Return a number in words, from 0 to 999.

    >>> spell_number(21), spell_number(180)
    ('twenty one', 'one hundred eighty')
    """
    if number < 20:
        return _ONES[number]
    if number < 100:
        rest = number % 10
        return _TENS[number // 10] + (f" {_ONES[rest]}" if rest else "")
    rest = number % 100
    return f"{_ONES[number // 100]} hundred" + (f" {spell_number(rest)}" if rest else "")


def spell_minutes(minutes: int) -> tuple[str, str]:
    """Return a duration as it follows `for` and as it precedes `timer`.

    >>> spell_minutes(1), spell_minutes(60), spell_minutes(10)
    (('one minute', 'one minute'), ('one hour', 'one hour'), ('ten minutes', 'ten minute'))
    """
    if minutes % 60 == 0:
        hours = minutes // 60
        return (f"{spell_number(hours)} hour" + ("s" if hours > 1 else ""), f"{spell_number(hours)} hour")
    return (f"{spell_number(minutes)} minute" + ("s" if minutes > 1 else ""), f"{spell_number(minutes)} minute")


def spell_time(time: str) -> str:
    """Return `HH:MM` as it is said.

    >>> spell_time("06:30"), spell_time("07:00"), spell_time("18:05")
    ('six thirty', 'seven', 'six oh five')
    """
    hour, minute = int(time[:2]), int(time[3:])
    hour_words = spell_number((hour - 1) % 12 + 1)
    if minute == 0:
        return hour_words
    return f"{hour_words} {spell_number(minute)}" if minute >= 10 else f"{hour_words} oh {spell_number(minute)}"


def fill_wordings(kind: str, fill: dict[str, str]) -> tuple[str, ...]:
    """Return all wordings of a goal, the most usual first, without duplicates.

    Args:
        kind: a key of `PHRASES`.
        fill: what the phrases' placeholders stand for; a phrase whose placeholder is missing or empty is left out.

    >>> fill_wordings("locked", {"name": "front door"})
    ('is the front door locked', 'is my front door locked', 'did i lock the front door')
    """
    wordings: dict[str, None] = {}
    for phrase in PHRASES[kind]:
        placeholders = [part.split("}")[0] for part in phrase.split("{")[1:]]
        if all(fill.get(name) for name in placeholders):
            wordings[fill_phrase(phrase, fill)] = None
    return tuple(wordings)


def fill_phrase(phrase: str, fill: dict[str, str]) -> str:
    """Fill a phrase; an article before a title that has one of its own is dropped."""
    wording = phrase.format_map(fill)
    return wording.replace("the the ", "the ").replace("some the ", "some ")


def draw_preference_order(count: int, rng: np.random.Generator) -> list[int]:
    """Draw one person's order of preference among `count` ways: usual ones tend to come first.

    >>> sorted(draw_preference_order(4, np.random.default_rng(1)))
    [0, 1, 2, 3]
    """
    # Gumbel noise on geometric weights: a draw without replacement (Plackett-Luce).
    noise = rng.gumbel(size=count)
    return [int(i) for i in np.argsort(-(noise - 0.75 * np.arange(count)), kind="stable")]
