from sayagain.labels import Judgement, Label
from sayagain.learner import group_failing
from sayagain.turns import AppliedRewrite, Hypothesis, Nlu, Response, Turn

LOST = Response(type="error", error_code="no_intent_match")


def turn(name, request, at=0, response=LOST, **known):
    return Turn(turn_id=name, started=at, request=request, response=response, **known)


def test_what_fails_is_gathered_by_its_words_and_what_works_is_not():
    turns = [
        turn("a", "Kill the lights", 5, user_id="u"),
        turn("b", "kill the lights!", 3, user_id="v"),
        turn("c", "kill the lights", 4, user_id="v"),
        turn("d", "open the friend door", 9),
        turn("e", "lamp on", response=Response(type="action_done")),
        turn("f", "mumble", response=None, nlu=Nlu(ranking=(Hypothesis(intent=""),))),
    ]
    found = group_failing(turns, lambda _: None)
    assert [(each.words, each.times, each.users, each.last, each.error_code) for each in found] == [
        ("kill the lights", 3, 2, 5, "no_intent_match"),
        ("mumble", 1, 1, 0, None),
        ("open the friend door", 1, 1, 9, "no_intent_match"),
    ]
    assert group_failing(turns, lambda _: None, limit=1) == found[:1]
    assert group_failing(reversed(turns), lambda _: None) == found


def test_a_request_that_was_understood_and_not_done_says_so():
    offline = Response(type="error", error_code="failed_to_handle")
    (group,) = group_failing([turn("a", "lock the door", response=offline)], lambda _: None)
    assert group.trouble == "not done"


def test_of_a_rewritten_request_the_words_as_heard_count():
    applied = AppliedRewrite(id="r", source="turn of", target="turn off", layer="table")
    assert group_failing([turn("a", "turn off", applied_rewrite=applied)], lambda _: None)[0].words == "turn of"


def test_what_was_mostly_meant_is_told_where_it_is_verified():
    def judged(words, probability):
        hypothesis = Hypothesis(intent="Off")
        label = Label(
            turn_id="t", hypothesis=hypothesis, words=words, provenance="x", probability=probability, weight=1
        )
        return Judgement(turn_id="t", p_defect=1, defect=True, label=label)

    judgements = {
        "a": judged("lights off", 0.9),
        "b": judged("lights off", 0.9),
        "c": judged(None, 0.9),
        "d": judged("no", 0.5),
    }
    turns = [turn(name, "kill the lights") for name in "abcd"]
    assert group_failing(turns, judgements.get)[0].meant == "lights off"
    assert group_failing(turns[2:3], judgements.get)[0].meant == "Off"
    assert group_failing(turns[3:], judgements.get)[0].meant is None


def test_the_same_words_in_two_languages_are_two_requests():
    no = Response(type="error", error_code="no_intent_match")

    def failed(name, language):
        return Turn(turn_id=name, started=0, request="stop", language=language, response=no)

    tagged = [failed("a", "de"), failed("b", "de-AT"), failed("c", "nl"), failed("d", None), failed("e", "*")]
    found = {each.language: each.times for each in group_failing(tagged, lambda _: None)}
    # Those that state no language are in the commonest of the log.
    assert found == {"de": 4, "nl": 1}
    (unknown,) = group_failing(tagged[3:], lambda _: None)
    assert (unknown.language, unknown.times) == (None, 2)
