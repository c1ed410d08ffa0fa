"""Rules: what a rewrite must never do, whatever the evidence; each refusal says why in plain words."""

import re
from collections.abc import Callable, Iterable

import msgspec

from sayagain.guardrails import english
from sayagain.turns import Hypothesis

__all__ = ["Case", "Rules", "refuse", "sensitive_kinds"]

Words = tuple[str, ...]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is refused. All words are lower case; add your own language by replacing them.

    >>> refuse("lamp on", None, "lamp on please", None, rules=Rules(blocked_words=frozenset({"please"})))
    '"please" is on the blocklist'
    """

    social_acts: frozenset[str] = english.SOCIAL_ACTS
    """Intents or dialogue acts that answer the assistant and ask for nothing; adding one puts words in the mouth."""
    social_words: frozenset[str] = english.SOCIAL_WORDS
    """A request of nothing but these words is such an act too."""
    negations: frozenset[str] = english.NEGATIONS
    """Words that turn a request round; with or without an apostrophe."""
    opposites: tuple[tuple[str, str], ...] = english.OPPOSITES
    """Pairs of which one must not become the other."""
    wide_words: frozenset[str] = english.WIDE_WORDS
    """Words that widen what is acted upon."""
    scope_slots: frozenset[str] = frozenset({"area", "device", "entity", "floor", "name", "room"})
    """Slots that narrow what is acted upon."""
    things: frozenset[str] = frozenset({"device", "entity", "name"})
    """Those of them that name one thing, and so stand in for its room."""
    sensitive: tuple[tuple[str, tuple[Words, ...]], ...] = english.SENSITIVE
    """What needs the user's word first → sets of words that, found together in words or reading, mean it."""
    blocked_words: frozenset[str] = frozenset()
    """Words or phrases that no rewrite may contain."""
    blocked_intents: frozenset[str] = frozenset()
    """Intents that no rewrite may come to, as the assistant writes them."""
    blocked_rewrites: frozenset[str] = frozenset()
    """Ids of rewrites that are never applied."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite to be judged."""

    request: Words
    """The words as heard, lower case, without punctuation."""
    candidate: Words
    """The words to be said instead."""
    request_reading: Hypothesis | None = None
    """How the request is read, where known."""
    candidate_reading: Hypothesis | None = None
    """How the candidate is read, where known."""
    rewrite_id: str | None = None
    """Which rewrite it is."""
    confirmed: bool = False
    """True when the user said yes to it just now."""
    blocked: frozenset[str] = frozenset()
    """The user's own blocklist."""
    names: frozenset[str] = frozenset()
    """Names of things and rooms, lower case."""


def refuse(
    request: str,
    request_reading: Hypothesis | None,
    candidate: str,
    candidate_reading: Hypothesis | None,
    blocked: Iterable[str] = (),
    *,
    rewrite_id: str | None = None,
    confirmed: bool = False,
    taught: bool = False,
    names: Iterable[str] = (),
    rules: Rules | None = None,
) -> str | None:
    """Say why a rewrite must not be made, or None when no rule is against it.

    Args:
        request: the words as heard.
        request_reading: how the request is read; None when not known, which refuses more.
        candidate: the words to be said instead.
        candidate_reading: how the candidate is read; None when not known.
        blocked: the user's own blocklist, on top of the rules': words or phrases, intents, and ids of rewrites.
        rewrite_id: which rewrite it is, for the blocklist.
        confirmed: the user said yes to this very rewrite; opens what is sensitive, and nothing else.
        taught: the user gave the request this very meaning on purpose. It has no other, so nothing is turned round or
            widened; blocklists and answers in the user's place stay refused.
        names: of the things and rooms that this user has, so that none gets lost where readings are missing.
        rules: the defaults are for English.

    Returns:
        The end of a sentence, such as "it would call someone, which the request did not ask for; ask first".
        Leaving a request as it is, same words and same reading, is never refused.

    >>> refuse("turn on the lamb", None, "turn on the lamp", None)
    >>> refuse("don't turn on the lamp", None, "turn on the lamp", None)
    'it would drop the word "dont" and so turn the request round'
    >>> refuse("lights off in the attic", None, "turn off all lights", None)
    'it would act on more than was asked for: "all"'
    """
    rules = rules or Rules()
    case = Case(
        request=_words(request),
        candidate=_words(candidate),
        request_reading=request_reading,
        candidate_reading=candidate_reading,
        rewrite_id=rewrite_id,
        confirmed=confirmed,
        blocked=frozenset(blocked),
        names=frozenset(name.lower() for name in names),
    )
    if case.request == case.candidate and _key(request_reading) == _key(candidate_reading):
        return None
    against = _TAUGHT if taught else _RULES
    return next((reason for rule in against if (reason := rule(case, rules)) is not None), None)


def sensitive_kinds(words: str, reading: Hypothesis | None, rules: Rules) -> list[str]:
    """Return what in a request needs the user's word first, sorted; the same test that `refuse` makes.

    >>> sensitive_kinds("unlock the front door", None, Rules())
    ['lock or unlock something']
    """
    return _sensitive(_words(words), reading, rules)


