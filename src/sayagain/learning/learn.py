"""Learning: from a log to the contents of a release, through feedback, weak labels, counts, judge, chain and ranker.

No step needs annotations by people.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sayagain.feedback import detect, state_failure
from sayagain.guardrails.candidate_refusal import refuse_candidate
from sayagain.labels import Judgement, infer_labels
from sayagain.labels.rephrase import Rephrase
from sayagain.labels.weak_labels import DETECTED
from sayagain.languages import log_languages
from sayagain.learning.batch import stack
from sayagain.learning.chain_links import crossed_links, goal_steps, links
from sayagain.learning.complete_labels import complete_labels
from sayagain.learning.context_evidence import count_habits, find_context
from sayagain.learning.count import Counted, Labelled, count
from sayagain.learning.cross_fitting import Refuse, cross_fitted_decisions
from sayagain.learning.history import NOTHING_OLDER, OlderCounts
from sayagain.learning.judge import Judge
from sayagain.learning.judge_log import judge_log
from sayagain.learning.label_reliability import label_reliability
from sayagain.learning.log_content import count_content
from sayagain.learning.log_languages import goals_in_language, state_languages
from sayagain.learning.log_rephrases import add_signals, find_rephrases, join_goals
from sayagain.learning.refine_labels import refine_labels, scale_defects
from sayagain.learning.release_files import encode_contents
from sayagain.learning.risk_control import choose_thresholds
from sayagain.learning.settings import LearnSettings
from sayagain.learning.shipped_models import ShippedModels
from sayagain.releases.contents import DecisionSettings
from sayagain.releases.release import Manifest
from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.change import QUESTION
from sayagain.rewriting.own import PersonalRequests, add_personal
from sayagain.rewriting.rank import fit_ranker
from sayagain.teaching import replace_taught, without_teaching
from sayagain.turns import (
    Homes,
    Session,
    Turn,
    fit_few_users,
    fitting_unit,
    privacy_units,
    required_users,
    sessions,
)

__all__ = ["LearnSettings", "LearningResult", "count_latest", "learn", "read_log", "settings_of"]


class LearningResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of learning from a log."""

    files: dict[str, bytes]
    """The files of the release."""
    manifest: Manifest
    """Its manifest, without hashes."""
    judgements: list[Judgement]
    """The judgement of each turn, in order of session."""
    judge: Judge | None
    """The judge learnt from the log, for judging other logs; None for an empty log. No release holds it."""


