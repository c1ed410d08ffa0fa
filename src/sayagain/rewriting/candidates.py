"""What could be passed on instead: leave it, the assistant's own n-best, the verified table, the chain.

The assistant may have understood the request already (it stands before us, and a decision picks a reading), or not yet
(it stands behind us, and a decision picks words). Both gather candidates of one kind, so that one ranker serves both.
"""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec
from rapidfuzz import fuzz

from sayagain.languages import DEFAULT, Language, language_of, language_pack
from sayagain.plugins import Registry
from sayagain.rewriting.accounting import is_accounted_for
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.lexicon import LIKELY, terms
from sayagain.rewriting.steps import state_key
from sayagain.rewriting.table import shares, transcripts
from sayagain.text import limit_text, normalise, sound_key
from sayagain.turns import NOTHING, Hypothesis, Turn, said

__all__ = ["SEARCHED", "SOURCES", "Candidate", "Layer", "Position", "gather"]

Layer = Literal["leave", "none", "n-best", "table", "lexicon", "chain", "personal", "global"]
"""Where a candidate came from; `none` stands for all that is not among the others and is never chosen. A source that
another package adds has a name of its own."""

RESERVED = frozenset({*get_args(Layer), "taught", "asked", "cold start"})
"""Names of layers that mean something elsewhere; no added source may use one."""

Position = Literal["heard", "parsed", "read"]
"""What is known when the decision is made: only what was heard; how the assistant would read that, too; or its n-best
readings, of which one is chosen. In the first two a rewrite is words, in the last a reading."""

SUPPORT = 0.5
"""Verified turns, each counted by its probability, that a reading of the table needs to be thought of."""

LISTED_SUPPORT = 1.0
"""The same in position `read`, where the assistant lists what else it may have been."""

EXTRA = 2
"""How many readings the table may add."""

PERSONAL = 3
"""How many of the user's own requests are thought of."""

GLOBAL = 3
"""How many of everybody's requests are thought of."""

NAMED = 0.75
"""How well each thing that a retrieved request names must be found in what was heard, in [0, 1]."""

SEARCHED = 8
"""How many requests retrieval looks through to find as many that work."""

ADDED = 3
"""How many candidates of one added source are taken, its first."""

UNRANKED = 99
"""The rank of a candidate that the assistant did not list."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that could be passed on."""

    text: str
    """The words."""
    reading: Hypothesis
    """What the assistant is known or expected to read."""
    layer: str
    """Where it came from: one of `Layer`, or the name of an added source."""
    rank: int = UNRANKED
    """Its place in the assistant's n-best, 0 the best."""
    confidence: float = math.nan
    """The assistant's confidence in it, where reported."""
    guessed: bool = False
    """Whether it merely resembles what was heard; nobody has shown that these very words mean it."""
    likeness: float = math.nan
    """How alike retrieval found it to what was heard, in [0, 1]."""
    verified: bool = False
    """Whether what users did after these very words showed that they mean this."""


SOURCES: Registry[[Turn, Sequence[Turn], Knowledge, Position], list[Candidate]] = Registry(
    "sayagain.candidates", (), returns=list[Candidate]
)
"""Sources of candidates that are added to those of `gather`: `(turn, history, knowledge, position) -> candidates`, the
likeliest first. A candidate's `reading` is what the assistant will read, `sayagain.turns.said(text)` where that is not
known; its `layer` names the source. The turn is given as it is before the answer: a source cannot look ahead."""


def gather(turn: Turn, history: Sequence[Turn], knowledge: Knowledge, position: Position) -> list[Candidate]:
    """Return all candidates of a turn under way; the first leaves it as it is.

    Args:
        turn: only what is known before the answer is looked at; in position `heard` its readings are not either.
        history: the turns before it in its session, oldest first.
        knowledge: what was learnt.
        position: what is known when the decision is made.
    """
    strings = transcripts(turn)
    found = _read(turn) if position == "read" else _heard(turn, strings, knowledge, parsed=position == "parsed")
    seen = {candidate.reading.key for candidate in found}
    if NOTHING.key not in seen:
        found.append(Candidate(text=turn.heard, reading=NOTHING, layer="none"))
        seen.add(NOTHING.key)
    held = sorted(shares(strings, knowledge.row).values(), key=lambda use: (-use[1], use[0].key))
    least = LISTED_SUPPORT if position == "read" else SUPPORT
    extra = [reading for reading, _, support in held if support >= least and reading.key not in seen][:EXTRA]
    for reading in extra:
        wording = knowledge.wording(reading.key)
        if wording is not None or position == "read":
            text = wording.text if wording else turn.heard
            found.append(Candidate(text=text, reading=reading, layer="table"))
            seen.add(reading.key)
    if position != "read":
        found += _retrieved(strings[0][0], knowledge, seen, language_pack(language_of(turn.language) or DEFAULT))
    else:
        for reading in _joined(turn, history, strings, knowledge):
            if reading.key not in seen:
                found.append(Candidate(text=turn.heard, reading=reading, layer="lexicon"))
                seen.add(reading.key)
    link = knowledge.link(state_key(found[0].reading, strings[0][0]))
    if link is not None and link.target.key not in seen:
        found.append(Candidate(text=link.rewrite.target, reading=link.target, layer="chain"))
        seen.add(link.target.key)
    verified = {reading.key for reading, _, support in held if support >= 1}
    found = [msgspec.structs.replace(each, verified=True) if each.reading.key in verified else each for each in found]
    return found + _of_added_sources(turn, history, knowledge, position, seen)