def _nothing(case: Case, _: Rules) -> str | None:
    if not case.candidate:
        return "it would leave nothing to say"
    if case.candidate_reading is not None and case.candidate_reading.empty:
        return "the assistant would read it as nothing"
    return None


def _blocked(case: Case, rules: Rules) -> str | None:
    if case.rewrite_id is not None and case.rewrite_id in rules.blocked_rewrites | case.blocked:
        return f"the rewrite {case.rewrite_id} is on the blocklist"
    reading = case.candidate_reading
    if reading is not None and reading.intent in rules.blocked_intents | case.blocked:
        return f'the intent "{reading.intent}" is on the blocklist'
    said = " ".join(case.candidate)
    for word in sorted(rules.blocked_words | case.blocked):
        if _words(word) and _says(said, word):
            return f'"{word}" is on the blocklist'
    return None


def _social(case: Case, rules: Rules) -> str | None:
    added = _acts(case.candidate_reading, rules) - _acts(case.request_reading, rules)
    if added:
        return f'it would answer for the user: "{min(added)}"'
    if set(case.candidate) <= rules.social_words and not (case.request and set(case.request) <= rules.social_words):
        return f'it would answer for the user: "{" ".join(case.candidate)}"'
    return None


def _round(case: Case, rules: Rules) -> str | None:
    before, after = ([w for w in words if w in rules.negations] for words in (case.request, case.candidate))
    if before and not after:
        return f'it would drop the word "{before[0]}" and so turn the request round'
    if after and not before:
        return f'it would add the word "{after[0]}" and so turn the request round'
    for pair in rules.opposites:
        for one, other in (pair, pair[::-1]):
            if one in case.request and other not in case.request and other in case.candidate:
                return f'it would turn "{one}" into "{other}"'
    return None


def _wider(case: Case, rules: Rules) -> str | None:
    added = [word for word in case.candidate if word in rules.wide_words and word not in case.request]
    if added:
        return f'it would act on more than was asked for: "{added[0]}"'
    before, after = (_slots(reading, rules) for reading in (case.request_reading, case.candidate_reading))
    if case.candidate_reading is not None:
        named = (set(after) - set(before)) & rules.things
        # A thing stands in for its room: "kitchen light" for "the light in the kitchen".
        lost = sorted(name for name in before if name not in after and (name in rules.things or not named))
        if lost:
            return f'it would lose the {lost[0]} "{before[lost[0]]}" and act on more than was asked for'
    had, has = ({n for n in case.names if _says(" ".join(words), n)} for words in (case.request, case.candidate))
    if had and not has:
        return f'it would lose "{max(had, key=lambda name: (len(name), name))}" and act on more than was asked for'
    return None


def _delicate(case: Case, rules: Rules) -> str | None:
    if case.confirmed:
        return None
    asked = _sensitive(case.request, case.request_reading, rules)
    added = [k for k in _sensitive(case.candidate, case.candidate_reading, rules) if k not in asked]
    return f"it would {added[0]}, which the request did not ask for; ask first" if added else None


_RULES: tuple[Callable[[Case, Rules], str | None], ...] = (_nothing, _blocked, _social, _round, _wider, _delicate)
_TAUGHT = tuple(rule for rule in _RULES if rule not in {_round, _wider})


def _words(text: str) -> Words:
    # Apostrophes go without leaving a gap: "don't" is one word, however it is written.
    return tuple(re.findall(r"\w+", re.sub(r"['’`]", "", text.lower())))


def _says(said: str, phrase: str) -> bool:
    return f" {' '.join(_words(phrase))} " in f" {said} "


def _key(reading: Hypothesis | None) -> str | None:
    return None if reading is None else reading.key


def _acts(reading: Hypothesis | None, rules: Rules) -> set[str]:
    """Return the social acts of a reading: its intent, or one part of a joined one such as `affirm+inform`."""
    if reading is None:
        return set()
    values = [str(slot.value) for slot in reading.slots if slot.name == "act"]
    parts = {part for text in (reading.intent, *values) for part in re.split(r"[\W_]+", text.lower())}
    return (parts | {reading.intent.lower()}) & rules.social_acts


def _slots(reading: Hypothesis | None, rules: Rules) -> dict[str, str]:
    if reading is None:
        return {}
    return {s.name: str(s.value) for s in reading.slots if s.name in rules.scope_slots and s.value not in {None, ""}}


def _sensitive(words: Words, reading: Hypothesis | None, rules: Rules) -> list[str]:
    said = set(words)
    if reading is not None:
        # `OpenGarageDoor` is three words; what a slot holds tells what is opened.
        said |= {
            part.lower()
            for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", f"{reading.domain or ''} {reading.intent}")
        }
        said |= {part for slot in reading.slots for part in _words(str(slot.value).replace("_", " "))}
    return sorted(kind for kind, ways in rules.sensitive if any(said.issuperset(way) for way in ways))