def learn(
    turns: Iterable[Turn],
    settings: LearnSettings | None = None,
    *,
    key: bytes = b"",
    models: ShippedModels | None = None,
    older: OlderCounts = NOTHING_OLDER,
) -> LearningResult:
    """Learn from a log.

    Args:
        turns: in any order; the same turns give the same result.
        settings: how.
        key: of the database (`Store.user_key`), under which users' own parts are named. A release learnt without one
            must stay where it is: anybody who knows a user's id can find that user's part.
        models: the shipped models, where they are open already.
        older: counts of sessions before these turns. They count in tables, priors, wordings and personal requests; all
            that is trained is trained on these turns.

    >>> learnt = learn([Turn(turn_id="t", started=0, request="lamp on", user_id="u")])
    >>> learnt.manifest.counts["turns"]
    1
    """
    settings = settings or LearnSettings()
    models = models or ShippedModels()
    turns = tuple(turns)
    log = read_log(turns, settings, older)
    latest_units = privacy_units(log, settings.anonymous)
    units = older.units() | latest_units
    user_count = len(set(latest_units.values())) + older.strangers
    min_users = required_users(settings.min_users, user_count)
    rephrases = find_rephrases(log, models.detector)
    counted, all_labelled = _label_sessions(log, min_users, units, rephrases, older)
    labelled = all_labelled[len(log) - count_latest(log, settings.recent) :]
    recent = [session for session, _ in labelled]
    signals = [add_signals(session, detect(session), rephrases) for session in recent]
    judged_log = judge_log(recent, signals, counted, labelled, settings, models)
    p_defect = {judgement.turn_id: judgement.p_defect for judgement in judged_log.judgements}
    scaled_defects = scale_defects(p_defect, labelled)
    reliability = label_reliability(labelled, scaled_defects)
    # What the detector alone finds teaches, and is no measure of what it taught.
    stated_labels = [
        None if label is not None and label.provenance == DETECTED else label
        for _, labels in labelled
        for label in labels
    ]
    labelled = [(session, refine_labels(session, labels, scaled_defects)) for session, labels in labelled]
    all_labelled = [*all_labelled[: len(all_labelled) - len(labelled)], *labelled]
    counted = count(all_labelled, min_users=min_users, units=units, p_defect=scaled_defects, older=older)
    counted.learn_retrieval(min_users, settings.seed, settings.position)
    context = find_context(recent, p_defect, units, min_users=min_users, position=settings.position)
    for part in counted.parts.values():
        part.ambiguous, part.crossed_ambiguous = context.requests, context.crossed
        part.takes_hypotheses = settings.takes_hypotheses
    chain = ChainSettings(min_turns=min_users, min_users=min_users)
    for language, part in counted.parts.items():
        steps = [
            goal_steps(
                goals_in_language(join_goals(goals_of, rephrases), counted, language),
                p_defect,
                units[fitting_unit(session)],
            )
            for session, goals_of in zip(recent, judged_log.goals, strict=True)
        ]
        part.links = links(steps, part.table.hypothesis, chain)
        part.crossed_links = crossed_links(recent, steps, part, chain)
    personal_requests = counted.owns if settings.personal and settings.position != "read" else None
    if personal_requests is not None:
        _add_earlier_requests(counted, all_labelled[: len(all_labelled) - len(labelled)], older)
    batch = stack(
        labelled, counted.view, settings.position, owns=personal_requests, others=counted.others, context=context
    )
    if personal_requests is not None:
        # In time each session was given the situations of its own fold.
        for user_requests in personal_requests.values():
            user_requests.habits = {}
        for session in recent:
            count_habits(
                personal_requests[session.user_id or fitting_unit(session)].habits, session, context, context.requests
            )
    for session in log:
        # A decision cannot look up the requests of an unknown user.
        if not session.user_id:
            counted.owns.pop(fitting_unit(session), None)
    ranker = fit_ranker(batch.rows, batch.y, batch.weights, seed=settings.seed)
    cross_fitted = cross_fitted_decisions(
        labelled,
        stated_labels,
        batch,
        [fitting_unit(session) for session in recent for _ in session.turns],
        reliability=reliability,
        position=settings.position,
        refuse=_guardrails(counted, settings.blocked, min_users),
        seed=settings.seed,
    )
    # Among strangers a name means different things; there nobody is asked about one.
    if user_count > 1 and min_users > 1:
        cross_fitted = [decision for decision in cross_fitted if decision.change != QUESTION]
    thresholds = choose_thresholds(cross_fitted, wins_per_loss=settings.wins_per_loss)
    decisions = DecisionSettings(
        position=settings.position,
        thresholds={change: threshold.least for change, threshold in thresholds.items() if threshold.least is not None},
        blocked=settings.blocked,
        holdout=settings.holdout,
        takes_hypotheses=settings.takes_hypotheses,
        language=counted.language,
        other_languages=tuple(counted.others),
        social_acts=tuple(sorted(counted.social_acts)),
    )
    starts = [turn.started for session in log for turn in session.turns]
    manifest = Manifest(
        seed=settings.seed,
        log_since=min(starts, default=None) if older.since is None else older.since,
        log_until=max(starts, default=None),
        settings={**msgspec.to_builtins(settings), "blocked": ",".join(settings.blocked)},
        counts={
            "turns": len(starts) + older.turns,
            "users": user_count,
            "sessions": len(log) + older.sessions,
            "judged": len(judged_log.judgements),
            "signals": sum(map(len, signals)),
            "labels": sum(label is not None for _, labels in all_labelled for label in labels) + older.labels,
            "defects": sum(judgement.defect for judgement in judged_log.judgements),
            "chain": sum(
                len({link.rewrite.id for link in part.shared_links(min_users).values()})
                for part in counted.parts.values()
            ),
            "ambiguous": len(context.requests),
            "strings": sum(len(part.table.rows(min_users)) for part in counted.parts.values()),
            **count_content(turns),
        },
        judging=judged_log.judging,
        thresholds={change: msgspec.structs.asdict(threshold) for change, threshold in thresholds.items()},
        languages=log_languages(
            [*(turn.language for session in log for turn in session.turns), *older.language_tags()]
        ),
        metrics={},
        files={},
    )
    files = encode_contents(counted, ranker, decisions, min_users=min_users, key=key)
    return LearningResult(files=files, manifest=manifest, judgements=judged_log.judgements, judge=judged_log.judge)


