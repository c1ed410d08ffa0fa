"""From judged sessions to the chain's rewrites, ready to be looked up by what is heard."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from sayagain.feedback.abandonment_signal import gives_up
from sayagain.feedback.retries import sounds_misheard
from sayagain.guardrails import close_chains
from sayagain.learning.count import Counted
from sayagain.rewriting.chain import ChainSettings, learn_chain
from sayagain.rewriting.knowledge import Link
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.steps import HEARD, Step, step
from sayagain.text import normalise
from sayagain.turns import Goal, Hypothesis, Session, Turn, fitting_unit, said

__all__ = ["crossed_links", "goal_steps", "links"]

Steps = list[list[Step]]


def goal_steps(goals: Sequence[Goal], p_defect: Mapping[str, float], user: str) -> Steps:
    """Return a session's goals as the chain sees them.

    Args:
        goals: of one session.
        p_defect: the judge's probability by turn id; a turn without one speaks for itself.
        user: the session's privacy unit, which the chain counts as its user.
    """
    steps: Steps = []
    for goal in goals:
        steps.append([])
        for place, turn in enumerate(goal.turns):
            previous_turn = goal.turns[place - 1] if place else None
            next_turn = goal.turns[place + 1] if place + 1 < len(goal.turns) else None
            words, heard = normalise(turn.request), normalise(turn.heard)
            if not _words_were_right(turn, next_turn):
                abandons = previous_turn is not None and gives_up(previous_turn, turn) is not None
                goal_step = step(turn, words=words, heard=heard, p_defect=p_defect.get(turn.turn_id), gives_up=abandons)
                steps[-1].append(msgspec.structs.replace(goal_step, user_id=user))
                continue
            # The next turns rephrase neither this turn nor the turns before it.
            if turn.heard == turn.request:
                goal_step = step(turn, words=words, heard=heard, p_defect=0.0)
                steps[-1].append(msgspec.structs.replace(goal_step, user_id=user))
            steps.append([])
    return [goal for goal in steps if goal]


def _words_were_right(turn: Turn, next_turn: Turn | None) -> bool:
    """Whether a turn failed by no fault of its words: not done, or not found and not said again as misheard."""
    if turn.trouble == "not found":
        return next_turn is None or sounds_misheard(normalise(turn.heard), normalise(next_turn.heard)) is None
    return turn.trouble == "not done"


def links(
    goals_of: Sequence[Steps], hypothesis_of: Callable[[str], Hypothesis | None], settings: ChainSettings
) -> dict[str, Link]:
    """Learn the chain and return where it leads, by state and by every string heard as that state.

    Args:
        goals_of: the goals of each session.
        hypothesis_of: from a state's key to its hypothesis.
        settings: of the chain.
    """
    rewrites = close_chains(learn_chain([goal for session in goals_of for goal in session], settings))
    links_by_state: dict[str, Link] = {}
    for rewrite in rewrites:
        words = rewrite.target_state.removeprefix(HEARD)
        # Where an assistant reports no hypotheses, what works is known by its words alone.
        target = said(words) if words != rewrite.target_state else hypothesis_of(rewrite.target_state)
        if target is not None:
            link = Link(rewrite=rewrite, target=target)
            links_by_state[rewrite.source_state] = link
            for text in rewrite.sources:
                links_by_state.setdefault(f"{HEARD}{text}", link)
    return links_by_state


def crossed_links(
    sessions: Sequence[Session], goals_of: Sequence[Steps], counted: Counted, settings: ChainSettings
) -> list[dict[str, Link]]:
    """Learn the chain once a fold, without that fold's fitting units: what learning may look up for them."""
    return [
        links(
            [steps for session, steps in zip(sessions, goals_of, strict=True) if fold(fitting_unit(session)) != k],
            counted.table.hypothesis,
            settings,
        )
        for k in range(FOLDS)
    ]
