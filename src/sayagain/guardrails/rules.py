"""Rules: what a rewrite must never do, whatever the evidence; each refusal says why in plain words."""

import re
from collections.abc import Callable, Container, Iterable

import msgspec

from sayagain.guardrails.changed_act import TELLS, changed_act
from sayagain.guardrails.directions import opposite_direction, opposite_hypothesis, supplied_direction
from sayagain.guardrails.same_act import is_same_act
from sayagain.guardrails.script import scripts, unspaced
from sayagain.guardrails.sensitive import added_act, sensitive_acts
from sayagain.guardrails.speech_act import speech_act, without_courtesies
from sayagain.guardrails.stated_conditions import dropped_condition
from sayagain.guardrails.stated_names import changed_name
from sayagain.guardrails.stated_numbers import changed_number
from sayagain.guardrails.stated_steps import changed_step
from sayagain.guardrails.stated_times import dropped_time
from sayagain.languages import DEFAULT, Language, guess_language, language_of, language_pack, spoken_words
from sayagain.plugins import Registry
from sayagain.text import identifier_words
from sayagain.turns import Hypothesis

__all__ = ["GUARDRAILS", "Case", "Rules", "changed_negation", "refuse", "sensitive_kinds"]

Words = tuple[str, ...]

UNKNOWN = "und"
"""The language of words that are in none of those that there is a pack for (BCP 47)."""

SOCIAL_ACTS = frozenset(
    {"ack", "acknowledge", "affirm", "bye", "confirm", "deny", "goodbye", "greet", "hello", "negate", "no", "repeat"}
    | {"thank", "thanks", "thankyou", "yes"}
)
"""Intents or dialogue acts that answer the assistant and ask for nothing."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is refused, whatever the language; the words of a language are in `sayagain.languages`.

    >>> refuse("lamp on", None, "lamp on please", None, rules=Rules(blocked_words=frozenset({"please"})))
    '"please" is on the blocklist'
    """

    social_acts: frozenset[str] = SOCIAL_ACTS
    """Intents or dialogue acts that answer the assistant and ask for nothing; adding one puts words in the mouth."""
    scope_slots: frozenset[str] = frozenset({"area", "device", "entity", "floor", "name", "room"})
    """Slots that narrow what is acted upon."""
    things: frozenset[str] = frozenset({"device", "entity", "name"})
    """Those of them that name one thing, and so stand in for its room."""
    blocked_words: frozenset[str] = frozenset()
    """Words or phrases that no rewrite may contain."""
    blocked_intents: frozenset[str] = frozenset()
    """Intents that no rewrite may come to, as the assistant writes them."""
    blocked_rewrites: frozenset[str] = frozenset()
    """Ids of rewrites that are never applied."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite to be judged."""

    heard: str
    """The request as heard."""
    request: Words
    """Its words, as `spoken_words` gives them."""
    candidate: Words
    """The words to be said instead."""
    request_hypothesis: Hypothesis | None = None
    """What the request is understood as, where known."""
    candidate_hypothesis: Hypothesis | None = None
    """What the candidate is understood as, where known."""
    rewrite_id: str | None = None
    """Which rewrite it is."""
    confirmed: bool = False
    """True when the user said yes to it just now."""
    renaming: bool = False
    """True when the user said yes to another name than was said."""
    blocked: frozenset[str] = frozenset()
    """The user's own blocklist."""
    names: frozenset[str] = frozenset()
    """Names of things, rooms and persons, normalised."""
    worked: Container[str] = ()
    """Words, and pairs of words, of requests that work."""
    computed: bool = False
    """Whether the caller worked the numbers of the candidate out and answers for them."""
    code: str = DEFAULT
    """The language of the request."""


