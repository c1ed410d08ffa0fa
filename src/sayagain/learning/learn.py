"""From the log to what a release holds: feedback, labels, counts, judge, chain, ranker. No label of any person's."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from sayagain.feedback import Signal, detect
from sayagain.labels import Judgement, infer_labels
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.learning.adapt import adapt_judge
from sayagain.learning.batch import stack
from sayagain.learning.chain_links import crossed_links, goal_steps, links
from sayagain.learning.complete_labels import complete_labels
from sayagain.learning.count import Counted, Labelled, add_personal, count
from sayagain.learning.judge import Judge, best_threshold, evidence, learn_judge
from sayagain.learning.release_files import encode_contents
from sayagain.learning.shipped_judge import compare, judge_agreement, shipped_judge
from sayagain.releases.contents import DecisionSettings
from sayagain.releases.release import Manifest
from sayagain.rewriting.candidates import Position
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.change import THRESHOLDS
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.rank import fit_ranker
from sayagain.teaching import replace_taught
from sayagain.turns import GOAL_GAP, SESSION_GAP, Goal, Nlu, Session, Turn, goals, sessions, user_of

__all__ = ["LearnSettings", "LearningResult", "learn"]


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
    shipped_judge: bool = True
    """Whether the judge that comes with the package is asked too, where the extra `models` is installed."""
    seed: int = 1
    """Of everything random."""


class LearningResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a log taught."""

    files: dict[str, bytes]
    """The files of the release."""
    manifest: Manifest
    """Its manifest, without hashes."""
    judgements: list[Judgement]
    """What was made of each turn, in order of session."""
    judge: Judge | None
    """The judge learnt from the log, for judging other logs; None for an empty log. No release holds it."""


def learn(turns: Iterable[Turn], settings: LearnSettings | None = None) -> LearningResult:
    """Learn from a log.

    Args:
        turns: in any order; the same turns give the same result.
        settings: how.

    >>> learnt = learn([Turn(turn_id="t", started=0, request="lamp on", user_id="u")])
    >>> learnt.manifest.counts["turns"]
    1
    """
    settings = settings or LearnSettings()
    log = sessions(map(replace_taught, turns), gap=settings.session_gap)
    users = len({user_of(session) for session in log})
    min_users = max(1, min(settings.min_users, users))
    counted, every = _labelled(log, min_users)
    labelled = _latest(every, settings.recent)
    recent = [session for session, _ in labelled]
    signals = [detect(session) for session in recent]
    judged = _judge(recent, signals, counted, labelled, settings)
    p_defect = {each.turn_id: each.p_defect for each in judged.judgements}
    chain = ChainSettings(min_turns=min_users, min_users=min_users)
    steps = [goal_steps(goals_of, p_defect) for goals_of in judged.goals]
    counted.links = links(steps, counted.table.reading, chain)
    counted.crossed_links = crossed_links(recent, steps, counted, chain)
    owns = counted.owns if settings.personal and settings.position != "read" else None
    for session, labels in every[: len(every) - len(labelled)] if owns is not None else ():
        add_personal(counted.owns.setdefault(user_of(session), PersonalRequests(uses={})), session, labels)
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
            "judged": len(judged.judgements),
            "signals": sum(map(len, signals)),
            "labels": sum(label is not None for _, labels in every for label in labels),
            "defects": sum(each.defect for each in judged.judgements),
            "chain": len({link.rewrite.id for link in counted.shared_links(min_users).values()}),
            "strings": len(counted.table.rows(min_users)),
        },
        judging=judged.judging,
        metrics={},
        files={},
    )
    files = encode_contents(counted, ranker, decisions, min_users=min_users)
    return LearningResult(files=files, manifest=manifest, judgements=judged.judgements, judge=judged.judge)


def _labelled(log: Sequence[Session], min_users: int) -> tuple[Counted, list[Labelled]]:
    first: list[Labelled] = [(session, infer_labels(session)) for session in log]
    counted = count(first, min_users=min_users)
    return counted, [(session, complete_labels(session, labels, counted)) for session, labels in first]


def _latest(labelled: Sequence[Labelled], turns: int) -> list[Labelled]:
    """Return the latest sessions that hold no more than so many turns, and at least one."""
    left, first = turns, len(labelled)
    while first and (left >= len(labelled[first - 1][0].turns) or first == len(labelled)):
        first -= 1
        left -= len(labelled[first][0].turns)
    return list(labelled[first:])


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the turns that are judged."""

    judge: Judge | None
    """The judge learnt from the log; None where there is no log."""
    judgements: list[Judgement]
    """Of each turn, by the judge that is believed."""
    goals: list[list[Goal]]
    """Of each session."""
    judging: dict[str, float | None]
    """As in the manifest."""


def _judge(
    log: Sequence[Session],
    signals: Sequence[Sequence[Signal]],
    counted: Counted,
    labelled: Sequence[Labelled],
    settings: LearnSettings,
) -> _Judged:
    # The judge looks back, so what the assistant made of a turn is known to it wherever decisions are made.
    seen = [(msgspec.structs.replace(s, turns=tuple(map(_as_read, s.turns))), labels) for s, labels in labelled]
    batch = stack(seen, counted.view, "read")
    users = [user_of(session) for session in log for _ in session.turns]
    if not users:
        return _Judged(judge=None, judgements=[], goals=[], judging={})
    after = evidence(batch, signals, log)
    judge, p = learn_judge(batch, users, after, seed=settings.seed)
    turns = [turn for session in log for turn in session.turns]
    labels = [label for _, found in labelled for label in found]
    # An assistant that says so itself is believed, however little the rest of the log tells.
    said_so = [RELIABILITY["error"][0] if turn.complained else 0.0 for turn in turns]
    p = np.maximum(p, said_so)
    judge = msgspec.structs.replace(judge, threshold=best_threshold(p))
    threshold = judge.threshold
    cut = [goals(session, gap=settings.goal_gap) for session in log]
    judging: dict[str, float | None] = {}
    shipped = shipped_judge() if settings.shipped_judge else None
    if shipped is not None:
        opinions = shipped.judge(log)
        other = np.maximum([each.p_defect for own in opinions for each in own], said_so)
        believed, judging = compare(shipped, log, labels, other, p if judge.model else None)
        learnt = judging["agreement_learnt"]
        if not believed and learnt is not None:
            both = np.maximum(adapt_judge(other, p, after, users, seed=settings.seed), said_so)
            agreed = judge_agreement(both, labels, [turn.understood.key for turn in turns]) or 0.0
            judging |= {"agreement_adapted": agreed, "adapted_judge": float(agreed > learnt)}
            if agreed > learnt:
                p, threshold = both, best_threshold(both)
        if believed:
            p, threshold = other, shipped.threshold
            cut = [shipped.goals(session, own) for session, own in zip(log, opinions, strict=True)]
    judgements = [
        Judgement(
            turn_id=turn.turn_id,
            p_defect=float(each),
            defect=bool(each >= threshold),
            label=label,
            trouble=turn.trouble,
        )
        for turn, each, label in zip(turns, p, labels, strict=True)
    ]
    return _Judged(judge=judge, judgements=judgements, goals=cut, judging=judging)


def _as_read(turn: Turn) -> Turn:
    return turn if turn.readings else msgspec.structs.replace(turn, nlu=Nlu(ranking=(turn.understood,)))


def _cautious(threshold: float, caution: float) -> float:
    odds = caution * threshold / (1 - threshold)
    return odds / (1 + odds)
