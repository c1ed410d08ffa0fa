import pytest

from sayagain.guardrails import refuse
from sayagain.guardrails.speech_act import hypothesis_act, speech_act
from sayagain.languages import language_pack
from sayagain.text import identifier_words, words

ENGLISH = language_pack("en")

SENTENCES = {
    "question": """
        what time is it
        what's the weather like
        whats on my calendar tomorrow
        which lights are on
        who is at the door
        who turned on the lights
        who's playing this song
        whose turn is it to cook
        why did you turn off the lights
        why is the heating on
        why isn't the lamp working
        how do I turn on the lights
        how do i open the garage door
        how long is left on my timer
        how long has left on my timer
        how warm is it in the kitchen
        hows the weather
        where is my phone
        when did I lock the door
        when does the sun set
        did i lock the front door
        did you turn off the oven
        did anyone open the garage
        is the garage door open
        is the front door locked
        are the lights on
        are all the windows closed
        was the door open last night
        were the lights on all day
        does the vacuum need charging
        do I have any timers
        do you know if the door is locked
        has the washing machine finished
        have you locked the door
        have I got mail
        can the door be unlocked from outside
        could the window be open
        will it rain tomorrow
        should i close the windows
        would it be cold tonight
        isn't the door locked
        aren't the lights off
        can you tell me if the door is locked
        can you tell me the temperature
        could you tell me what time it is
        can you hear me
        can you check the timer
        could you check whether the garage is closed
        please tell me the time
        hey tell me a joke
        tell me if the lights are on
        let me know when the timer is done
        check the timer
        check if the front door is locked
        check on the oven
        i wonder if the door is locked
        i want to know who is at the door
        i'd like to know the time
        do you know what time it is
        okay what is the time
        um so what is the temperature
        find out who rang
        find out whether the door is shut
        explain how this works
        any idea where my keys are
        what did you just turn off
        what happens if i open the valve
    """,
    "report": """
        you turned off the wrong light
        you turned the light off
        i turned off the light already
        i already locked the door
        i've locked the door
        i have closed the garage
        the lights are on
        the light is still on
        the garage door is open
        the garage door was open all night
        the lamp isn't working
        the door wont lock
        my timer went off
        the music stopped
        the lights turned themselves off
        it's too dark in here
        it is cold in here
        its freezing
        that was the wrong lamp
        that's not what i wanted
        you didn't close the blinds
        you closed the wrong blind
        you never turned it off
        someone opened the window
        somebody unlocked the door
        nothing happened
        i'm cold
        they're leaving
        there is a light on upstairs
        there's someone at the door
        the alarm keeps ringing
        i didn't say that
        she locked the door
        the tv does not turn on
        they left and the lights are on
    """,
    "command": """
        turn on the lights
        turning on the lights in the hallway
        please turn on the lights
        hey could you turn on the lights
        can you turn on the lights
        can you please turn on the lights
        could you please turn off the lamp
        could you lock the front door please
        would you turn down the music
        would you mind turning off the lights
        would you mind closing the blinds
        do you mind opening the window
        will you dim the lights
        won't you play some jazz
        can we have some music
        can i get the lights on
        could i have the heating on
        may i have the radio on
        i want you to lock the door
        i want to listen to jazz
        i need the lights off
        i need you to open the garage
        i'd like some music
        i would like you to raise the blinds
        i'd like you to turn it off
        let's play some music
        why don't you turn on the lights
        go ahead and lock the door
        make sure to lock the door
        you should turn off the lights
        you can turn it off now
        i said turn on the lamp
        no i said turn off the lamp
        i meant play jazz
        no turn on the kitchen light
        ok now set the timer to ten minutes
        set a timer for 5 minutes
        add milk to my shopping list
        lock the front door
        unlock the door
        open the garage door
        pull down the garage door
        remind me to call mum
        play what i like
        wake me when the sun rises
        don't turn on the lamp
        do turn it off
        be so kind as to close the window
        i was wondering if you could close the door
        set the lights to what they were
        turn off the lights that are on
        resume the music
        start the vacuum
        switch on to kitchen light
    """,
    "stop": """
        stop
        stop the music
        stop playing jazz
        stop turning on the lights
        please stop talking
        can you stop the music
        could you please stop vacuuming
        would you stop
        cancel the timer
        please cancel my alarm
        can you cancel the timer
        i want to cancel the timer
        i'd like you to stop the music
        never mind
        no never mind
        forget it
        shut up
        pause the movie
        quit
        end the call
        okay stop
        thats enough
        i said stop
        be quiet
        no more music
        abort
        dismiss the alarm
    """,
    "undecided": """
        kitchen lights
        lights off
        bedroom lamp please
        at milk to my shopping list
        the lamp on the porch
        how about the kitchen
        what about tomorrow
        maj and dragons
        louder
    """,
}
EVERY = [(act, line.strip()) for act, lines in SENTENCES.items() for line in lines.strip().splitlines()]


def act_of(text):
    return speech_act(words(text.replace("'", "")), ENGLISH)


@pytest.mark.parametrize(("act", "text"), EVERY)
def test_the_speech_act_of_a_sentence(act, text):
    assert act_of(text) == act


def test_there_are_more_than_a_hundred_sentences_and_each_once():
    assert len(EVERY) > 150
    assert len(EVERY) == len(set(EVERY))


@pytest.mark.parametrize("asked", [text for act, text in EVERY if act in {"question", "report"}])
def test_what_asks_or_tells_never_becomes_a_command_or_the_other_way_round(asked):
    assert refuse(asked, None, "water the plants", None) is not None
    assert refuse("water the plants", None, asked, None) is not None


def test_a_question_mark_decides_where_no_verb_orders():
    assert speech_act(("the", "door", "is", "open"), ENGLISH) == "report"
    assert speech_act(("the", "door", "is", "open"), ENGLISH, marked=True) == "question"
    assert speech_act(("kitchen", "lights"), ENGLISH, marked=True) == "question"
    assert speech_act(("turn", "on", "the", "lights"), ENGLISH, marked=True) == "command"


def test_what_stops_never_starts_and_the_other_way_round():
    assert refuse("stop playing jazz", None, "play jazz", None) is not None
    assert refuse("cancel the timer", None, "set the timer", None) is not None
    assert refuse("play jazz", None, "stop jazz", None) is not None
    assert refuse("stop the music", None, "pause the music", None) is None
    assert refuse("stop the music", None, "turn off the music", None) is None
    assert refuse("turn off the music", None, "stop the music", None) is None


def test_a_statement_may_be_answered_once_the_user_said_yes():
    reason = refuse("it is dark in here", None, "turn on the lights", None)
    assert reason == "it would turn a report into a command; ask first"
    assert refuse("it is dark in here", None, "turn on the lights", None, confirmed=True) is None
    assert refuse("is it dark in here", None, "turn on the lights", None, confirmed=True) is not None


@pytest.mark.parametrize(
    ("intent", "act"),
    [
        ("HassGetState", "question"),
        ("HassTurnOn", "command"),
        ("HassTimerStatus", "question"),
        ("query_weather", "question"),
        ("inform", "undecided"),
    ],
)
def test_an_intent_tells_by_its_name(intent, act):
    assert hypothesis_act(identifier_words(intent), ENGLISH) == act
