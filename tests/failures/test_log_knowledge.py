from sayagain.failures.log_knowledge import LogKnowledge, Outcomes, heard_words
from sayagain.turns import Action, sessions


def test_a_session_is_not_told_of_itself(home_log, working_turn):
    log = sessions(home_log)
    session = next(s for s in log if s.turns[0].request == "play the daily")
    knowledge = LogKnowledge.of(log)
    assert knowledge.about(session).request("play the daily") == Outcomes(5, 0)
    (new,) = sessions([working_turn("play the daily")])
    # The log was counted without it; nothing may become negative.
    alone = LogKnowledge.of([new]).about(new)
    assert alone.request("play the daily") == Outcomes(0, 0)
    assert alone.similar("play the deli") is None


def test_a_similar_request_is_another_one_that_works(home_log, make_turn):
    lost = make_turn("turn on the kitchen lite", answer=("Sorry", "no_intent_match"))
    log = sessions([*home_log, lost])
    knowledge = LogKnowledge.of(log).about(next(s for s in log if lost in s.turns))
    assert knowledge.similar("turn on the kitchen lite").words == "turn on the kitchen light"
    assert knowledge.similar("turn on the kitchen lite", by_sound=True).similarity == 1.0
    assert knowledge.similar("turn on the kitchen light").words != "turn on the kitchen light"


def test_a_turn_that_the_user_rejects_did_not_work(make_turn, hypothesis):
    taken = make_turn("lamp on", hypothesis=hypothesis("HassTurnOn", name="lamp"))
    rejected = make_turn("no not that one", answer=("Sorry", "no_intent_match"), at=taken.started + 4_000)
    other = make_turn("what time is it", at=taken.started + 9_000_000)
    log = sessions([taken, rejected, other])
    assert LogKnowledge.of(log).about(log[-1]).request("lamp on") == Outcomes(0, 1)


def test_homes_do_not_tell_of_each_other(make_turn):
    here, there = (make_turn("lamp on", home=home, user=home) for home in ("a", "b"))
    log = sessions([here, there])
    knowledge = LogKnowledge.of(log)
    assert [knowledge.about(session).request("lamp on") for session in log] == [Outcomes(0, 0)] * 2


def test_things_whose_names_hold_each_other_are_rivals(make_turn):

    turns = [
        make_turn("x", actions=(Action(target=target),))
        for target in ("light.desk_lamp", "light.desk_lamp_office", "light.floor_lamp")
    ]
    log = sessions(turns)
    knowledge = LogKnowledge.of(log).about(log[0])
    assert knowledge.rivals("light.desk_lamp") == 1
    assert knowledge.rivals("light.floor_lamp") == 0


def test_words_without_an_end_are_cut(make_turn):
    assert len(heard_words(make_turn("la " * 10_000))) <= 400