def _of_added_sources(
    turn: Turn, history: Sequence[Turn], knowledge: Knowledge, position: Position, seen: set[str]
) -> list[Candidate]:
    found: list[Candidate] = []
    if not SOURCES.added:
        return found
    for more in SOURCES.results(_before_answer(turn, position), history, knowledge, position):
        for candidate in more[:ADDED]:
            if candidate.layer not in RESERVED and candidate.reading.key not in seen:
                seen.add(candidate.reading.key)
                found.append(msgspec.structs.replace(candidate, rank=UNRANKED, confidence=math.nan, verified=False))
    return found


def _before_answer(turn: Turn, position: Position) -> Turn:
    """Return what is known of a turn when the decision is made; while learning, the rest of it is known too."""
    return Turn(
        turn_id=turn.turn_id,
        started=turn.started,
        request=turn.heard,
        ended=turn.ended,
        assistant=turn.assistant,
        user_id=turn.user_id,
        device_id=turn.device_id,
        satellite_id=turn.satellite_id,
        area=turn.area,
        language=turn.language,
        asr=turn.asr,
        nlu=turn.nlu if position == "read" or (position == "parsed" and turn.applied_rewrite is None) else None,
        context=turn.context,
    )


def _joined(
    turn: Turn, history: Sequence[Turn], strings: Sequence[tuple[str, float]], knowledge: Knowledge
) -> list[Hypothesis]:
    """Return what was read joined with what its words say beside it."""
    read = turn.reading
    if read is None or read.empty or read.intents <= knowledge.social_acts:
        return []
    before = history[-1].response if history else None
    lexicon = knowledge.lexicon
    predicted = lexicon.predict(terms(strings, before.acts if before is not None else ()))
    found, every = [], read
    for item, column in lexicon.items.items():
        more = lexicon.simplest.get(item)
        if predicted[column] < LIKELY or not item[0] or item in read.items or more is None:
            continue
        if not read.conflicts(more) and not more.intents & knowledge.social_acts:
            found.append(read.union(more))
            every = every.union(more)
    return [*found, every] if len(found) > 1 else found


def _read(turn: Turn) -> list[Candidate]:
    # Whether words alone were understood is told by the answer, which is not known yet.
    readings = turn.readings or (said(turn.heard),)
    found = []
    for rank, reading in enumerate(readings):
        found.append(
            Candidate(
                text=turn.heard,
                reading=reading,
                layer="leave" if rank == 0 else "n-best",
                rank=rank,
                confidence=math.nan if reading.confidence is None else reading.confidence,
            )
        )
    return found


def _retrieved(heard: str, knowledge: Knowledge, seen: set[str], language: Language | None) -> list[Candidate]:
    """Return requests that work and are like what was heard: this user's own, then everybody's."""
    found = []
    for use in knowledge.own.like(heard, PERSONAL):
        if use.reading.key in seen or use.text == heard or not _named(use.reading, use.text, heard):
            continue
        guessed = heard not in use.heard
        if guessed and language is not None and not is_accounted_for(use.text, heard, language, knowledge.worked):
            continue
        seen.add(use.reading.key)
        found.append(
            Candidate(text=use.text, reading=use.reading, layer="personal", guessed=guessed, verified=not guessed)
        )
    count = 0
    for each in knowledge.search(heard):
        row = knowledge.row(each.text)
        plain = row.plain if row is not None else None
        if plain is None or plain.empty or plain.key in seen or not _named(plain, each.text, heard):
            continue
        if language is not None and not is_accounted_for(each.text, heard, language, knowledge.worked):
            continue
        seen.add(plain.key)
        found.append(Candidate(text=each.text, reading=plain, layer="global", guessed=True, likeness=each.score))
        count += 1
        if count == GLOBAL:
            break
    return found


def _named(reading: Hypothesis, text: str, heard: str) -> bool:
    """Return whether each thing that a request names is in what was heard, by letters or by sound: none is put in.

    What the request does not say itself, such as the room that the assistant fills in, is filled in again.
    """
    names = {normalise(limit_text(value)) for values in reading.facts.values() for value in values}
    words = normalise(limit_text(text))
    return all(_within(name, heard) or not _within(name, words) for name in names)


def _within(name: str, words: str) -> bool:
    sounds = sound_key(name)
    found = fuzz.partial_ratio(name, words)
    # Two letters of sound are found in nearly anything.
    if len(sounds) > 2:
        found = max(found, fuzz.partial_ratio(sounds, sound_key(words)))
    return bool(found >= NAMED * 100)


def _heard(turn: Turn, strings: Sequence[tuple[str, float]], knowledge: Knowledge, *, parsed: bool) -> list[Candidate]:
    reported = turn.asr is not None and bool(turn.asr.nbest)
    found: list[Candidate] = []
    seen: set[str] = set()
    for rank, (text, weight) in enumerate(strings):
        row = knowledge.row(text)
        plain = row.plain if row is not None else None
        if rank == 0:
            # Words never heard before may well be understood: they stand for themselves, not for nothing.
            own = turn.reading if parsed and turn.applied_rewrite is None else None
            reading = own or plain or said(text)
        elif plain is None or plain.empty:
            continue
        else:
            reading = plain
        if reading.key in seen:
            continue
        seen.add(reading.key)
        found.append(
            Candidate(
                text=turn.heard if rank == 0 else text,
                reading=reading,
                layer="leave" if rank == 0 else "n-best",
                rank=rank,
                confidence=weight if reported else math.nan,
            )
        )
    return found
