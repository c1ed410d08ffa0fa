"""The remedy: what a home owner can do so that a failure does not happen again."""

from typing import Literal

import msgspec

from sayagain.failures.failure_point import FailurePoint
from sayagain.failures.log_knowledge import SessionKnowledge, Similar, heard_words
from sayagain.failures.missing_name import missing_name
from sayagain.turns import Turn

__all__ = ["Remedy", "RemedyKind", "find_remedy"]

RemedyKind = Literal[
    "alias", "custom_sentence", "teach", "rename", "expose", "microphone", "wake_word", "check_device", "agent"
]
"""What to change. `alias`: another name of a thing. `custom_sentence`: a wording that the assistant shall understand.
`teach`: a meaning of the words for one user. `rename`: another name instead of one that is misheard or shared.
`expose`: show the thing to the assistant. `microphone`: place, distance or recogniser. `wake_word`: its sensitivity.
`check_device`: the thing itself, or the service behind it. `agent`: the prompt, tools or documents of an LLM agent."""

_SIMILAR = 0.7
"""Least similarity of the working request that misheard words are taken for."""

_TWICE = 2

_AGENT_REMEDIES: dict[FailurePoint, str] = {
    "retrieval": "Add a document that answers the request, or rewrite the search: nothing that it found was of use.",
    "tool_choice": "Say in the description of the tool which requests it is for, with one like this as an example.",
    "tool_arguments": "Describe the tool's parameters more closely, with the values that they take, and refuse others.",
    "tool_result": "The agent called the tool rightly: check that the tool or the service behind it works.",
    "answer": "The steps of the agent went well: say in its prompt what the answer is to contain.",
}
"""What to do about each stage of an LLM agent."""


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do about a failure."""

    kind: RemedyKind
    """What to change."""
    sentence: str
    """What to do, in plain words."""


def find_remedy(turn: Turn, stage: FailurePoint, knowledge: SessionKnowledge, *, min_users: int) -> Remedy | None:
    """Return what to do about a turn that failed at a stage; None if it did not fail.

    Args:
        turn: the turn.
        stage: its failure point.
        knowledge: what the rest of the log tells.
        min_users: users who must have said a request before others are shown it; the turn's own user's are shown.

    >>> from sayagain.turns import Action
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", actions=(Action(target="light.lamp", ok=False),))
    >>> find_remedy(turn, "result", SessionKnowledge.empty(), min_users=1).sentence
    'light.lamp did not do what it was told: check that it has power and is connected.'
    """
    if stage == "correct":
        return None
    if stage in _AGENT_REMEDIES:
        return Remedy(kind="agent", sentence=_AGENT_REMEDIES[stage])
    match stage:
        case "false_wake":
            remedy = _wake_word(turn)
        case "asr":
            remedy = _recognition(turn, knowledge, min_users)
        case "nlu":
            remedy = _understanding(turn, knowledge, min_users)
        case "entity_resolution":
            remedy = _resolution(turn)
        case _:
            remedy = _execution(turn)
    return remedy


def _wake_word(turn: Turn) -> Remedy:
    name = "the wake word" if turn.wake is None else f"the wake word {turn.wake.name}"
    return Remedy(
        kind="wake_word",
        sentence=f"Make {name} less sensitive, or move the microphone away from televisions and loudspeakers.",
    )


def _recognition(turn: Turn, knowledge: SessionKnowledge, min_users: int) -> Remedy:
    heard = heard_words(turn)
    similar = _nameable(turn, heard, knowledge, min_users)
    if not heard:
        return Remedy(kind="microphone", sentence="No words were recognised: speak nearer to the microphone.")
    again = knowledge.request(heard).failed + 1 >= _TWICE
    if again and turn.trouble == "not found" and (name := missing_name(turn)):
        return Remedy(
            kind="rename",
            sentence=f"A name is heard as “{name}” again and again: add that as an alias, or choose another name.",
        )
    if again and similar is not None and similar.similarity >= _SIMILAR:
        return Remedy(
            kind="teach",
            sentence=f"Teach that “{heard}” means “{similar.words}”: it is misheard again and again.",
        )
    return Remedy(
        kind="microphone",
        sentence="Speak nearer to the microphone or move it away from noise; if that does not help, try another "
        "recogniser.",
    )


def _understanding(turn: Turn, knowledge: SessionKnowledge, min_users: int) -> Remedy:
    heard = heard_words(turn)
    if turn.hypothesis is not None and not turn.hypothesis.empty:
        return Remedy(
            kind="custom_sentence",
            sentence=f"“{heard}” was taken for {turn.hypothesis.intent}: add a custom sentence that says what it "
            "means, or teach it.",
        )
    similar = _nameable(turn, heard, knowledge, min_users)
    unknown = [word for word in heard.split() if not knowledge.word(word).worked]
    if similar is not None and similar.similarity >= _SIMILAR and unknown:
        return Remedy(
            kind="alias",
            sentence=f"The assistant does not know “{' '.join(unknown)}”; “{similar.words}” works. If it is a name for "
            "a thing, add it as an alias of that thing.",
        )
    return Remedy(
        kind="custom_sentence",
        sentence=f"Add “{heard}” as a custom sentence for what it means, or teach it.",
    )


def _resolution(turn: Turn) -> Remedy:
    name = missing_name(turn)
    if name or turn.trouble == "not found":
        subject = "Nothing has the name that was said" if not name else f"Nothing is called “{name}”"
        return Remedy(
            kind="expose",
            sentence=f"{subject}: show the thing to the assistant (expose it), or add the name as an alias.",
        )
    named = next((str(slot.raw) for slot in turn.resolution if slot.status == "ambiguous" and slot.raw), "")
    subject = "More than one thing may be meant" if not named else f"More than one thing is called “{named}”"
    return Remedy(kind="rename", sentence=f"{subject}: give one of them another name, or say the room with it.")


def _execution(turn: Turn) -> Remedy:
    failed = sorted({action.target for action in turn.actions if not action.ok})
    if failed:
        verb = "it has power and is" if len(failed) == 1 else "they have power and are"
        pronoun = "it was" if len(failed) == 1 else "they were"
        return Remedy(
            kind="check_device",
            sentence=f"{', '.join(failed[:3])} did not do what {pronoun} told: check that {verb} connected.",
        )
    return Remedy(
        kind="check_device",
        sentence="The request was understood: check that the device or the service behind it works.",
    )


def _nameable(turn: Turn, heard: str, knowledge: SessionKnowledge, min_users: int) -> Similar | None:
    """Return the working request most like the words, if it may be shown to the user of the turn."""
    by_letters, by_sound = knowledge.similar(heard), knowledge.similar(heard, by_sound=True)
    both = [similar for similar in (by_letters, by_sound) if similar is not None]
    best = max(both, key=lambda similar: similar.similarity, default=None)
    if best is None:
        return None
    speakers = knowledge.speakers(best.words)
    known = turn.user_id is not None and turn.user_id in speakers
    return best if known or len(speakers) >= min_users else None
