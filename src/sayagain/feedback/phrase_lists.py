"""Wordings that tell how a turn went, by language; a language that is not here is judged by structure alone.

To add a language, add a `Phrases` under its code. Patterns see the text as `said` gives it: normalised, and with the
apostrophes left out, since speech recognition writes "that's" and "thats" alike.
"""

import re
from functools import lru_cache

import msgspec

from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["PHRASES", "UNSTATED", "Phrases", "phrases", "phrases_of", "said"]

UNSTATED = "en"
"""The language of a turn that does not state one."""


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """The telling wordings of one language, all for `said` text; each is searched unless anchored."""

    failed: re.Pattern[str]
    """In a response: it did not understand, or could not."""
    asks_if_it_helped: re.Pattern[str]
    """In a response: asks how the turn went."""
    closing_question: re.Pattern[str]
    """In a response: a question that needs no answer."""
    yes: re.Pattern[str]
    """In a request: agrees, at its beginning."""
    no: re.Pattern[str]
    """In a request: denies, at its beginning."""
    reply: re.Pattern[str]
    """In a request: nothing but yes, no, thanks or a greeting, so that saying it again means nothing."""
    cancel: re.Pattern[str]
    """In a request: gives up and can mean nothing else."""
    stop: re.Pattern[str]
    """In a request: gives up, or stops something that goes on."""
    backchannel: re.Pattern[str]
    """In a request: nothing but a sign of listening ("uh huh", "okay"), which is no wish to interrupt."""
    thanks: re.Pattern[str]
    """In a request: thanks."""
    praise: re.Pattern[str]
    """In a request: praise alone."""
    corrects: re.Pattern[str]
    """In a request: says that the answer was wrong, or what was meant, and can mean nothing else."""
    contradicts: re.Pattern[str]
    """In a request: "no" and more, which corrects unless it answers."""
    no_correction: re.Pattern[str]
    """In a request: begins like the two before and corrects nothing."""
    undo: re.Pattern[str]
    """In a request: asks to take back what was just done."""
    repeatable: re.Pattern[str]
    """In a request: a step or a draw that one asks for again when it worked ("louder", "next", "flip a coin")."""
    plays: re.Pattern[str]
    """In a request: starts something that plays."""
    follows: re.Pattern[str]
    """In a request: leans on the answer before ("and tomorrow", "what about …", "turn it …")."""
    pronouns: frozenset[str]
    """Words that stand for the thing named before."""
    common: frozenset[str]
    """Words that say little about what is wanted."""
    opposites: tuple[tuple[str, str], ...]
    """Pairs of words of which one takes back the other; words of the names of intents too."""
    steps: frozenset[str]
    """Those words among the opposites that mean a step; going back one is weaker than taking back."""


def phrases(turn: Turn) -> Phrases | None:
    """Return the wordings of the turn's language, or None when there are none for it.

    >>> phrases(Turn(turn_id="t", started=0, request="stopp", language="de-AT")) is None
    True
    """
    return phrases_of(turn.language)


@lru_cache(maxsize=1 << 10)
def phrases_of(language: str | None) -> Phrases | None:
    """Return the wordings of a language (BCP 47), of its region or not; of `UNSTATED` where it is None."""
    return PHRASES.get(re.split(r"[-_]", language or UNSTATED)[0].lower())


def said(text: str) -> str:
    """Return `text` as the patterns expect it.

    >>> said("No, that’s WRONG!")
    'no thats wrong'
    """
    return normalise(text).replace("'", "")


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def _only(*patterns: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """Match a text that is one of the patterns and nothing else but the small words that may stand around it."""
    ahead = rf"(?:(?:{before}) )*" if before else ""
    behind = rf"(?: (?:{after}))*" if after else ""
    return re.compile(rf"^{ahead}(?:{'|'.join(patterns)}){behind}$")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in (pair.split("/") for pair in text.split()))


_CANNOT = r"(?:didnt|did not|dont|do not|couldnt|could not|cant|cannot|wasnt able to|am not able to|am unable to)"
_WRONG = r"(?:wrong|incorrect|not (?:right|correct|true|it$|what i|the (?:one|right)))"
_FILLER = r"oh|um|uh|well|ok|okay|just|please"

