"""What the demo runs: a simulated log, learning through the gate, and the next week without and with sayagain."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sayagain.errors import GateRefused

if TYPE_CHECKING:
    from sayagain.household import Layer, Replay, Week
    from sayagain.learner import Learner, Progress
    from sayagain.runtime import Decision

__all__ = ["RewriteExample", "WeekComparison", "run_one_home", "run_pooled_homes"]


class RewriteExample(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite of the last week."""

    heard: str
    """The request as heard."""
    text: str
    """The words passed on instead."""
    said: str
    """The words that were spoken."""
    layer: str
    """The layer of the rewrite."""
    why: str
    """The reason, in plain words."""


class WeekComparison(msgspec.Struct, frozen=True, kw_only=True):
    """The week after learning, simulated without and with what was learnt."""

    learnt_from: int
    """Turns that the release was learnt from."""
    gate: str | None
    """Why the gate refused the release, which then served nothing; None where it passed."""
    turns: tuple[int, int]
    """Turns of the week, without and with sayagain; people repeat themselves less when it works."""
    defects: tuple[int, int]
    """Turns answered wrongly, without and with sayagain."""
    rewritten: int
    """Rewrites in the week with sayagain, those after a yes included."""
    confirmed: int
    """Of them, rewrites about which the user was asked first and said yes."""
    declined: int
    """Questions that the user answered with no; nothing was done."""
    wins: int
    """Rewrites that repaired a failing request."""
    losses: int
    """Rewrites that spoiled a working request."""
    still_wrong: int
    """Rewrites of failing requests that failed all the same."""
    best: list[RewriteExample]
    """The ten wins with the highest probability, each wording once."""
    lost: list[RewriteExample]
    """Every loss."""


def run_pooled_homes(database: Path, progress: "Progress | None", *, homes: int, weeks: int) -> WeekComparison:
    """Learn from homes that share one log with user ids, n-best and hypotheses; a release of the gate serves them.

    Args:
        database: path of the database; created when missing.
        progress: called with the progress of learning, as in `Learner.learn`.
        homes: number of homes.
        weeks: number of weeks to learn from.
    """
    from sayagain.household.learner_front import NO_HURRY, LearnerFront  # noqa: PLC0415  (slow to import)
    from sayagain.learner import Learner  # noqa: PLC0415  (the same)

    plain, helped = _replays(homes)
    with Learner(database, position="parsed", holdout=0.0, deadline=NO_HURRY) as learner:
        learnt_from = 0
        for number in range(weeks):
            if progress is not None:
                progress("simulating a month", number, weeks)
            learnt_from += learner.store.add_turns(plain.step().turns).new
        gate = _learn(learner, progress)
        front = LearnerFront(learner)
        plain_week, helped_week = _next_week(plain, helped, weeks, front)
    return _compare(plain_week, helped_week, front.decisions, learnt_from=learnt_from, gate=gate)


def run_one_home(database: Path, progress: "Progress | None", *, weeks: int) -> WeekComparison:
    """Learn from one home alone, with default settings, from what Home Assistant logs of it: no user ids, no n-best.

    Args: as for `run_pooled_homes`.
    """
    from sayagain.household.homeassistant_view import HomeAssistantView  # noqa: PLC0415  (as above)
    from sayagain.household.learner_front import NO_HURRY, LearnerFront  # noqa: PLC0415  (the same)
    from sayagain.learner import Learner  # noqa: PLC0415  (the same)

    plain, helped = _replays(1)
    with Learner(database, deadline=NO_HURRY) as learner:
        view, learnt_from = HomeAssistantView(), 0
        for _ in range(weeks):
            learnt_from += learner.store.add_turns(map(view.log_view, plain.step().turns)).new
        gate = _learn(learner, progress)
        front = LearnerFront(learner, request_view=view.request_view, log_view=view.log_view)
        plain_week, helped_week = _next_week(plain, helped, weeks, front)
    return _compare(plain_week, helped_week, front.decisions, learnt_from=learnt_from, gate=gate)


def _replays(homes: int) -> "tuple[Replay, Replay]":
    from sayagain.household import HouseholdAssistant, RecordedSpeech, Replay  # noqa: PLC0415  (as above)

    recorded, assistant = RecordedSpeech.open(), HouseholdAssistant()
    plain, helped = (Replay(homes=homes, recorded=recorded, assistant=assistant) for _ in range(2))
    return plain, helped


def _learn(learner: "Learner", progress: "Progress | None") -> str | None:
    """Learn and promote; return why the gate refused, if it did."""
    try:
        learner.promote(learner.learn(progress=progress))
    except GateRefused as error:
        return str(error)
    return None


def _next_week(plain: "Replay", helped: "Replay", weeks: int, front: "Layer") -> "tuple[Week, Week]":
    # The same weeks again, so that both runs of the next week start alike.
    for _ in range(weeks):
        helped.step()
    return plain.step(), helped.step({person.id: front for person in helped.people})


def _compare(
    plain: "Week", helped: "Week", decisions: "Mapping[str, Decision]", *, learnt_from: int, gate: str | None
) -> WeekComparison:
    won: list[tuple[float, RewriteExample]] = []
    lost: list[RewriteExample] = []
    rewritten = confirmed = declined = still_wrong = 0
    for turn, truth in zip(helped.turns, helped.truths, strict=True):
        decision = decisions.get(turn.turn_id)
        if decision is None or not (decision.changed or decision.ask):
            continue
        said_yes = turn.applied_rewrite is not None and turn.applied_rewrite.layer == "asked"
        declined += not decision.changed and not said_yes
        if not decision.changed and not said_yes and not truth.right_without:
            continue
        rewritten += decision.changed or said_yes
        confirmed += said_yes
        example = RewriteExample(
            heard=decision.heard,
            text=decision.ask or decision.text,
            said=truth.said,
            layer="asked" if decision.ask else decision.layer,
            why=decision.why,
        )
        if truth.right_without is False and not truth.defect:
            # A question states the probability of the request as it was.
            probability = decision.probability or 0.0
            won.append((probability - 1 if decision.ask else -probability, example))
        elif truth.right_without and truth.defect:
            lost.append(example)
        else:
            still_wrong += truth.defect
    best = {example.heard: example for _, example in sorted(won, key=lambda win: (win[0], win[1].heard))}
    return WeekComparison(
        learnt_from=learnt_from,
        gate=gate,
        turns=(len(plain.turns), len(helped.turns)),
        defects=(sum(truth.defect for truth in plain.truths), sum(truth.defect for truth in helped.truths)),
        rewritten=rewritten,
        confirmed=confirmed,
        declined=declined,
        wins=len(won),
        losses=len(lost),
        still_wrong=still_wrong,
        best=list(best.values())[:10],
        lost=lost,
    )
