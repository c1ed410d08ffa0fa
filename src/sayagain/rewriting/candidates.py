"""Candidate generation: leave the request, the assistant's own n-best, the verified table, the chain, retrieval.

The assistant may have understood the request already (a decision then picks a hypothesis) or not yet (a decision then
picks words). Both cases produce candidates of one type, so one ranker serves both.
"""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from sayagain.languages import DEFAULT, Language, language_of, language_pack
from sayagain.plugins import Registry
from sayagain.rewriting.accounting import is_accounted_for
from sayagain.rewriting.completion.complete_request import complete_request
from sayagain.rewriting.heard_names import names_another_room, names_are_heard, names_are_spoken_of
from sayagain.rewriting.in_context import interpret_request, is_already_so
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.lexicon import LIKELY, terms
from sayagain.rewriting.steps import state_key
from sayagain.rewriting.table import shares, transcripts
from sayagain.text import limit_text, normalise
from sayagain.turns import NOTHING, Hypothesis, Turn, said

__all__ = ["SEARCHED", "SOURCES", "Candidate", "Layer", "Position", "gather"]

Layer = Literal["leave", "none", "n-best", "table", "lexicon", "chain", "personal", "global", "context", "session"]
"""Where a candidate came from; `none` stands for all that is not among the others and is never chosen. A source that
another package adds has a name of its own."""

RESERVED = frozenset({*get_args(Layer), "taught", "taught steps", "teaching", "asked", "confirmed", "cold start"})
"""Names of layers that mean something elsewhere; no added source may use one."""

Position = Literal["heard", "parsed", "read"]
"""What is known when the decision is made: only what was heard; how the assistant would read that, too; or its n-best
hypotheses, of which one is chosen. In the first two a rewrite is words, in the last a hypothesis."""

SUPPORT = 0.5
"""Verified turns, each counted by its probability, that a hypothesis of the table needs to become a candidate."""

LISTED_SUPPORT = 1.0
"""The same in position `read`, where the assistant lists what else it may have been."""

EXTRA = 2
"""Maximum number of candidates from the table."""

PERSONAL = 3
"""Maximum number of candidates from the user's own requests."""

GLOBAL = 3
"""Maximum number of candidates from the requests of all users."""

PLAUSIBLE = 0.2
"""P(a hypothesis is meant in this situation) from which it becomes a candidate, in [0, 1]."""

IN_CONTEXT = 2
"""Maximum number of candidates from the situation."""

SEARCHED = 8
"""Number of retrieved requests that are checked for candidates."""

ADDED = 3
"""Maximum number of candidates from one added source: its first ones."""

UNRANKED = 99
"""The rank of a candidate that the assistant did not list."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A request that could be passed on."""

    text: str
    """The words."""
    hypothesis: Hypothesis
    """What the assistant is known or expected to understand."""
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
    fails: bool = False
    """Whether its words, said by users themselves, are judged to go wrong more often than not: "coffee please" brews
    filter coffee, and most users want an espresso."""
    completed: str = ""
    """What stands for what, where words of the session complete the request; empty elsewhere."""
    in_context: bool = False
    """Whether the situation or a habit speaks for it: the words may mean this as well as what they mean elsewhere."""

    def description(self, heard: str) -> str:
        """Return the candidate for people to read: its words, or its hypothesis where the words stay as heard."""
        return f"“{self.text}”" if self.text != heard else self.hypothesis.description


SOURCES: Registry[[Turn, Sequence[Turn], Knowledge, Position], list[Candidate]] = Registry(
    "sayagain.candidates", (), returns=list[Candidate]
)
"""Sources of candidates that are added to those of `gather`: `(turn, history, knowledge, position) -> candidates`, the
likeliest first. A candidate's `hypothesis` is what the assistant will understand, `sayagain.turns.said(text)` where
that is not known; its `layer` names the source. The turn is given as it is before the answer: a source cannot look
ahead."""