def refuse(
    request: str,
    request_hypothesis: Hypothesis | None,
    candidate: str,
    candidate_hypothesis: Hypothesis | None,
    blocked: Iterable[str] = (),
    *,
    rewrite_id: str | None = None,
    confirmed: bool = False,
    renaming: bool = False,
    taught: bool = False,
    names: Iterable[str] = (),
    worked: Container[str] = (),
    computed: bool = False,
    language: str | None = None,
    rules: Rules | None = None,
) -> str | None:
    """Say why a rewrite must not be made, or None when no rule is against it.

    Args:
        request: the words as heard.
        request_hypothesis: what the request is understood as; None when not known, which refuses more.
        candidate: the words to be said instead.
        candidate_hypothesis: what the candidate is understood as; None when not known.
        blocked: the user's own blocklist, on top of the rules': words or phrases, intents, and ids of rewrites.
        rewrite_id: which rewrite it is, for the blocklist.
        confirmed: the user said yes to this very rewrite; opens what is sensitive, what answers a statement ("it is
            dark in here"), what drops a condition and what opens, closes or dims unasked, and nothing else.
        renaming: this home's users showed that a name which nothing here has ("mood light") means another, and the user
            is asked or has said yes; opens that alone.
        taught: the user gave the request this very meaning on purpose. It has no other, so nothing is turned round,
            replaced or widened; blocklists and answers in the user's place stay refused.
        names: of the things, rooms and persons that this home knows: what is named stays named.
        worked: words, and pairs of words with a space between, of requests that work: none of them is a mishearing.
        computed: the caller worked the numbers of the candidate out and answers for them: "two degrees warmer" from the
            thermostat's state, "dim the lamp" as 30 percent.
        language: of the request (BCP 47); where it is not known, the one that the words are in, English in doubt. One
            without a pack is rewritten by what the user taught, and where spelling or hypotheses show that the act
            stays the same.
        rules: what is refused besides.

    Returns:
        The end of a sentence, such as "it would call someone, which the request did not ask for; ask first".
        Leaving a request as it is, same words and same hypothesis, is never refused.

    >>> refuse("turn on the lamb", None, "turn on the lamp", None)
    >>> refuse("don't turn on the lamp", None, "turn on the lamp", None)
    'it would drop the word "dont" and so turn the request round'
    >>> refuse("lights off in the attic", None, "turn off all lights", None)
    'it would act on more than was asked for: "all"'
    >>> refuse("did i lock the front door", None, "lock the front door", None)
    'it would turn a question into a command'
    >>> refuse("licht aan", None, "licht uit", None, language="xx")
    'there are no guardrails for the language xx yet'
    """
    rules = rules or Rules()
    code = language_of(language) or guess_language((request, candidate)) or UNKNOWN
    pack = language_pack(code)
    case = Case(
        heard=request,
        request=spoken_words(request, pack),
        candidate=spoken_words(candidate, pack),
        request_hypothesis=request_hypothesis,
        candidate_hypothesis=candidate_hypothesis,
        rewrite_id=rewrite_id,
        confirmed=confirmed,
        renaming=renaming,
        blocked=frozenset(blocked),
        names=names if isinstance(names, frozenset) else frozenset(" ".join(spoken_words(n, pack)) for n in names),
        worked=worked,
        computed=computed,
        code=code,
    )
    if case.request == case.candidate and _key(request_hypothesis) == _key(candidate_hypothesis):
        return None
    for first in (_nothing, _blocked):
        if (reason := first(case, rules)) is not None:
            return reason
    if pack is None:
        return None if taught else _unknown_language(case)
    if taught:
        return next((reason for rule in _TAUGHT if (reason := rule(case, rules, pack)) is not None), None)
    return next((reason for reason in GUARDRAILS.results(case, rules, pack) if reason is not None), None)


def sensitive_kinds(request: str, hypothesis: Hypothesis | None, language: Language) -> list[str]:
    """Return what in a request needs the user's word first, sorted; the same test that `refuse` makes.

    >>> sensitive_kinds("unlock the front door", None, language_pack("en"))
    ['lock or unlock something']
    """
    return sensitive_acts(spoken_words(request, language), hypothesis, language)