def read_log(turns: Iterable[Turn], settings: LearnSettings, older: OlderCounts = NOTHING_OLDER) -> list[Session]:
    """Return the sessions of a log as learning reads them: homes, failures and languages stated, nothing of teaching.

    Args:
        turns: in any order.
        settings: of learning.
        older: of sessions before these turns.
    """
    stored_turns = without_teaching(turns)
    homes = Homes([*older.home_turns(), *stored_turns], settings.anonymous)
    understood_turns = (state_failure(replace_taught(homes.fill(turn))) for turn in stored_turns)
    log = fit_few_users(sessions(understood_turns, gap=settings.session_gap), few=older.few_users)
    return state_languages(log, older.language_tags())


def count_latest(log: Sequence[Session], turns: int) -> int:
    """Return how many of the latest sessions have at most `turns` turns in total, but at least one."""
    remaining, number = turns, 0
    while number < len(log) and (remaining >= len(log[-number - 1].turns) or not number):
        remaining -= len(log[-number - 1].turns)
        number += 1
    return number


def settings_of(manifest: Manifest) -> LearnSettings:
    """Return the settings that a release was learnt with, as its manifest tells.

    >>> settings_of(learn([], LearnSettings(blocked=("oven", "door"))).manifest).blocked
    ('oven', 'door')
    """
    blocked = str(manifest.settings.get("blocked") or "")
    values = {**manifest.settings, "blocked": tuple(blocked.split(",")) if blocked else ()}
    return msgspec.convert(values, LearnSettings)


def _guardrails(counted: Counted, blocked: Sequence[str], min_users: int) -> Refuse:
    """Return the guardrails as a decision with this release applies them."""
    # A thing keeps its name in every language.
    names = frozenset(name for part in counted.parts.values() for name in part.known_names(min_users))

    def refuse(turn: Turn, leave: Candidate, candidate: Candidate, *, confirmed: bool) -> str | None:
        return refuse_candidate(
            turn,
            leave,
            candidate,
            blocked=blocked,
            names=names,
            worked=counted.parts[counted.other_language(turn)].worked,
            confirmed=confirmed,
            renaming=confirmed,
        )

    return refuse


def _add_earlier_requests(counted: Counted, earlier: Sequence[Labelled], older: OlderCounts) -> None:
    """Count what each user did before the sessions that the models are trained on."""
    older.add_personal(counted.owns, lambda code: code if code in counted.others else None)
    for session, labels in earlier:
        own = counted.owns.setdefault(session.user_id or fitting_unit(session), PersonalRequests(uses={}))
        add_personal(own, session, labels, counted.others)


def _label_sessions(
    log: Sequence[Session],
    min_users: int,
    units: Mapping[str, str],
    rephrases: Mapping[str, Rephrase],
    older: OlderCounts,
) -> tuple[Counted, list[Labelled]]:
    targets = {turn_id: rephrase.target_id for turn_id, rephrase in rephrases.items()}
    inferred: list[Labelled] = [(session, infer_labels(session, targets)) for session in log]
    counted = count(inferred, min_users=min_users, units=units, older=older)
    return counted, [(session, complete_labels(session, labels, counted)) for session, labels in inferred]