def gather(turn: Turn, history: Sequence[Turn], knowledge: Knowledge, position: Position) -> list[Candidate]:
    """Return all candidates of the current turn; the first leaves the request as it is.

    Args:
        turn: only what is known before the answer is looked at; in position `heard` its hypotheses are not either.
        history: the turns before it in its session, oldest first.
        knowledge: what was learnt.
        position: what is known when the decision is made.
    """
    strings = transcripts(turn)
    candidates = (
        _hypothesis_candidates(turn)
        if position == "read"
        else _transcript_candidates(turn, strings, knowledge, parsed=position == "parsed")
    )
    seen_keys = {candidate.hypothesis.key for candidate in candidates}
    if NOTHING.key not in seen_keys:
        candidates.append(Candidate(text=turn.heard, hypothesis=NOTHING, layer="none"))
        seen_keys.add(NOTHING.key)
    # As listed, before the same in other words: the situation decides between them, not how often they were meant.
    if knowledge.takes_hypotheses:
        candidates += _context_candidates(turn, history, candidates[0], knowledge, position, seen_keys)
    table_hypotheses = sorted(shares(strings, knowledge.row).values(), key=lambda use: (-use[1], use[0].key))
    candidates += _table_candidates(turn, table_hypotheses, knowledge, position, seen_keys)
    if position != "read":
        candidates += _retrieved_candidates(
            strings[0][0], knowledge, seen_keys, language_pack(language_of(turn.language) or DEFAULT)
        )
    else:
        for hypothesis in _joined_hypotheses(turn, history, strings, knowledge):
            if hypothesis.key not in seen_keys:
                candidates.append(Candidate(text=turn.heard, hypothesis=hypothesis, layer="lexicon"))
                seen_keys.add(hypothesis.key)
    link = knowledge.link(state_key(candidates[0].hypothesis, strings[0][0]))
    if link is not None and link.target.key not in seen_keys:
        candidates.append(Candidate(text=link.rewrite.target, hypothesis=link.target, layer="chain"))
        seen_keys.add(link.target.key)
    if not knowledge.takes_hypotheses:
        candidates += _context_candidates(turn, history, candidates[0], knowledge, position, seen_keys)
    if position != "read":
        candidates += _completed_candidates(turn, history, knowledge, seen_keys)
    verified = {hypothesis.key for hypothesis, _, support in table_hypotheses if support >= 1}
    candidates = [
        msgspec.structs.replace(candidate, verified=True) if candidate.hypothesis.key in verified else candidate
        for candidate in candidates
    ]
    if position != "read":
        candidates = [candidate for candidate in candidates if not _names_something_else(turn, history, candidate)]
    candidates += _added_source_candidates(turn, history, knowledge, position, seen_keys)
    return candidates if position == "read" else [_with_failure(candidate, knowledge) for candidate in candidates]


def _table_candidates(
    turn: Turn,
    table_hypotheses: Sequence[tuple[Hypothesis, float, float]],
    knowledge: Knowledge,
    position: Position,
    seen_keys: set[str],
) -> list[Candidate]:
    min_support = LISTED_SUPPORT if position == "read" else SUPPORT
    added_hypotheses = [
        hypothesis
        for hypothesis, _, support in table_hypotheses
        if support >= min_support and hypothesis.key not in seen_keys
    ][:EXTRA]
    candidates = []
    for hypothesis in added_hypotheses:
        wording = knowledge.wording(hypothesis.key)
        if wording is not None or position == "read":
            text = wording.text if wording else turn.heard
            candidates.append(Candidate(text=text, hypothesis=hypothesis, layer="table"))
            seen_keys.add(hypothesis.key)
    return candidates


