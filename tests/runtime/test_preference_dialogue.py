"""Preferences in conversation: asked first, kept after a yes, filled in where a request leaves them open."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.runtime import Runtime
from sayagain.store import MemoryStore
from sayagain.teaching import EXCHANGE_LIFETIME, LessonOwner
from sayagain.turns import Response, Turn

NOW = 1_777_777_777_000
HOUSEHOLD = LessonOwner.household(None)


class Talk:
    """A conversation in one place."""

    def __init__(self, folder, **fields):
        self.store = MemoryStore()
        self.runtime = Runtime(self.store, folder, blocked=("polka",))
        self.fields = {"device_id": "kitchen", "language": "en"} | fields
        self.clock = count(NOW, 2_000)

    def turn(self, words, **fields):
        started = fields.pop("at", None) or next(self.clock)
        return Turn(turn_id=f"t{started}", started=started, request=words, **(self.fields | fields))

    def say(self, words, **fields):
        return self.runtime.converse(self.turn(words, **fields))

    def answered(self, words, response):
        turn = self.turn(words, response=Response(text=response))
        self.runtime.observe(turn)

    @property
    def kept(self):
        return [(lesson.preference.domain, lesson.means) for lesson in self.store.taught([HOUSEHOLD])]


@pytest.fixture
def talk(tmp_path):
    return Talk(tmp_path)


def test_a_preference_is_kept_after_a_yes_and_fills_the_next_open_request(talk):
    assert talk.say("I like jazz").reply == "Should I remember that you like jazz music?"
    assert talk.kept == []
    assert talk.say("yes").reply == "All right. I will remember that you like jazz music."
    filled = talk.say("play some music in the kitchen")
    assert (filled.text, filled.layer, filled.reply) == ("play jazz in the kitchen", "taught", None)
    assert filled.why == "because on 3 May 2026 you said: “I like jazz”"
    assert talk.say("play rock music").text == "play rock music"
    (lesson,) = talk.store.taught([HOUSEHOLD])
    assert lesson.source == ("I like jazz", "yes")


def test_nothing_is_kept_after_a_no_another_request_or_a_minute(talk):
    for answer in ("no", "turn on the lamp"):
        talk.say("i like jazz")
        talk.say(answer)
        assert talk.say("yes").reply is None
    talk.say("i like jazz", at=NOW)
    assert talk.say("yes", at=NOW + EXCHANGE_LIFETIME + 1).reply is None
    assert talk.kept == []


def test_a_correction_asks_anew(talk):
    talk.say("i like jazz")
    assert talk.say("no, rock").reply == "Should I remember that you like rock music?"
    talk.say("yes")
    assert talk.kept == [("music", "rock")]


def test_an_answer_to_the_assistants_own_question_is_its_own(talk):
    talk.answered("find a restaurant", "What food would you like?")
    assert talk.say("I like Italian food").reply is None
    talk.answered("thanks", "You are welcome.")
    assert talk.say("I like Italian food").reply is not None


def test_what_the_assistant_understands_is_left_to_it(talk):
    class Assistant:
        def understands(self, words, _):
            return words == "i like jazz"

        def knows_name(self, *_):
            return False

    talk.runtime.oracle = Assistant()
    assert talk.say("i like jazz").reply is None
    # Nothing that it would not understand is filled in.
    talk.say("i love rock")
    talk.say("yes")
    assert talk.say("play music").text == "play music"


def test_the_newest_team_takes_the_place_of_the_one_before_and_a_dislike_that_of_a_liking(talk):
    for words in ("my team is Arsenal", "my team is Leeds", "i like jazz", "i hate jazz"):
        talk.say(words)
        reply = talk.say("yes").reply
    assert reply.endswith("that you do not like jazz music, and no longer that you like jazz music.")
    assert talk.kept == [("music", "jazz"), ("sport", "Leeds")]
    assert talk.say("how did my team play").text == "how did the Leeds play"
    assert talk.say("play music").text == "play music"


def test_the_strongest_counts_and_of_these_the_newest(talk):
    for words, filled in (
        ("i like rock", "rock"),
        ("i like pop", "pop"),
        ("i love jazz", "jazz"),
        ("i like soul", "jazz"),
    ):
        talk.say(words)
        talk.say("yes")
        assert talk.say("play music").text == f"play {filled}"


def test_a_users_own_preference_comes_before_the_households(tmp_path):
    talk = Talk(tmp_path, home="flat")
    talk.say("i like jazz")
    talk.say("yes")
    talk.say("i like rock", user_id="ann")
    talk.say("yes", user_id="ann")
    assert talk.say("play music", user_id="ann").text == "play rock"
    assert talk.say("play music", user_id="bob").text == "play jazz"
    assert talk.say("play music").text == "play jazz"


def test_preferences_are_listed_and_forgotten(talk):
    assert talk.say("what are my preferences").reply.startswith("I do not know your preferences yet.")
    for words in ("i like jazz", "i love italian food"):
        talk.say(words)
        talk.say("yes")
    assert talk.say("what are my preferences").reply == "I know that you like italian food, you like jazz music."
    assert talk.say("forget that i like jazz").reply == "All right, I no longer remember that you like jazz music."
    assert talk.say("play music").text == "play music"
    assert "italian" in talk.say("forget italian").reply
    assert talk.kept == []


def test_what_is_on_the_blocklist_is_refused(talk):
    assert talk.say("my favorite music is polka").reply == "I cannot learn that."
    assert talk.say("yes").reply is None


def test_an_interview_asks_about_what_it_does_not_know_and_can_be_resumed(talk):
    talk.say("i like jazz")
    talk.say("yes")
    assert talk.say("learn my preferences").reply == "What food do you like?"
    assert talk.say("italian").reply == "Should I remember that you like italian food?"
    assert talk.say("yes").reply.endswith("From where do you want the news?")
    assert talk.say("I don't know").reply == "Which team do you support?"
    # Another request ends it; asked again, it goes on with what is not known.
    assert talk.say("turn on the lamp").text == "turn on the lamp"
    assert talk.say("italian").reply is None
    assert talk.say("learn my preferences").reply == "From where do you want the news?"
    talk.say("the BBC")
    assert talk.say("no").reply == "All right, I keep nothing. Which team do you support?"
    talk.say("Leeds United")
    assert talk.say("yes").reply.endswith("I have no more questions about your preferences.")
    assert talk.kept == [("food", "italian"), ("music", "jazz"), ("sport", "Leeds United")]


def test_it_works_in_other_languages(talk):
    assert talk.say("Ich mag Jazz", language="de").reply == "Soll ich mir merken, dass du jazz als Musik magst?"
    talk.say("ja", language="de")
    assert talk.say("spiel Musik", language="de").text == "spiel jazz"
    # What was said in one language is filled into requests of that language.
    assert talk.say("play music").text == "play music"


SAID = st.sampled_from(
    [
        "i like jazz",
        "yes",
        "no",
        "learn my preferences",
        "italian",
        "skip",
        "no, rock",
        "forget jazz",
        "play music",
        "",
        "?",
    ]
)


@given(st.lists(SAID, max_size=12))
@settings(max_examples=40, deadline=None)
def test_nothing_is_kept_without_a_yes_and_no_input_blocks_it(tmp_path_factory, said):
    talk = Talk(tmp_path_factory.mktemp("talk"))
    for words in said:
        before = len(talk.kept)
        talk.say(words)
        assert len(talk.kept) <= before or words == "yes"
    talk.say("turn on the lamp")
    assert talk.say("i love soul").reply is not None
    talk.say("yes")
    assert ("music", "soul") in talk.kept
