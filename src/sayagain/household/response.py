"""Responses: the assistant's answer to a deed, and the deed's actions for the log."""

from sayagain.household.deeds import Deed
from sayagain.household.home import Home
from sayagain.household.media_catalogue import items_by_id
from sayagain.turns import Action, Response

__all__ = ["ERRORS", "deed_actions", "respond", "speech_ms"]

ERRORS = {
    "no_intent_match": "Sorry, I couldn't understand that",
    "no_valid_targets": "Sorry, I couldn't find that",
    "failed_to_handle": "Sorry, something went wrong",
}
"""Answers to failed requests, by error code."""

_QUERY_VERBS = frozenset({"tell"})
_TEMPLATES = {
    "turn on": "Turned on {what}",
    "turn off": "Turned off {what}",
    "open": "Opened {what}",
    "close": "Closed {what}",
    "lock": "Locked {what}",
    "unlock": "Unlocked {what}",
    "activate": "Activated {what}",
    "dim": "Dimmed {what}",
    "brighten": "Brightened {what}",
    "brightness": "Set {what} to {value} percent",
    "color": "Set {what} to {value}",
    "temperature": "Made {what} warmer in color",
    "position": "Set {what} to {value} percent",
    "speed": "Set {what} to {value} percent",
    "heat": "Set {what} to {value} degrees",
    "warmer": "Made it warmer with {what}",
    "cooler": "Made it cooler with {what}",
    "start timer": "Timer started, {value}",
    "cancel timer": "Timer cancelled",
    "silence timer": "Timer stopped",
    "set alarm": "Alarm set for {value}",
    "cancel alarm": "Alarm cancelled",
    "silence alarm": "Alarm stopped",
    "add": "Added {value} to {what}",
    "remove": "Removed {value} from {what}",
    "play": "Playing {what}",
    "pause": "Paused in {what}",
    "resume": "Playing on in {what}",
    "next": "Next one in {what}",
    "previous": "Previous one in {what}",
    "volume": "Volume {value} percent in {what}",
    "volume up": "Volume up in {what}",
    "volume down": "Volume down in {what}",
    "mute": "Muted {what}",
    "unmute": "Unmuted {what}",
    "news": "Here is the news on {value}",
    "recipe": "Here is a recipe to {value}",
    "next step": "The next step",
    "last step": "The step before",
    "next exercise": "The next exercise",
    "show": "Showing {what}",
    "oven": "Oven set to {value} degrees",
    "brew": "Making {value}",
    "call": "Calling {what}",
    "announce": "Announced {value}",
    "vacuum": "Vacuuming {value}",
    "dock": "{what} goes home",
    "pause vacuum": "{what} waits",
    "nothing": "",
}


def respond(deed: Deed | None, error: str | None, home: Home, answer: str = "") -> Response:
    """Return the answer to a deed, or to its failure.

    Args:
        deed: the deed; None where the request has none.
        error: the error code, a key of `ERRORS`; None after success.
        home: the home, for the names of its devices.
        answer: the information that a deed with the verb `tell` asks for.

    >>> from sayagain.household.home import homes
    >>> respond(Deed("oven", ("oven.oven",), "180"), None, homes(1, 1)[0]).text
    'Oven set to 180 degrees'
    """
    if deed is None or error is not None:
        code = error or "no_intent_match"
        return Response(text=ERRORS[code], type="error", error_code=code)
    if deed.verb in _QUERY_VERBS:
        target_names = _spoken_targets(deed.targets, home)
        day = f" {deed.value}" if deed.value else ""
        return Response(text=f"{target_names.capitalize()}{day}: {answer}", type="query_answer")
    text = _TEMPLATES[deed.verb].format(what=_spoken_targets(deed.targets, home), value=_spoken_value(deed)).strip()
    return Response(text=text[:1].upper() + text[1:], type="action_done")


def deed_actions(deed: Deed | None, *, ok: bool) -> tuple[Action, ...]:
    """Return the actions of a deed; answers and small talk have none."""
    if deed is None or deed.verb in {"tell", "nothing"}:
        return ()
    name = deed.verb.replace(" ", "_")
    targets = deed.targets or (f"{deed.verb.rpartition(' ')[2]}.household",)
    return tuple(Action(target=target, ok=ok, name=name) for target in targets)


def speech_ms(text: str) -> int:
    """Return the duration of a spoken text, in milliseconds: 300 and 62 a letter, like the reference voice."""
    return 300 + 62 * len(text) if text else 0


def _spoken_value(deed: Deed) -> str:
    if deed.verb == "start timer":
        seconds, _, name = deed.value.partition(" ")
        minutes, odd_seconds = divmod(int(seconds), 60)
        duration = f"{minutes} minutes" if not odd_seconds else f"{seconds} seconds"
        return f"{duration} for {name}" if name else duration
    return deed.value.replace("_", " ")


def _spoken_targets(targets: tuple[str, ...], home: Home) -> str:
    if len(targets) > 2:
        return f"{len(targets)} devices"
    return " and ".join(_spoken_target(target, home) for target in targets)


def _spoken_target(target: str, home: Home) -> str:
    item = items_by_id().get(target)
    if item is not None:
        return f"the {item.kind} {item.title}"
    device = home.device(target)
    if device is not None:
        return f"the {device.name}"
    return target.removeprefix("contact.").replace("_", " ")