def changed_negation(request: str, candidate: str, language: Language) -> str | None:
    """Say which negation a candidate would drop or add, or None; the same test that `refuse` makes.

    >>> changed_negation("don't open the gate", "open the gate", language_pack("en"))
    'it would drop the word "dont" and so turn the request round'
    """
    request_words, candidate_words = (spoken_words(text, language) for text in (request, candidate))
    case = Case(heard=request, request=request_words, candidate=candidate_words)
    return _negation(case, Rules(), language)


def _nothing(case: Case, _: Rules) -> str | None:
    if not case.candidate:
        return "it would leave nothing to say"
    if case.candidate_hypothesis is not None and case.candidate_hypothesis.empty:
        return "the assistant would read it as nothing"
    return None


def _blocked(case: Case, rules: Rules) -> str | None:
    if case.rewrite_id is not None and case.rewrite_id in rules.blocked_rewrites | case.blocked:
        return f"the rewrite {case.rewrite_id} is on the blocklist"
    hypothesis = case.candidate_hypothesis
    if hypothesis is not None and hypothesis.intent in rules.blocked_intents | case.blocked:
        return f'the intent "{hypothesis.intent}" is on the blocklist'
    for entry in sorted(rules.blocked_words | case.blocked):
        if _says(case.candidate, entry, language_pack(case.code)):
            return f'"{entry}" is on the blocklist'
    return None


def _unknown_language(case: Case) -> str | None:
    request_text, candidate_text = " ".join(case.request), " ".join(case.candidate)
    if is_same_act(request_text, candidate_text, case.request_hypothesis, case.candidate_hypothesis):
        return None
    language = "this language" if case.code == UNKNOWN else f"the language {case.code}"
    return f"there are no guardrails for {language} yet"


def _script(case: Case, _: Rules, __: Language) -> str | None:
    request_scripts, candidate_scripts = (scripts(" ".join(words)) for words in (case.request, case.candidate))
    differ = request_scripts and candidate_scripts and request_scripts.isdisjoint(candidate_scripts)
    return "it is in another script" if differ else None


def _social(case: Case, rules: Rules, pack: Language) -> str | None:
    added_acts = _acts(case.candidate_hypothesis, rules) - _acts(case.request_hypothesis, rules)
    if added_acts:
        return f'it would answer for the user: "{min(added_acts)}"'
    if set(case.candidate) <= pack.social and not (case.request and set(case.request) <= pack.social):
        return f'it would answer for the user: "{" ".join(case.candidate)}"'
    return None


def _negation(case: Case, _: Rules, pack: Language) -> str | None:
    request_negations, candidate_negations = (
        [word for word in without_courtesies(words, pack) if word in pack.negations]
        for words in (case.request, case.candidate)
    )
    if request_negations and not candidate_negations:
        return f'it would drop the word "{request_negations[0]}" and so turn the request round'
    if candidate_negations and not request_negations:
        return f'it would add the word "{candidate_negations[0]}" and so turn the request round'
    return None


def _direction(case: Case, _: Rules, pack: Language) -> str | None:
    return opposite_direction(case.request, case.candidate, pack) or opposite_hypothesis(
        case.request, case.candidate, case.request_hypothesis, case.candidate_hypothesis, pack
    )


def _act(case: Case, _: Rules, pack: Language) -> str | None:
    marked = case.heard.rstrip().endswith(_MARKS) or "\u00bf" in case.heard
    hypothesis = case.candidate_hypothesis
    return changed_act(
        case.heard,
        case.candidate,
        None if hypothesis is None else identifier_words(hypothesis.intent),
        pack,
        marked=marked,
        confirmed=case.confirmed,
    )


def _condition(case: Case, _: Rules, pack: Language) -> str | None:
    if case.confirmed or speech_act(case.candidate, pack) in TELLS:
        return None
    return dropped_condition(case.request, case.candidate, pack)


