import pytest

from sayagain.learning.chain_links import crossed_links, goal_steps, links
from sayagain.learning.count import count
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.lexicon import fold
from sayagain.turns import fitting_unit, goals, sessions

SETTINGS = ChainSettings(min_turns=2, min_users=2)


@pytest.fixture(scope="module")
def learnt(worlds):
    log = sessions(worlds.misheard(users=20))
    counted = count([(session, [None] * len(session.turns)) for session in log])
    steps = [goal_steps(goals(session, gap=45_000), {}, fitting_unit(session)) for session in log]
    return log, counted, steps


def test_where_the_chain_leads_is_found_by_what_was_heard(learnt, worlds):
    _, counted, steps = learnt
    found = links(steps, counted.table.reading, SETTINGS)
    assert set(found) == {"heard:turn of the lamp"}
    link = found["heard:turn of the lamp"]
    assert (link.target, link.rewrite.target) == (worlds.light_off, "turn off the lamp")
    assert link.rewrite.evidence.users == 20


def test_a_reading_that_nobody_knows_leads_nowhere(learnt):
    assert links(learnt[2], lambda _: None, SETTINGS) == {}


def test_what_is_looked_up_for_a_user_was_learnt_without_that_users_fold(learnt):
    log, counted, steps = learnt
    crossed = crossed_links(log, steps, counted, SETTINGS)
    for k, found in enumerate(crossed):
        others = {session.user_id for session in log if fold(session.user_id) != k}
        assert found["heard:turn of the lamp"].rewrite.evidence.users == len(others) < 20


def test_the_judge_overrules_the_words(learnt):
    log, _, _ = learnt
    session = next(each for each in log if len(each.turns) == 4)
    last = session.turns[-1]
    goal = goal_steps(goals(session, gap=45_000), {last.turn_id: 0.4}, fitting_unit(session))[-1]
    assert [step.p_defect for step in goal] == [1.0, 0.4]
    assert [step.surface for step in goal] == ["turn of the lamp", "turn off the lamp"]
