"""Requests that lean on the one before: "and in the kitchen", "no, the ceiling lights", "off again", "even darker"."""

import re
from collections.abc import Sequence

from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.action_spotting import numbers, plain, spot_actions
from sayagain.assistants.homeassistant.cold_start.home import HomeArea
from sayagain.assistants.homeassistant.cold_start.matcher import Match, Matcher
from sayagain.text import words

__all__ = ["corrected", "follow"]

_NOT = re.compile(r"^\s*(?:no\b[ ,]*)?not\b[^,]*,", re.IGNORECASE)
_LEADS = frozenset(
    {
        "no",
        "nope",
        "not",
        "and",
        "also",
        "same",
        "again",
        "actually",
        "sorry",
        "know",
        "nor",
        "note",
        "what",
        "about",
        "or",
        "for",
        "in",
        "the",
        "i",
        "meant",
        "mean",
        "said",
        "to",
        "do",
        "that",
        "now",
        "it",
        "at",
        "on",
        "of",
    }
)
_TAILS = frozenset({"too", "as", "well", "also", "please", "instead", "again", "there"})
_DROPPED = frozenset(
    {
        "a",
        "an",
        "bit",
        "little",
        "even",
        "it",
        "them",
        "that",
        "again",
        "back",
        "please",
        "actually",
        "now",
        "much",
        "make",
        "more",
        "turn",
        "put",
        "one",
    }
)
_UNDO = frozenset(
    {("undo",), ("undo", "that"), ("undo", "it"), ("revert", "that"), ("undo", "this"), ("put", "it", "back")}
)
_RELATIVE = {
    "brighter": "brighten",
    "lighter": "brighten",
    "darker": "dim",
    "dimmer": "dim",
    "louder": "louder",
    "quieter": "quieter",
    "off": "off",
    "on": "on",
    "open": "open",
    "closed": "close",
    "resume": "resume",
    "pause": "pause",
    "lock": "lock",
    "unlock": "unlock",
    "close": "close",
}
_MORE = frozenset({"warmer", "hotter", "higher", "brighter", "lighter", "louder", "faster", "more", "up"})
_LESS = frozenset({"cooler", "colder", "lower", "darker", "dimmer", "quieter", "slower", "less", "down"})
_BY_NAME = {action.name: action for action in ACTIONS}
_LEANING = 0.97
"""What it costs to lean on the request before."""


def corrected(heard: str) -> str:
    """Return a request without what was not meant before it.

    >>> corrected("not the fan, the lights")
    'the lights'
    """
    return _NOT.sub("", heard).strip()


def follow(matcher: Matcher, heard: str, previous: Match, room: HomeArea | None) -> list[Match]:
    """Return what a request may mean after another one, best first.

    Args:
        matcher: of the home.
        heard: the request.
        previous: what the one before meant.
        room: the room that is spoken in.
    """
    said = words(heard)
    if said in _UNDO:
        return _to_it(matcher, previous, _BY_NAME.get(previous.action.opposite or ""), previous.value)
    alone, value, _ = numbers([word for word in said if word not in _DROPPED and word not in {"set", "to"}])
    more = [word for word in said if word in _MORE or word in _LESS]
    if len(more) == 1 and value is not None and previous.value is not None and set(alone) <= set(more):
        changed = previous.value + (value if more[0] in _MORE else -value)
        return _to_it(matcher, previous, _valued(previous), max(changed, 0))
    if not alone and value is not None:
        return _to_it(matcher, previous, _valued(previous), value)
    if len(alone) == 1 and alone[0] in _RELATIVE:
        return _to_it(matcher, previous, _BY_NAME[_RELATIVE[alone[0]]], None)
    named = _named(words(corrected(heard)))
    if not named:
        return []
    action = previous.action
    # The rest of the name is often left out: "the humidity" after "the outside temperature".
    whole = [*previous.thing.said.split()[:-1], *named]
    found: dict[object, Match] = {}
    for said_now, worth in ((named, 1.0), (tuple(whole), 0.93)):
        for match in matcher.about(said_now, action, previous.value, room):
            alike = 1.0 if match.thing.domain == previous.thing.domain else 0.9
            known = found.get(match.hypothesis.meaning)
            scored = _scaled(match, _LEANING * worth * alike)
            if match.hypothesis.meaning != previous.hypothesis.meaning and (
                known is None or known.score < scored.score
            ):
                found[match.hypothesis.meaning] = scored
    return sorted(found.values(), key=lambda match: -match.score)


def _named(said: Sequence[str]) -> tuple[str, ...]:
    """Return the words that name another thing; none where the request says by itself what is to be done."""
    kept = list(said)
    while kept and kept[0] in _LEADS:
        kept.pop(0)
    while kept and kept[-1] in _TAILS:
        kept.pop()
    if any(
        found.used >= 1 and found.sure > 0.9 and found.rest and not found.action.asks for found in spot_actions(kept)
    ):
        return ()
    return plain(kept)


def _valued(previous: Match) -> ActionPhrasing | None:
    if previous.action.value is not None:
        return previous.action
    wanted = {
        "light": "brightness",
        "fan": "speed",
        "cover": "position",
        "climate": "temperature",
        "media_player": "volume",
    }
    return _BY_NAME.get(wanted.get(previous.thing.domain, ""))


def _to_it(matcher: Matcher, previous: Match, action: ActionPhrasing | None, value: int | None) -> list[Match]:
    if action is None or previous.thing.domain not in action.domains:
        return []
    said = matcher.say(action, previous.thing, value if action.value is not None else None)
    if said is None:
        return []
    text, hypothesis = said
    return [Match(text=text, hypothesis=hypothesis, score=_LEANING, action=action, thing=previous.thing, value=value)]


def _scaled(match: Match, by: float) -> Match:
    return Match(
        text=match.text,
        hypothesis=match.hypothesis,
        score=match.score * by,
        action=match.action,
        thing=match.thing,
        value=match.value,
    )