def _time(case: Case, _: Rules, pack: Language) -> str | None:
    # Who worked the numbers out has taken account of the times, too.
    if case.confirmed or case.computed or speech_act(case.candidate, pack) in TELLS:
        return None
    return dropped_time(case.request, case.candidate, case.names, pack)


def _wider(case: Case, rules: Rules, pack: Language) -> str | None:
    added = [word for word in case.candidate if word in pack.wide and word not in case.request]
    if added:
        return f'it would act on more than was asked for: "{added[0]}"'
    if case.candidate_hypothesis is None:
        return None
    before, after = (_slots(hypothesis, rules) for hypothesis in (case.request_hypothesis, case.candidate_hypothesis))
    named = (set(after) - set(before)) & rules.things
    # A thing stands in for its room: "kitchen light" for "the light in the kitchen".
    lost = sorted(name for name in before if name not in after and (name in rules.things or not named))
    if lost:
        return f'it would lose the {lost[0]} "{before[lost[0]]}" and act on more than was asked for'
    return None


def _values(case: Case, _: Rules, pack: Language) -> str | None:
    number = None
    if not case.computed:
        number = changed_number(case.request, case.candidate, pack) or changed_step(case.request, case.candidate, pack)
    return number or changed_name(
        case.request,
        case.candidate,
        case.request_hypothesis,
        case.candidate_hypothesis,
        names=case.names,
        worked=case.worked,
        language=pack,
        renaming=case.renaming,
    )


def _delicate(case: Case, _: Rules, pack: Language) -> str | None:
    if case.confirmed:
        return None
    added = added_act((case.request, case.request_hypothesis), (case.candidate, case.candidate_hypothesis), pack)
    return None if added is None else f"it would {added}, which the request did not ask for; ask first"


def _supplied(case: Case, _: Rules, pack: Language) -> str | None:
    return None if case.confirmed else supplied_direction(case.request, case.candidate, pack)


_MARKS = ("?", "\u037e", "\u061f", "\uff1f")
"""Question marks at the end, of any script; Spanish has one in front, too."""

_RULES: tuple[Callable[[Case, Rules, Language], str | None], ...] = (
    _script,
    _social,
    _negation,
    _direction,
    _act,
    _condition,
    _wider,
    _values,
    _time,
    _delicate,
    _supplied,
)
_TAUGHT = (_social, _delicate)

GUARDRAILS: Registry[[Case, Rules, Language], str | None] = Registry(
    "sayagain.guardrails",
    _RULES,
    returns=str | None,
    # Who installs a guardrail relies on it: where it cannot be asked, the request stays as it is.
    failed=lambda sentence: f"{sentence}, and what a guardrail could not judge is not done",
)
"""What judges every rewrite that was learnt: the rules of the package, and the guardrails that are added to them. An
added one refuses more and never less; what a user taught on purpose does not pass by it."""


def _says(words: Words, phrase: str, pack: Language | None) -> bool:
    """Whether a phrase is among the words, or within them where the script is written without spaces."""
    parts = spoken_words(phrase, pack)
    if unspaced(phrase):
        return "".join(parts) in "".join(words)
    return bool(parts) and f" {' '.join(parts)} " in f" {' '.join(words)} "


def _key(hypothesis: Hypothesis | None) -> str | None:
    return None if hypothesis is None else hypothesis.key


def _acts(hypothesis: Hypothesis | None, rules: Rules) -> set[str]:
    """Return the social acts of a hypothesis: its intent, or one part of a joined one such as `affirm+inform`."""
    if hypothesis is None:
        return set()
    values = [str(slot.value) for slot in hypothesis.slots if slot.name == "act"]
    parts = {part for text in (hypothesis.intent, *values) for part in re.split(r"[\W_]+", text.lower())}
    return (parts | {hypothesis.intent.lower()}) & rules.social_acts


def _slots(hypothesis: Hypothesis | None, rules: Rules) -> dict[str, str]:
    if hypothesis is None:
        return {}
    return {s.name: str(s.value) for s in hypothesis.slots if s.name in rules.scope_slots and s.value not in {None, ""}}
