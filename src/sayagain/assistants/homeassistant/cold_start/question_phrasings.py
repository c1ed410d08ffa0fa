"""The ways in which people ask for the state of things, and the words that Home Assistant knows for it; English."""

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing

__all__ = ["STATE_QUESTIONS"]


def _of(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATE_QUESTIONS: tuple[ActionPhrasing, ...] = (
    ActionPhrasing(
        name="is locked",
        asks=True,
        say=("is the {} locked", "is {} locked"),
        domains=_of("lock"),
        ways=(
            "is * locked",
            "is * lock",
            "did i lock",
            "check * is locked",
            "whether * is locked",
            "it's * locked",
            "have i locked",
        ),
    ),
    ActionPhrasing(
        name="is open",
        asks=True,
        say=("is the {} open", "is {} open"),
        domains=_of("cover binary_sensor"),
        ways=("is * open", "did i leave * open", "have i left * open", "check * is open", "whether * is open"),
    ),
    ActionPhrasing(
        name="is closed",
        asks=True,
        say=("is the {} closed", "is {} closed"),
        domains=_of("cover binary_sensor"),
        ways=("is * closed", "is * shut", "did i close", "check * is closed", "whether * is closed"),
    ),
    ActionPhrasing(
        name="is on",
        asks=True,
        say=("is the {} on", "are the {} on", "is {} on"),
        domains=_of("light switch fan"),
        ways=("is * on", "are * on", "did i leave * on", "is * still on", "check * is on"),
    ),
    ActionPhrasing(
        name="what",
        asks=True,
        say=("what is the {}", "what's the {}", "what is {}"),
        domains=_of("sensor"),
        ways=("what is", "what's", "whats", "tell me", "how", "and", "* reading", "* level", ""),
    ),
    ActionPhrasing(
        name="how warm",
        asks=True,
        say=("what is the temperature in the {}", "what is the {} temperature", "what is the {}"),
        domains=_of("climate sensor:temperature"),
        ways=(
            "how warm is it",
            "how hot is it",
            "how cold is it",
            "how warm is it in",
            "how hot is it in",
            "how cold is it in",
            "what is the temperature in",
            "how warm is",
            "temperature in",
            "what's the temperature in",
            "is it cold",
            "is it warm",
            "is it hot",
        ),
    ),
    ActionPhrasing(
        name="how humid",
        asks=True,
        say=("what is the {}", "what is the {} humidity"),
        domains=_of("sensor:humidity"),
        ways=("how humid is it", "how dry is it", "how damp is it"),
    ),
)
"""Likeliest first where words fit several."""
