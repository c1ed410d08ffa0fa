import pytest

from sayagain.learning.chain_links import crossed_links, goal_steps, links
from sayagain.learning.count import count
from sayagain.rewriting.chain import ChainSettings
from sayagain.rewriting.lexicon import fold
from sayagain.turns import Hypothesis, Nlu, Response, Turn, fitting_unit, goals, sessions

SETTINGS = ChainSettings(min_turns=2, min_users=2)


@pytest.fixture(scope="module")
def learnt(worlds):
    log = sessions(worlds.misheard(users=20))
    counted = count([(session, [None] * len(session.turns)) for session in log])
    steps = [goal_steps(goals(session, gap=45_000), {}, fitting_unit(session)) for session in log]
    return log, counted, steps


def test_where_the_chain_leads_is_found_by_what_was_heard(learnt, worlds):
    _, counted, steps = learnt
    found = links(steps, counted.table.hypothesis, SETTINGS)
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


def giving_up(*words, language=None):
    return [
        Turn(
            turn_id=f"{i}{k}",
            started=i * 3_600_000 + k * 5_000,
            request=each,
            user_id=f"u{i}",
            language=language,
            nlu=Nlu(intent="" if k == 0 else "Something"),
            response=Response(text="Okay", type="action_done"),
        )
        for i in range(10)
        for k, each in enumerate(words)
    ]


@pytest.mark.parametrize("words", ["never mind", "oh forget it"])
def test_giving_up_is_a_failure_and_no_target(words):
    log = sessions(giving_up("lam pon", words))
    steps = [goal_steps(goals(session, gap=45_000), {}, fitting_unit(session)) for session in log]
    assert [step.gives_up for (goal,) in steps for step in goal] == [False, True] * 10
    assert links(steps, lambda _: Hypothesis(intent="Something"), SETTINGS) == {}


def test_english_words_of_giving_up_are_not_looked_for_in_another_language():
    log = sessions(giving_up("lampean", "never mind", language="xx"))
    steps = [goal_steps(goals(session, gap=45_000), {}, fitting_unit(session)) for session in log]
    assert not any(step.gives_up for (goal,) in steps for step in goal)


def test_another_request_after_one_that_failed_does_not_give_up():
    log = sessions(giving_up("lam pon", "lamp on"))
    steps = [goal_steps(goals(session, gap=45_000), {}, fitting_unit(session)) for session in log]
    assert not any(step.gives_up for (goal,) in steps for step in goal)
    assert set(links(steps, lambda _: Hypothesis(intent="Something"), SETTINGS)) == {"heard:lam pon"}
