"""Television speech near a microphone, and the false wakes that it causes."""

from collections.abc import Iterator, Sequence

from sayagain.household.outcome import VOICES, Condition, Delivery, SpeechOutcome
from sayagain.household.speech.audio import RATE
from sayagain.household.speech.listen import Ears
from sayagain.household.speech.record import make_outcome, say
from sayagain.household.speech.wake import FALSE_WAKE_WORD, MicroWakeWord, WakeWord, wake_ms, wake_probability

__all__ = ["NEAR_MISSES", "ORDINARY_LINES", "false_wakes", "television_lines"]

_CONDITIONS: tuple[Condition, ...] = ("clean", "quiet", "lively")

NEAR_MISSES: tuple[str, ...] = (
    "okay nobody move and put your hands where i can see them",
    "okay nobody leaves until we find the diamond",
    "okay now boo said the ghost and turned off all the lights",
    "okay now but what if we open the door first",
    "okay now but who switched the lights off",
    "okay nab him before he gets to the car",
    "okay nab him he is behind the garage door",
    "okay nab you take the front door and i take the back",
    "okay nah but you should have seen her face",
    "okay nah who told you that",
    "okay nah boom there it goes",
    "okay nah boom goes the dynamite",
    "okay nothing but the truth then",
    "okay nap time for all the little bears",
    "okay no but seriously play it again",
    "okay nobu is the place to be seen this summer",
    "okay naboo the planet of the queen is under siege",
    "oh can i borrow the car for twenty minutes",
    "okay nano bots engage and close the airlock",
    "okay mambo number five is next on the radio",
    "okay mambo dancers take the floor",
    "okay napoleon crossed the river in the winter",
    "oh kay nah boo you missed me",
    "okay number two please tell us your name",
    "okay number two what is the answer",
    "okay number three lock it in for ten thousand pounds",
    "okay never again will we see such a match",
    "okay new book of the week is dracula",
    "okay on the boat we turn left at the lighthouse",
    "okay on the boat everybody sit down",
    "okay not you the other one with the hat",
    "okay not you again what do you want",
    "okay not true and you know it",
    "okay knock it off and go to bed you two",
    "okay name one film that won more than eleven oscars",
    "okay in a bit of oil fry the onions for five minutes",
    "okay in a bowl mix two hundred grams of flour",
    "okay in about ten minutes we take the bread out of the oven",
    "kay nabu is what they called him",
    "okay knob you turn to the left to make it warmer",
    "okay lambo or ferrari you have to choose",
    "okay bamboo grows up to a metre a day",
    "oh can a boo boo like that really hurt",
    "okay caribou cross the river in the spring",
    "okay abu let's get out of here",
    "okay abu bring me the lamp",
    "okay nab who now the sheriff or the thief",
    "okay now back to the studio and the news at nine",
    "okay know what i will call my mother",
    "okay no booking needed just call the number on your screen",
    "okay never mind just stop the car",
    "okay now who wants to play",
    "okay an apple a day keeps the doctor away",
    "okay nobles of the kingdom rise",
    "oak and maple burn the longest",
    "broken ambulance doors kept them outside",
    "joking about it will not help you now",
    "smoky and bluesy that is how i like my jazz",
    "the canal boat leaves at seven in the morning",
    "okay annabel you may open the curtains",
)
"""Lines that begin, or nearly, like the wake word."""

ORDINARY_LINES: tuple[str, ...] = (
    "and now the weather for the weekend",
    "that was the news at nine good night",
    "it is a penalty and the crowd goes wild",
    "turn off the engine and step out of the car",
    "i can't believe you said that to her",
    "new and improved now with twice the flavour",
    "call now and get the second one free",
    "the next train leaves from platform two",
    "let's see what is behind curtain number one",
    "lock him up said the sheriff",
    "it was a dark and stormy night",
    "cancel everything i'm on my way",
    "our computer says the ship will not hold",
    "athena goddess of wisdom guide my hand",
    "no more coffee for me doctor",
    "somebody open a window it is hot in here",
    "play the game at home and win a holiday",
    "set the table grandmother is coming",
    "he left the light on in the hallway again",
    "wake up he is gone",
)
"""Lines unlike the wake word; they hardly ever wake the assistant."""


def television_lines() -> Iterator[Delivery]:
    """Yield every line in every voice, without noise and over two levels of noise.

    >>> next(television_lines()).request
    'okay nobody move and put your hands where i can see them'
    """
    for line in NEAR_MISSES + ORDINARY_LINES:
        for voice in VOICES:
            for condition in _CONDITIONS:
                yield Delivery(line, voice, condition)


def false_wakes(lines: Sequence[Delivery], ears: Ears, wake: WakeWord | None = None) -> list[SpeechOutcome]:
    """Return the outcomes of the lines that wake the assistant.

    The assistant wakes after the first words and takes the rest of the line for a request; the outcome is that of the
    rest.
    """
    model = wake if wake is not None else MicroWakeWord(FALSE_WAKE_WORD)
    outcomes: list[SpeechOutcome] = []
    for line in lines:
        audio = say(line)
        wake_time_ms = wake_ms(model, audio)
        if wake_time_ms is None:
            continue
        [recognition] = ears.hear([audio[wake_time_ms * RATE // 1000 :]])
        outcomes.append(make_outcome(line, recognition, wake_probability(model, audio)))
    return outcomes