_EN = Phrases(
    failed=_any(
        r"^(?:oh |oops |hmm |well )?(?:im |i am )?(?:very |so |really )?(?:sorry(?! to hear)|apologies|oops|unfortunately)\b",
        rf"\bi (?:still )?{_CANNOT} (?:quite |really )?(?:understand|catch|hear|recogni[sz]e|know|find|see|help)\b",
        rf"\bi (?:still )?{_CANNOT} (?:quite |really )?(?:get|do) (?:that|this|it|you)\b",
        r"\b(?:im|i am) (?:not (?:sure|aware|able)|unable|having trouble)\b",
        r"^not sure what\b|\bhave no idea\b|\bsomething went wrong\b|\ban error (?:occurred|has occurred)\b",
        r"\bthere was an? (?:error|problem)\b|\bunable to\b|^there is (?:no|nothing)\b",
        r"\b(?:please|could you|can you) (?:please )?(?:repeat|rephrase|say (?:that|it) again|try again)\b",
        r"^(?:no answer|nothing|no results?|none) (?:was|were) found\b",
    ),
    asks_if_it_helped=_any(
        r"\bdid (?:that|this|it|i) (?:help|work|answer|get (?:that|it) right)",
        r"\b(?:was|is) (?:that|this|it) (?:helpful|useful)\b|\bare you (?:satisfied|happy)\b",
        r"\bwas (?:that|this|it) (?:right|correct|okay|ok|good)\b",
        r"\bwas (?:that|this|it) what you (?:wanted|meant|asked|needed|were looking for)\b",
    ),
    closing_question=_any(
        r"\b(?:any ?thing|something) else\b|\bany ?thing more\b|\bhow (?:else )?(?:can|may) i (?:help|assist)\b",
    ),
    yes=_any(
        r"^(?:oh )?(?:yes|yeah|yep|yup|sure|absolutely|definitely|indeed|correct|exactly|right|it did|it was|you did)\b"
        r"(?! (?:but|not))",
    ),
    no=_any(
        r"^(?:oh |um |uh )?(?:no|nope|nah|not (?:really|at all|quite|exactly)|it (?:didnt|wasnt)|wrong|incorrect)\b"
    ),
    reply=_only(
        r"yes|yeah|yep|yup|no|nope|nah|ok|okay|sure|right|correct|please",
        r"thanks?|thank you|hi|hello|hey|good ?bye|bye",
        before=r"yes|yeah|yep|yup|no|nope|nah|ok|okay|um|uh|oh|thank you|thanks",
        after=r"please|so much|very much|a lot|thanks|thank you|good ?bye|bye",
    ),
    cancel=_only(
        r"never ?mind|forget (?:it|that)|forget about (?:it|that)|drop it|leave it|dont bother|i give up",
        r"cancel (?:that|it|this)",
        before=_FILLER + "|no|stop|cancel",
        after=r"then|now|please|thanks|thank you",
    ),
    stop=_only(
        r"stop|cancel|quit|exit|abort|enough|thats enough|shut up|be quiet|quiet|silence|stop (?:it|that|talking|this)",
        before=_FILLER + "|no|stop|cancel|quit",
        after=r"now|please|thanks|thank you",
    ),
    backchannel=_only(
        r"ok|okay|uh huh|mm hmm|mhm|hmm|yeah|yep|yes|right|sure|i see|got it|makes sense|that makes sense|alright",
        r"all right|cool|great|nice|wow|oh|thanks|thank you|interesting|really",
        before=r"ok|okay|oh|yeah|ah|um|uh|right|cool|great|thanks",
        after=r"okay|thanks|thank you|so much|then",
    ),
    thanks=_only(
        r"(?:thanks|thank you|thank u|cheers|much appreciated)(?: (?:so|very) much| a lot| a bunch)?"
        r"(?: for (?:that|this|the help|your help|everything))?(?: \w+)?",
        before=_FILLER + r"|great|perfect|good|cool|alright|yes|yeah|awesome",
        after=r"good ?bye|bye|thank you",
    ),
    praise=_only(
        r"great|perfect|excellent|awesome|amazing|wonderful|brilliant|lovely|nice|cool|well done|much better",
        r"good (?:job|work|one)",
        before=_FILLER + r"|thats|very|so|yes|yeah|its|it is|that is",
    ),
    corrects=_any(
        r"^(?:(?:no|but|hey|sorry|oh|wait) )*(?:"
        r"i (?:just )?(?:said|meant|mean|asked (?:for|you)|told you|wanted)\b"
        r"|i (?:didnt|did not) (?:say|mean|ask|want)\b|i was (?:asking|talking)\b"
        rf"|(?:thats?|that is|that was|its|it is|this is|you got it|you are|youre) (?:all |completely )?{_WRONG}\b"
        r"|thats? the wrong\b|(?:the )?wrong \w+$|you misunderstood\b|not that \w+$|not what i\b)",
    ),
    contradicts=_any(r"^(?:oh |um |uh )?(?:no|nope|nah|wrong|not)(?: no)* (?!no\b)\w+"),
    no_correction=_any(
        r"^(?:oh |um |uh )?(?:no|nope|nah)(?: no)* (?:thanks?|problem|worries|need|way|matter|idea|doubt|more|i am"
        r"|im (?:good|fine|ok|okay|done)|i (?:dont|do not)|it (?:didnt|did not|wasnt|was not)|good ?bye|bye"
        r"|not (?:really|at all|yet|now|today)|its (?:fine|ok|okay|good|right|correct)"
        r"|that(?:s| is| will be|ll be) (?:it|all|fine|ok|okay|right|correct|good|great|enough))\b",
        r"^not (?:now|yet|really|bad|at all|today|sure|much|again|quite|exactly)\b",
    ),
    undo=_only(
        r"undo(?: (?:that|it|this))?|(?:put|change|turn|set|switch|take) (?:it|that|them) back|revert(?: (?:that|it))?",
        before=_FILLER + r"|no|can you|could you",
        after=r"please|now|again",
    ),
    repeatable=_any(
        r"\b(?:next|skip|previous|louder|quieter|softer|brighter|dimmer|warmer|cooler|colder|hotter|faster|slower)\b",
        r"\b(?:higher|lower|more|less|another|again|forwards?|backwards?|rewind)\b",
        r"\b(?:increase|decrease|raise|dim|brighten)\b",
        r"\b(?:scroll|roll|flip|toss|shuffle|joke|story)\b|^(?:up|down|back|left|right)$",
        r"\b(?:turn|volume|go|bit|little)\b.*\b(?:up|down|back)\b",
    ),
    plays=_any(r"^(?:please |can you |could you )?(?:play|listen to|put on|start playing|stream|watch|resume)\b"),
    follows=_any(
        r"^(?:and|also|then|what about|how about|what else|which one|which of|tell me more|more about|why)\b",
        r"^(?:how (?:far|much|long|many) is|where is|who (?:is|was)|when (?:is|was)) (?:he|she|it|that)\b",
        r"\b(?:turn|switch|make|set|play|put|close|open|lock|move|add|send|read|call|book|show|dim) (?:it|them)\b",
        r"\b(?:that one|this one|the same|as well|the (?:first|second|third|last) one)\b|\btoo$",
    ),
    pronouns=_set("it that them this those these one"),
    common=_set(
        "a an the this that these those it its them my your our i me you we he she they is are was were be am do does "
        "did can could would will shall should may might must have has had to of in on at for from with by and or but "
        "so if please just now then there here what which who whats some any all um uh hey ok okay yes no not want "
        "like need get give tell let lets about into up out off as"
    ),
    opposites=_pairs(
        "on/off open/close open/shut lock/unlock start/stop start/cancel start/pause set/cancel set/delete set/remove "
        "create/cancel create/delete add/remove add/delete play/stop play/pause mute/unmute enable/disable arm/disarm "
        "show/hide connect/disconnect follow/unfollow like/unlike block/unblock activate/deactivate up/down "
        "raise/lower increase/decrease louder/quieter brighter/dimmer warmer/cooler next/previous"
    ),
    steps=_set("up down raise lower increase decrease louder quieter brighter dimmer warmer cooler next previous"),
)

PHRASES: dict[str, Phrases] = {"en": _EN}
"""Wordings by language code (ISO 639)."""