def _names_something_else(turn: Turn, history: Sequence[Turn], candidate: Candidate) -> bool:
    """Return whether what was meant elsewhere names a room or a thing that cannot be meant here."""
    if candidate.layer not in ("table", "chain", "global", "personal"):
        return False
    language = language_pack(language_of(turn.language) or DEFAULT)
    if not names_are_spoken_of(candidate.hypothesis, candidate.text, turn.heard, history, language):
        return True
    room = turn.area or (turn.context.area if turn.context is not None else None)
    if room is None or candidate.layer == "personal":
        return False
    return names_another_room(candidate.hypothesis, candidate.text, turn.heard, room)


def _context_candidates(
    turn: Turn,
    history: Sequence[Turn],
    leave: Candidate,
    knowledge: Knowledge,
    position: Position,
    seen_keys: set[str],
) -> list[Candidate]:
    """Return what the request may mean in its situation, in words that work or, where the front takes it, as it is."""
    interpretation = interpret_request(turn, history, knowledge, leave.hypothesis, position != "heard")
    if interpretation is None or position == "read":
        return []
    candidates = []
    for key, share in sorted(interpretation.shares.items(), key=lambda entry: (-entry[1], entry[0])):
        hypothesis = interpretation.hypotheses[key]
        wording = knowledge.wording(key)
        if share < PLAUSIBLE or key in seen_keys or is_already_so(hypothesis, turn):
            continue
        if not knowledge.takes_hypotheses and wording is None:
            continue
        text = turn.heard if knowledge.takes_hypotheses or wording is None else wording.text
        candidates.append(Candidate(text=text, hypothesis=hypothesis, layer="context", in_context=True))
        seen_keys.add(key)
    return candidates[:IN_CONTEXT]


def _completed_candidates(
    turn: Turn, history: Sequence[Turn], knowledge: Knowledge, seen_keys: set[str]
) -> list[Candidate]:
    """Return the request completed with words of the session ("turn it off"), where that is a request that works."""
    working = {}
    for completion in complete_request(turn, history):
        row = knowledge.row(normalise(completion.text))
        if row is not None and row.plain is not None and not row.plain.empty:
            working[completion] = row.plain
    for completion, hypothesis in working.items():
        # "The kitchen" is a part of "the kitchen light", and more than was spoken of.
        if hypothesis.key not in seen_keys and not any(completion.is_within(other) for other in working):
            seen_keys.add(hypothesis.key)
            return [
                Candidate(
                    text=normalise(completion.text),
                    hypothesis=hypothesis,
                    layer="session",
                    likeness=completion.probability,
                    completed=completion.explanation,
                )
            ]
    return []


def _with_failure(candidate: Candidate, knowledge: Knowledge) -> Candidate:
    # The words of a request that means something else here fail elsewhere.
    if candidate.layer in ("leave", "none", "context"):
        return candidate
    row = knowledge.row(normalise(limit_text(candidate.text)))
    return msgspec.structs.replace(candidate, fails=True) if row is not None and row.mostly_fails else candidate


def _added_source_candidates(
    turn: Turn, history: Sequence[Turn], knowledge: Knowledge, position: Position, seen_keys: set[str]
) -> list[Candidate]:
    candidates: list[Candidate] = []
    if not SOURCES.added:
        return candidates
    for source_candidates in SOURCES.results(_before_answer(turn, position), history, knowledge, position):
        for candidate in source_candidates[:ADDED]:
            if candidate.layer not in RESERVED and candidate.hypothesis.key not in seen_keys:
                seen_keys.add(candidate.hypothesis.key)
                candidates.append(
                    msgspec.structs.replace(candidate, rank=UNRANKED, confidence=math.nan, verified=False)
                )
    return candidates


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


