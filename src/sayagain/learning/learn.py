"""From the log to what a release holds: feedback, labels, counts, judge, chain, ranker. No label of any person's."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
import numpy as np

from sayagain.config import Anonymous
from sayagain.feedback import Signal, detect, state_failure
from sayagain.guardrails import refuse
from sayagain.labels import Judgement, infer_labels, signal_kinds
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.languages import log_languages
from sayagain.learning.adapt import adapt_judge
from sayagain.learning.batch import stack
from sayagain.learning.chain_links import crossed_links, goal_steps, links
from sayagain.learning.complete_labels import complete_labels
from sayagain.learning.count import Counted, Labelled, add_personal, count
from sayagain.learning.cross_fitting import cross_fitted_decisions
from sayagain.learning.judge import Judge, best_threshold, evidence, learn_judge
from sayagain.learning.log_languages import goals_in_language, state_languages
from sayagain.learning.refine_labels import refine_labels, scale_defects
from sayagain.learning.release_files import encode_contents
from sayagain.learning.risk_control import choose_thresholds
from sayagain.learning.shipped_judge import compare, judge_agreement, shipped_judge
from sayagain.releases.contents import DecisionSettings
from sayagain.releases.release import Manifest
from sayagain.rewriting.candidates import Candidate, Position
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.lexicon import fold
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.rank import fit_ranker
from sayagain.rewriting.verified import needs_pack
from sayagain.teaching import replace_taught
from sayagain.turns import (
    GOAL_GAP,
    SESSION_GAP,
    Goal,
    Nlu,
    Session,
    Turn,
    fit_few_users,
    fitting_unit,
    goals,
    privacy_units,
    required_users,
    sessions,
)

__all__ = ["LearnSettings", "LearningResult", "learn", "settings_of"]


RATED = 0.97
"""P(defect) of a turn that its user rated badly; one that was rated well has the rest."""


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
    """Users who must stand behind what others are given; all of them, in a log with fewer: a log of one user, or one
    in which nobody is identified, is learnt from for that person or home."""
    anonymous: Anonymous = "one"
    """Whom turns without a user id count as: one user together, or one per device."""
    recent: int = 50_000
    """The latest turns, so many, are judged and teach the models; tables and priors count the whole log."""
    holdout: float = 0.02
    """Share of triggered requests left as they are."""
    wins_per_loss: float = 10.0
    """The promise: requests repaired for each working one that is spoiled; above 0."""
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


def learn(turns: Iterable[Turn], settings: LearnSettings | None = None, *, key: bytes = b"") -> LearningResult:
    """Learn from a log.

    Args:
        turns: in any order; the same turns give the same result.
        settings: how.
        key: of the database (`Store.user_key`), under which users' own parts are named. A release learnt without one
            must stay where it is: anybody who knows a user's id can find that user's part.

    >>> learnt = learn([Turn(turn_id="t", started=0, request="lamp on", user_id="u")])
    >>> learnt.manifest.counts["turns"]
    1
    """
    settings = settings or LearnSettings()
    heard = (state_failure(replace_taught(turn)) for turn in turns)
    log = state_languages(fit_few_users(sessions(heard, gap=settings.session_gap)))
    units = privacy_units(log, settings.anonymous)
    users = set(units.values())
    min_users = required_users(settings.min_users, len(users))
    counted, every = _labelled(log, min_users, units)
    labelled = _latest(every, settings.recent)
    recent = [session for session, _ in labelled]
    signals = [detect(session) for session in recent]
    judged = _judge(recent, signals, counted, labelled, settings)
    p_defect = {each.turn_id: each.p_defect for each in judged.judgements}
    scaled = scale_defects(p_defect, labelled)
    stated = [label for _, labels in labelled for label in labels]
    labelled = [(session, refine_labels(session, labels, scaled)) for session, labels in labelled]
    every = [*every[: len(every) - len(labelled)], *labelled]
    counted = count(every, min_users=min_users, units=units)
    chain = ChainSettings(min_turns=min_users, min_users=min_users)
    for other, part in counted.parts.items():
        steps = [
            goal_steps(goals_in_language(goals_of, counted, other), p_defect, units[fitting_unit(session)])
            for session, goals_of in zip(recent, judged.goals, strict=True)
        ]
        part.links = links(steps, part.table.reading, chain)
        part.crossed_links = crossed_links(recent, steps, part, chain)
    owns = counted.owns if settings.personal and settings.position != "read" else None
    for session, labels in every[: len(every) - len(labelled)] if owns is not None else ():
        add_personal(
            counted.owns.setdefault(session.user_id or fitting_unit(session), PersonalRequests(uses={})),
            session,
            labels,
            counted.others,
        )
    batch = stack(labelled, counted.view, settings.position, owns=owns, others=counted.others)
    for session in log:
        # Nobody could ever look up what an unknown user does.
        if not session.user_id:
            counted.owns.pop(fitting_unit(session), None)
    ranker = fit_ranker(batch.rows, batch.y, batch.weights, seed=settings.seed)
    decided = cross_fitted_decisions(
        labelled,
        stated,
        batch,
        [fitting_unit(session) for session in recent for _ in session.turns],
        position=settings.position,
        refuse=_guardrails(counted, settings.blocked, min_users),
        seed=settings.seed,
    )
    certain = [label.probability for label in stated if label is not None and label.verified]
    error = 1 - float(np.mean(certain)) if certain else 0.0
    thresholds = choose_thresholds(decided, wins_per_loss=settings.wins_per_loss, label_error=error)
    decisions = DecisionSettings(
        position=settings.position,
        thresholds={change: one.least for change, one in thresholds.items() if one.least is not None},
        blocked=settings.blocked,
        holdout=settings.holdout,
        language=counted.language,
        other_languages=tuple(counted.others),
        social_acts=tuple(sorted(counted.social_acts)),
    )
    starts = [turn.started for session in log for turn in session.turns]
    manifest = Manifest(
        seed=settings.seed,
        log_since=min(starts, default=None),
        log_until=max(starts, default=None),
        settings={**msgspec.to_builtins(settings), "blocked": ",".join(settings.blocked)},
        counts={
            "turns": len(starts),
            "users": len(users),
            "sessions": len(log),
            "judged": len(judged.judgements),
            "signals": sum(map(len, signals)),
            "labels": sum(label is not None for _, labels in every for label in labels),
            "defects": sum(each.defect for each in judged.judgements),
            "chain": sum(
                len({link.rewrite.id for link in part.shared_links(min_users).values()})
                for part in counted.parts.values()
            ),
            "strings": sum(len(part.table.rows(min_users)) for part in counted.parts.values()),
        },
        judging=judged.judging,
        thresholds={change: msgspec.structs.asdict(one) for change, one in thresholds.items()},
        languages=log_languages(turn.language for session in log for turn in session.turns),
        metrics={},
        files={},
    )
    files = encode_contents(counted, ranker, decisions, min_users=min_users, key=key)
    return LearningResult(files=files, manifest=manifest, judgements=judged.judgements, judge=judged.judge)


def settings_of(manifest: Manifest) -> LearnSettings:
    """Return the settings that a release was learnt with, as its manifest tells.

    >>> settings_of(learn([], LearnSettings(blocked=("oven", "door"))).manifest).blocked
    ('oven', 'door')
    """
    blocked = str(manifest.settings.get("blocked") or "")
    values = {**manifest.settings, "blocked": tuple(blocked.split(",")) if blocked else ()}
    return msgspec.convert(values, LearnSettings)


def _guardrails(
    counted: Counted, blocked: Sequence[str], min_users: int
) -> Callable[[Turn, Candidate, Candidate], str | None]:
    """Return the guardrails as a decision with this release will ask them."""
    # A thing keeps its name in every language.
    names = frozenset(name for part in counted.parts.values() for name in part.known_names(min_users))

    def refused(turn: Turn, leave: Candidate, candidate: Candidate) -> str | None:
        return needs_pack(candidate, turn.language) or refuse(
            turn.heard,
            leave.reading if leave.reading.intent != "said" else None,
            candidate.text,
            candidate.reading,
            blocked,
            names=names,
            worked=counted.parts[counted.other_language(turn)].worked,
            language=turn.language,
        )

    return refused


def _labelled(log: Sequence[Session], min_users: int, units: Mapping[str, str]) -> tuple[Counted, list[Labelled]]:
    first: list[Labelled] = [(session, infer_labels(session)) for session in log]
    counted = count(first, min_users=min_users, units=units)
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
    batch = stack(seen, counted.view, "read", others=counted.others)
    units = [fitting_unit(session) for session in log for _ in session.turns]
    if not units:
        return _Judged(judge=None, judgements=[], goals=[], judging={})
    # What added detectors find is seen too: this judge is trained on the log at hand.
    kinds = signal_kinds(signals)
    after = evidence(batch, signals, log, kinds)
    judge, p = learn_judge(batch, units, after, seed=settings.seed)
    turns = [turn for session in log for turn in session.turns]
    labels = [label for _, found in labelled for label in found]
    # An assistant that says so itself is believed, however little the rest of the log tells.
    least, most = _stated_defects(turns)
    p = np.clip(p, least, most)
    judge = msgspec.structs.replace(judge, threshold=best_threshold(p), kinds=kinds)
    threshold = judge.threshold
    cut = [goals(session, gap=settings.goal_gap) for session in log]
    judging: dict[str, float | None] = {}
    shipped = shipped_judge() if settings.shipped_judge else None
    if shipped is not None:
        opinions = shipped.judge(log)
        other = np.clip([each.p_defect for own in opinions for each in own], least, most)
        # Where all turns are one unit's, the judge of the log was trained on what it would be compared on.
        comparable = bool(judge.model) and len({fold(unit) for unit in units}) > 1
        believed, judging = compare(shipped, log, labels, other, p if comparable else None)
        learnt = judging["agreement_learnt"]
        if not believed and learnt is not None:
            both = np.clip(adapt_judge(other, p, after, units, seed=settings.seed), least, most)
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


def _stated_defects(turns: Sequence[Turn]) -> tuple[list[float], list[float]]:
    """Return the least and the largest P(defect) of each turn that what was said of it on purpose allows.

    A user's rating is the strongest evidence there is, and an assistant that says itself that it could not is believed.
    """
    least, most = [], []
    for turn in turns:
        ratings = [report.value for report in turn.feedback if report.value is not None]
        rating = sum(ratings) / len(ratings) if ratings else None
        low = RELIABILITY["error"][0] if turn.complained else 0.0
        if rating is not None:
            low = max(low, RATED) if rating < 0.5 else 0.0
        least.append(low)
        most.append(1 - RATED if rating is not None and rating > 0.5 else 1.0)
    return least, most


def _as_read(turn: Turn) -> Turn:
    return turn if turn.readings else msgspec.structs.replace(turn, nlu=Nlu(ranking=(turn.understood,)))
