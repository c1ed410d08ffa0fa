"""What people say of a room instead of what is to be done there; found again by meaning, so each stands for many."""

import msgspec

__all__ = ["OTHERWISE", "SITUATIONS", "SituationPhrasing"]


class SituationPhrasing(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a room, and what is wanted then."""

    action: str
    """What is to be done, as `ways.ACTIONS` names it."""
    domain: str
    """To the things of this domain in the room."""
    said: tuple[str, ...]
    """How people tell of it; "in here" or "in the kitchen" may stand behind."""


SITUATIONS: tuple[SituationPhrasing, ...] = (
    SituationPhrasing(
        action="on",
        domain="light",
        said=("it is dark", "it is too dark to read", "I cannot see a thing", "we need some light", "light it up"),
    ),
    SituationPhrasing(
        action="off",
        domain="light",
        said=("nobody is there any more", "make it dark", "I do not need the light any longer", "lights out"),
    ),
    SituationPhrasing(
        action="dim", domain="light", said=("it is too bright", "the light hurts my eyes", "make it cosy")
    ),
    SituationPhrasing(
        action="brighten", domain="light", said=("make it brighter", "it is too dim", "it is rather gloomy")
    ),
    SituationPhrasing(
        action="louder", domain="media_player", said=("I cannot hear the music", "the music is too quiet")
    ),
    SituationPhrasing(action="quieter", domain="media_player", said=("it is too loud", "the music is too loud")),
    SituationPhrasing(
        action="pause", domain="media_player", said=("stop the music", "stop playing music", "I want it quiet")
    ),
    SituationPhrasing(action="resume", domain="media_player", said=("carry on with the music", "go on playing music")),
    SituationPhrasing(action="open", domain="cover", said=("let some fresh air in", "let the sun in")),
    SituationPhrasing(action="close", domain="cover", said=("the sun is blinding me", "there is a draught")),
)
"""English, as `ways`."""

OTHERWISE: tuple[str, ...] = (
    "it is too cold in here",
    "it is too warm in here",
    "make it a bit warmer",
    "tell me a joke",
    "what is the weather like",
    "what time is it",
    "set a timer for ten minutes",
    "wake me at seven",
    "play some jazz",
    "call my mother",
    "send a message",
    "add milk to the shopping list",
    "make me a coffee",
    "feed the cat",
    "order a pizza",
    "how far is the moon",
    "who won the game",
    "good morning",
    "how are you",
    "what is on television tonight",
    "where is my phone",
    "is there any post",
    "what did you say",
    "never mind",
)
"""What people say that asks for nothing in `ways`; what is meant like these is none of the sayings."""