def _joined_hypotheses(
    turn: Turn, history: Sequence[Turn], strings: Sequence[tuple[str, float]], knowledge: Knowledge
) -> list[Hypothesis]:
    """Return the current hypothesis joined with each item that the lexicon also finds in the words."""
    current = turn.hypothesis
    if current is None or current.empty or current.intents <= knowledge.social_acts:
        return []
    last_response = history[-1].response if history else None
    lexicon = knowledge.lexicon
    predicted = lexicon.predict(terms(strings, last_response.acts if last_response is not None else ()))
    is_likely = (predicted >= LIKELY).tolist()
    joined_hypotheses, full_hypothesis = [], current
    for item, column in lexicon.items.items():
        if not is_likely[column]:
            continue
        addition = lexicon.simplest.get(item)
        if not item[0] or item in current.items or addition is None:
            continue
        if not current.conflicts(addition) and not addition.intents & knowledge.social_acts:
            joined_hypotheses.append(current.union(addition))
            full_hypothesis = full_hypothesis.union(addition)
    return [*joined_hypotheses, full_hypothesis] if len(joined_hypotheses) > 1 else joined_hypotheses


def _hypothesis_candidates(turn: Turn) -> list[Candidate]:
    # Only the response tells whether words alone were understood, and it is not known yet.
    hypotheses = turn.hypotheses or (said(turn.heard),)
    candidates = []
    for rank, hypothesis in enumerate(hypotheses):
        candidates.append(
            Candidate(
                text=turn.heard,
                hypothesis=hypothesis,
                layer="leave" if rank == 0 else "n-best",
                rank=rank,
                confidence=math.nan if hypothesis.confidence is None else hypothesis.confidence,
            )
        )
    return candidates


def _retrieved_candidates(
    heard: str, knowledge: Knowledge, seen_keys: set[str], language: Language | None
) -> list[Candidate]:
    """Return requests that work and are like what was heard: this user's own, then everybody's."""
    candidates = []
    for use in knowledge.own.like(heard, PERSONAL):
        if use.hypothesis.key in seen_keys or use.text == heard:
            continue
        # Whoever showed what these very words mean may leave a name out of them.
        guessed = heard not in use.heard
        if guessed and not names_are_heard(use.hypothesis, use.text, heard):
            continue
        if guessed and language is not None and not is_accounted_for(use.text, heard, language, knowledge.worked):
            continue
        seen_keys.add(use.hypothesis.key)
        candidates.append(
            Candidate(text=use.text, hypothesis=use.hypothesis, layer="personal", guessed=guessed, verified=not guessed)
        )
    count = 0
    for request in knowledge.search(heard):
        row = knowledge.row(request.text)
        plain = row.plain if row is not None else None
        if plain is None or plain.empty or plain.key in seen_keys or not names_are_heard(plain, request.text, heard):
            continue
        if language is not None and not is_accounted_for(request.text, heard, language, knowledge.worked):
            continue
        seen_keys.add(plain.key)
        candidates.append(
            Candidate(text=request.text, hypothesis=plain, layer="global", guessed=True, likeness=request.score)
        )
        count += 1
        if count == GLOBAL:
            break
    return candidates


def _transcript_candidates(
    turn: Turn, strings: Sequence[tuple[str, float]], knowledge: Knowledge, *, parsed: bool
) -> list[Candidate]:
    reported = turn.asr is not None and bool(turn.asr.nbest)
    candidates: list[Candidate] = []
    seen_keys: set[str] = set()
    for rank, (text, weight) in enumerate(strings):
        row = knowledge.row(text)
        plain = row.plain if row is not None else None
        if rank == 0:
            # The assistant may understand words never heard before, so they stand for themselves, not for nothing.
            parsed_hypothesis = turn.hypothesis if parsed and turn.applied_rewrite is None else None
            hypothesis = parsed_hypothesis or plain or said(text)
        elif plain is None or plain.empty:
            continue
        else:
            hypothesis = plain
        if hypothesis.key in seen_keys:
            continue
        seen_keys.add(hypothesis.key)
        candidates.append(
            Candidate(
                text=turn.heard if rank == 0 else text,
                hypothesis=hypothesis,
                layer="leave" if rank == 0 else "n-best",
                rank=rank,
                confidence=weight if reported else math.nan,
            )
        )
    return candidates
