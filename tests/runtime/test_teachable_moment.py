"""Questions that the assistant asks by itself: about words that keep failing, seldom, and never at night."""

from itertools import count

import pytest

from sayagain.runtime import Runtime
from sayagain.store import MemoryStore
from sayagain.teaching import LessonOwner
from sayagain.turns import Context, Response, Turn

NOW = 1_777_777_777_000
HOUSEHOLD = LessonOwner.household(None)
LAMPS = ("desk lamp", "light", "lamp", "lights")


class Assistant:
    """Turns lamps on and off, and plays jazz."""

    def understands(self, words, _):
        known = {f"{turn} the {lamp}" for turn in ("turn on", "turn off") for lamp in LAMPS} | {"play jazz"}
        return words.casefold() in known

    def knows_name(self, name, _):
        return name.casefold().removeprefix("the ") == "desk lamp"


class Talk:
    """A conversation; what is said is logged, and fails where the assistant does not understand it."""

    def __init__(self, tmp_path):
        self.store = MemoryStore()
        self.runtime = Runtime(self.store, tmp_path)
        self.runtime.oracle = Assistant()
        self.clock = count(NOW, 2_000)

    def say(self, words, *, pause=0, local_time="18:00"):
        for _ in range(pause // 2):
            next(self.clock)
        started = next(self.clock)
        context = Context(local_time=local_time)
        turn = Turn(
            turn_id=f"t{started}", started=started, request=words, device_id="d", language="en", context=context
        )
        decision = self.runtime.converse(turn, takes_steps=True)
        failed = decision.reply is None and not Assistant().understands(decision.text, turn)
        response = Response(text="Sorry", type="error") if failed else Response(text=decision.reply or "Done.")
        self.runtime.observe(Turn(**{**turn_fields(turn), "response": response}), decision)
        return decision


def turn_fields(turn):
    return {name: getattr(turn, name) for name in turn.__struct_fields__}


@pytest.fixture
def talk(tmp_path):
    return Talk(tmp_path)


@pytest.mark.parametrize(
    "answer", ["the desk lamp", "Oh, that's the desk lamp of course.", "by that I mean the desk lamp please"]
)
def test_a_name_that_failed_before_is_asked_about_and_learnt_from_the_answer(talk, answer):
    assert talk.say("turn on the sunshine").reply is None
    assert talk.say("turn on the sunshine").reply == "What do you mean by “sunshine”?"
    assert talk.say(answer).reply == "When you say “sunshine”, should I take it as “the desk lamp”?"
    assert talk.store.taught([HOUSEHOLD]) == []
    assert talk.say("yes").reply.startswith("All right.")
    assert talk.say("turn off the sunshine").text == "turn off the desk lamp"
    (lesson,) = talk.store.taught([HOUSEHOLD])
    assert lesson.source == ("turn on the sunshine", answer, "yes")


def test_a_request_that_failed_before_is_asked_about(talk):
    talk.say("study mode")
    assert talk.say("study mode").reply == "What should I do when you say “study mode”?"
    asked = talk.say("well, turn on the desk lamp and play jazz")
    assert asked.reply.endswith("take it as “turn on the desk lamp and play jazz”?")
    talk.say("yes")
    assert talk.say("study mode").steps == ("turn on the desk lamp", "play jazz")


def test_a_no_or_another_request_ends_it_and_it_is_not_asked_about_again(talk):
    for answer, reply in (("no", "All right, I keep nothing."), ("what time is it", None)):
        talk = Talk(talk.runtime._releases)
        talk.say("study mode")
        assert talk.say("study mode").reply is not None
        assert talk.say(answer).reply == reply
        assert talk.say("study mode", pause=10_000).reply is None
        assert talk.store.taught([HOUSEHOLD]) == []


def test_one_question_a_session(talk):
    for words in ("study mode", "turn on the sunshine", "study mode"):
        asked = talk.say(words)
    assert asked.reply is not None
    talk.say("no")
    assert talk.say("turn on the sunshine").reply is None
    assert talk.say("turn on the sunshine", pause=10_000).reply == "What do you mean by “sunshine”?"


@pytest.mark.parametrize(("local_time", "asks"), [("21:59", True), ("22:00", False), ("03:00", False), ("07:00", True)])
def test_nothing_is_asked_at_night(talk, local_time, asks):
    talk.say("study mode")
    assert (talk.say("study mode", local_time=local_time).reply is not None) is asks


def test_what_worked_before_is_not_asked_about(talk):
    talk.say("turn on the desk lamp")
    talk.say("study mode")
    assert talk.say("turn on the desk lamp").reply is None


def test_where_only_a_log_could_tell_nothing_is_asked(talk):
    talk.say("study mode")
    talk.runtime.oracle = None
    assert talk.say("study mode").reply is None
