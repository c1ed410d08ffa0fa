"""From the log to what a release holds: feedback, labels, counts, judge, chain, ranker. No label of any person's."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from sayagain.feedback import Signal, detect
from sayagain.labels import Judgement, verdicts
from sayagain.labels.verdicts import RELIABILITY
from sayagain.learning.batch import stack
from sayagain.learning.complete import complete
from sayagain.learning.contents import DecisionSettings, encode_contents
from sayagain.learning.count import Counted, Labelled, add_own, count, user_of
from sayagain.learning.judge import Judge, best_threshold, evidence, learn_judge
from sayagain.learning.link import crossed_links, goal_steps, links
from sayagain.learning.release import Manifest
from sayagain.rewriting.candidates import Position
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.change import THRESHOLDS
from sayagain.rewriting.own import Own
from sayagain.rewriting.rank import fit_ranker
from sayagain.teaching import as_meant
from sayagain.turns import GOAL_GAP, SESSION_GAP, Nlu, Session, Turn, sessions

__all__ = ["LearnSettings", "Learnt", "learn"]


class LearnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a log is learnt from."""

    position: Position = "heard"
    """What is known when a decision is made."""
    session_gap: int = SESSION_GAP
    """Silence that ends a session, in milliseconds."""
    goal_gap: int = GOAL_GAP
    """Silence that ends a goal, in milliseconds."""
    personal: bool = True
    """Whether what a user does is learnt for that user, and for nobody else."""
    min_users: int = 2
    """Users who must stand behind what others are given; all of them, in a log with fewer."""
    recent: int = 50_000
    """The latest turns, so many, are judged and teach the models; tables and priors count the whole log."""
    holdout: float = 0.02
    """Share of triggered requests left as they are."""
    caution: float = 1.0
    """Multiplies the odds that a rewrite must show."""
    blocked: tuple[str, ...] = ()
    """Words and intents that no rewrite may produce."""
    seed: int = 1
    """Of everything random."""


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """What a log taught."""

    files: dict[str, bytes]
    """The files of the release."""
    manifest: Manifest
    """Its manifest, without hashes."""
    judgements: list[Judgement]
    """What was made of each turn, in order of session."""


def learn(turns: Iterable[Turn], settings: LearnSettings | None = None) -> Learnt:
    """Learn from a log.

    Args:
        turns: in any order; the same turns give the same result.
        settings: how.

    >>> learnt = learn([Turn(turn_id="t", started=0, request="lamp on", user_id="u")])
    >>> learnt.manifest.counts["turns"]
    1
    """
    settings = settings or LearnSettings()
    log = sessions(map(as_meant, turns), gap=settings.session_gap)
    users = len({user_of(session) for session in log})
    min_users = max(1, min(settings.min_users, users))
    counted, every = _labelled(log, min_users)
    labelled = _latest(every, settings.recent)
    recent = [session for session, _ in labelled]
    signals = [detect(session) for session in recent]
    judge, judged = _judge(recent, signals, counted, labelled, settings)
    p_defect = {each.turn_id: each.p_defect for each in judged}
    chain = ChainSettings(min_turns=min_users, min_users=min_users)
    steps = [goal_steps(session, p_defect, gap=settings.goal_gap) for session in recent]
    counted.links = links(steps, counted.table.reading, chain)
    counted.crossed_links = crossed_links(recent, steps, counted, chain)
    owns = counted.owns if settings.personal and settings.position != "read" else None
    for session, labels in every[: len(every) - len(labelled)] if owns is not None else ():
        add_own(counted.owns.setdefault(user_of(session), Own(uses={})), session, labels)
    batch = stack(labelled, counted.view, settings.position, owns=owns)
    for session in log:
        # Nobody could ever look up what an unknown user does.
        if session.user_id is None:
            counted.owns.pop(user_of(session), None)
    ranker = fit_ranker(batch.rows, batch.y, batch.weights, seed=settings.seed)
    decisions = DecisionSettings(
        position=settings.position,
        thresholds={name: _cautious(t, settings.caution) for name, t in THRESHOLDS[settings.position].items()},
        blocked=settings.blocked,
        holdout=settings.holdout,
    )
    starts = [turn.started for session in log for turn in session.turns]
    manifest = Manifest(
        seed=settings.seed,
        log_since=min(starts, default=None),
        log_until=max(starts, default=None),
        settings={**msgspec.to_builtins(settings), "blocked": ",".join(settings.blocked)},
        counts={
            "turns": len(starts),
            "users": users,
            "sessions": len(log),
            "judged": len(judged),
            "signals": sum(map(len, signals)),
            "labels": sum(label is not None for _, labels in every for label in labels),
            "defects": sum(each.defect for each in judged),
            "chain": len({link.rewrite.id for link in counted.shared_links(min_users).values()}),
            "strings": len(counted.table.rows(min_users)),
        },
        metrics={},
        files={},
    )
    files = encode_contents(counted, ranker, judge, decisions, min_users=min_users)
    return Learnt(files=files, manifest=manifest, judgements=judged)


def _labelled(log: Sequence[Session], min_users: int) -> tuple[Counted, list[Labelled]]:
    first: list[Labelled] = [(session, verdicts(session)) for session in log]
    counted = count(first, min_users=min_users)
    return counted, [(session, complete(session, labels, counted)) for session, labels in first]


def _latest(labelled: Sequence[Labelled], turns: int) -> list[Labelled]:
    """Return the latest sessions that hold no more than so many turns, and at least one."""
    left, first = turns, len(labelled)
    while first and (left >= len(labelled[first - 1][0].turns) or first == len(labelled)):
        first -= 1
        left -= len(labelled[first][0].turns)
    return list(labelled[first:])


def _judge(
    log: Sequence[Session],
    signals: Sequence[Sequence[Signal]],
    counted: Counted,
    labelled: Sequence[Labelled],
    settings: LearnSettings,
) -> tuple[Judge | None, list[Judgement]]:
    # The judge looks back, so what the assistant made of a turn is known to it wherever decisions are made.
    seen = [(msgspec.structs.replace(s, turns=tuple(map(_as_read, s.turns))), labels) for s, labels in labelled]
    batch = stack(seen, counted.view, "read")
    users = [user_of(session) for session in log for _ in session.turns]
    if not users:
        return None, []
    judge, p = learn_judge(batch, users, evidence(batch, signals, log), seed=settings.seed)
    # An assistant that says so itself is believed, however little the rest of the log tells.
    errors = [turn.complained for session in log for turn in session.turns]
    p = np.where(errors, np.maximum(p, RELIABILITY["error"][0]), p)
    judge = msgspec.structs.replace(judge, threshold=best_threshold(p))
    labels = [label for _, found in labelled for label in found]
    turns = [turn for session in log for turn in session.turns]
    return judge, [
        Judgement(turn_id=turn.turn_id, p_defect=float(each), defect=bool(each >= judge.threshold), label=label)
        for turn, each, label in zip(turns, p, labels, strict=True)
    ]


def _as_read(turn: Turn) -> Turn:
    return turn if turn.readings else msgspec.structs.replace(turn, nlu=Nlu(ranking=(turn.understood,)))


def _cautious(threshold: float, caution: float) -> float:
    odds = caution * threshold / (1 - threshold)
    return odds / (1 + odds)
