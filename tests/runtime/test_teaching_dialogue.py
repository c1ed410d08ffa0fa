"""Teaching in conversation through the runtime: asked first, kept after a yes, used on the very next turn."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.runtime import Runtime
from sayagain.store import MemoryStore
from sayagain.teaching import EXCHANGE_LIFETIME, LessonOwner, TaggedReading, TaggedSentence
from sayagain.turns import Turn

NOW = 1_777_777_777_000
HOUSEHOLD = LessonOwner.household(None)


VERBS = {"dim", "play", "turn", "unlock", "mach", "stop"}


class Assistant:
    """Understands one request that begins with a verb that it knows, and knows two lamps."""

    def understands(self, words, _):
        return " and " not in words and words.split()[0].casefold() in VERBS

    def knows_name(self, name, _):
        return name.casefold().removeprefix("the ") in {"desk lamp", "bed lamp"}


class Talk:
    """A conversation in one place; each thing said comes two seconds after the one before."""

    def __init__(self, store, tmp_path, *, oracle=None, takes_steps=True, anonymous="one", **fields):
        self.runtime = Runtime(store, tmp_path, blocked=("safe",), anonymous=anonymous)
        self.runtime.oracle = oracle
        self.fields = {"device_id": "kitchen", "language": "en"} | fields
        self.takes_steps = takes_steps
        self.clock = count(NOW, 2_000)

    def say(self, words, at=None, **fields):
        started = next(self.clock) if at is None else at
        turn = Turn(turn_id=f"t{started}", started=started, request=words, **(self.fields | fields))
        return self.runtime.converse(turn, takes_steps=self.takes_steps)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def talk(store, tmp_path):
    return Talk(store, tmp_path, oracle=Assistant())


def test_a_lesson_is_asked_about_kept_and_used_on_the_very_next_turn(talk, store):
    asked = talk.say("When I say study mode, I mean dim the desk lamp.")
    assert asked.reply == "When you say “study mode”, should I take it as “dim the desk lamp”?"
    assert (asked.layer, asked.text) == ("teaching", "When I say study mode, I mean dim the desk lamp.")
    assert store.taught([HOUSEHOLD]) == []
    assert talk.say("yes please").reply == "All right. From now on, “study mode” means “dim the desk lamp”."
    used = talk.say("study mode, please", conversation_id="another")
    assert (used.text, used.layer, used.reply) == ("dim the desk lamp", "taught", None)
    assert used.why == "because on 3 May 2026 you said: “When I say study mode, I mean dim the desk lamp.”"
    (lesson,) = store.taught([HOUSEHOLD])
    assert lesson.source == ("When I say study mode, I mean dim the desk lamp.", "yes please")
    assert lesson.language == "en"


def test_nothing_is_kept_after_a_no_another_request_or_a_minute(talk, store):
    for answer, reply in (("no", "All right, I keep nothing."), ("turn on the radio", None)):
        talk.say("when i say study mode i mean dim the lamp")
        assert talk.say(answer).reply == reply
        assert talk.say("yes").reply is None
    talk.say("when i say study mode i mean dim the lamp", at=NOW)
    assert talk.say("yes", at=NOW + EXCHANGE_LIFETIME + 1).reply is None
    assert store.taught([HOUSEHOLD]) == []


def test_a_yes_elsewhere_answers_nothing(talk, store):
    talk.say("when i say study mode i mean dim the lamp")
    assert talk.say("yes", device_id="bedroom").reply is None
    assert talk.say("yes", user_id="ann").reply is None
    assert talk.say("yes").reply is not None
    assert len(store.taught([HOUSEHOLD])) == 1


def test_a_correction_asks_anew(talk, store):
    talk.say("when i say study mode i mean dim the lamp")
    assert "“turn on the lamp”" in talk.say("no, I meant turn on the lamp").reply
    talk.say("yes")
    (lesson,) = store.taught([HOUSEHOLD])
    assert (lesson.means, len(lesson.source)) == ("turn on the lamp", 3)
    # A "no" before something that is not understood is another request.
    talk.say("when i say work i mean dim the lamp")
    assert talk.say("no the other one").reply is None


def test_the_newest_meaning_counts_and_says_so(talk):
    for means in ("dim the lamp", "play jazz", "play jazz"):
        talk.say(f"when i say study mode i mean {means}")
        reply = talk.say("yes").reply
        if means == "play jazz":
            expected = "All right. From now on, “study mode” means “play jazz”"
            assert reply.startswith(expected)
    assert not reply.endswith("no longer “dim the lamp”.")
    assert talk.say("study mode").text == "play jazz"


def test_it_says_what_is_replaced(talk):
    for means in ("dim the lamp", "play jazz"):
        talk.say(f"when i say study mode i mean {means}")
        reply = talk.say("yes").reply
    assert reply == "All right. From now on, “study mode” means “play jazz”, and no longer “dim the lamp”."


def test_what_the_assistant_cannot_do_is_refused(talk, store):
    reply = talk.say("when i say study mode i mean fnord the gazebo").reply
    assert reply == "I cannot learn that: I do not know how to do “fnord the gazebo”."
    assert talk.say("yes").reply is None
    assert store.taught([HOUSEHOLD]) == []


def test_self_reference_and_circles_are_refused(talk):
    circular = "I cannot learn that: “{}” would lead back to “{}”."
    assert talk.say("when i say mode i mean turn on mode").reply == circular.format("turn on mode", "mode")
    talk.say("when i say a1 i mean turn b1")
    talk.say("yes")
    assert talk.say("when i say b1 i mean play a1").reply == circular.format("play a1", "b1")
    assert talk.say("when i say turn on i mean turn on").reply == "I cannot learn that."


def test_what_is_on_the_blocklist_or_turns_a_request_round_is_refused(talk, store):
    assert talk.say("when i say study mode i mean turn the safe").reply == "I cannot learn that."
    assert talk.say("when i say turn on the lamp i mean turn off the lamp").reply == "I cannot learn that."
    # Nothing is turned round where the phrase is no request.
    assert talk.say("when i say night off i mean turn on the lamp").reply.startswith("When you say")
    assert store.taught([HOUSEHOLD]) == []


def test_what_opens_the_house_may_be_taught_and_is_asked_about_at_use(talk):
    talk.say("when i say open sesame i mean unlock the front door")
    assert talk.say("yes").reply.startswith("All right.")
    used = talk.say("open sesame")
    assert (used.text, used.ask, used.ask_each_time) == ("open sesame", "unlock the front door", True)


def test_several_requests_are_kept_as_steps(talk):
    talk.say("when I say study mode, dim the desk lamp and play jazz")
    talk.say("yes")
    used = talk.say("study mode")
    assert used.steps == ("dim the desk lamp", "play jazz")


def test_a_front_that_takes_one_request_is_taught_several_only_if_they_worked_together(store, tmp_path):
    lesson = "when I say study mode, dim the desk lamp and play jazz"
    assert "do not know how" in Talk(store, tmp_path, oracle=Assistant(), takes_steps=False).say(lesson).reply
    assert "do not know how" in Talk(store, tmp_path, takes_steps=False).say(lesson).reply
    assert Talk(store, tmp_path, oracle=Assistant()).say(lesson).reply.startswith("When you say")


def test_a_taught_name_counts_within_requests(talk):
    asked = talk.say("call the desk lamp my reading light").reply
    assert asked == "When you say “reading light”, should I take it as “the desk lamp”?"
    talk.say("yes")
    assert talk.say("turn off my reading light").text == "turn off the desk lamp"
    assert talk.say("turn off the light").text == "turn off the light"
    talk.say("when I say the bedside light I mean the bed lamp")
    talk.say("yes")
    assert talk.say("dim the bedside light").text == "dim the bed lamp"


@pytest.mark.parametrize(
    "request_words",
    ["call a taxi to my house", "call the desk lamp my light", "call the desk lamp my bed lamp", "call mum my darling"],
)
def test_a_call_and_a_name_that_is_taken_are_no_lesson(request_words, talk):
    assert talk.say(request_words).reply is None


class Rooms(Assistant):
    """Understands a request with or without one of its rooms."""

    def understands(self, words, turn):
        plain, _, place = words.partition(" in the ")
        return super().understands(plain, turn) and place in {"", "attic"}


@pytest.mark.parametrize(
    ("request_words", "text"),
    [
        ("study mode in the attic", "dim the lamp in the attic"),
        ("please study mode in the attic", "dim the lamp in the attic"),
        # Nothing of this name is in the house, and this is a request already.
        ("study mode in the moon", None),
        ("turn study mode in the attic", None),
        ("dim the study mode in the attic", None),
    ],
)
def test_a_place_may_follow_a_phrase_where_the_meaning_takes_it(store, tmp_path, request_words, text):
    talk = Talk(store, tmp_path, oracle=Rooms())
    talk.say("when i say study mode i mean dim the lamp")
    talk.say("yes")
    used = talk.say(request_words)
    assert (used.text if used.changed else None) == text


def test_where_nobody_knows_what_is_understood_a_phrase_stands_alone(talk):
    talk.say("when i say study mode i mean dim the lamp")
    talk.say("yes")
    talk.runtime.oracle = None
    assert not talk.say("study mode in the attic").changed


def test_a_lesson_may_mean_another(talk):
    for phrase, means in (("study mode", "dim the lamp"), ("work", "study mode")):
        talk.say(f"when i say {phrase} i mean {means}")
        assert talk.say("yes").reply.startswith("All right.")
    assert talk.say("work").text == "dim the lamp"


def test_lessons_are_listed_and_forgotten(talk):
    assert talk.say("what did I teach you?").reply == "You have not taught me anything yet."
    assert talk.say("forget study mode").reply is None
    talk.say("when i say study mode i mean dim the lamp")
    talk.say("yes")
    assert talk.say("what did i teach you").reply == "You taught me: “study mode” means “dim the lamp”."
    assert talk.say("forget what I said about study mode").reply == (
        "All right, “study mode” has no special meaning any more."
    )
    assert talk.say("study mode").text == "study mode"
    assert talk.say("forget it").reply is None


def test_it_is_told_in_the_language_of_the_turn(store, tmp_path):
    talk = Talk(store, tmp_path, oracle=Assistant(), language="de-AT")
    assert talk.say("Wenn ich Lernmodus sage, mach die Lampe an").reply == (
        "Wenn du „Lernmodus“ sagst, soll das „mach die Lampe an“ heißen?"
    )
    assert talk.say("ja gerne").reply.startswith("In Ordnung.")
    assert talk.say("bitte lernmodus").text == "mach die Lampe an"
    assert not talk.say("lernmodus", language="en").changed


def test_where_the_language_is_not_known_a_lesson_counts_in_every(store, tmp_path):
    talk = Talk(store, tmp_path, oracle=Assistant(), language=None)
    talk.say("when i say study mode i mean dim the lamp")
    talk.say("yes")
    assert {talk.say("study mode", language=code).text for code in (None, "en", "de")} == {"dim the lamp"}


def test_who_is_identified_teaches_for_themselves_and_others_for_their_home(store, tmp_path):
    lesson = "when i say study mode i mean dim the lamp"
    ann, hut = (Talk(store, tmp_path, oracle=Assistant(), **fields) for fields in ({"user_id": "ann"}, {"home": "hut"}))
    ann.say(lesson)
    ann.say("yes")
    assert store.taught([LessonOwner.person("ann")])[0].user_id == "ann"
    assert not hut.say("study mode").changed
    hut.say(lesson)
    hut.say("yes")
    assert store.taught([LessonOwner.household("hut")])[0].user_id is None
    assert hut.say("study mode", user_id="bob").changed
    assert not hut.say("study mode", home="flat").changed


def test_where_nobody_can_tell_who_speaks_nothing_is_taught(store, tmp_path):
    lesson = "when i say study mode i mean dim the lamp"
    nowhere = {"device_id": None}
    assert Talk(store, tmp_path, oracle=Assistant(), **nowhere).say(lesson).reply is None
    strangers = Talk(store, tmp_path, oracle=Assistant(), anonymous="device", **nowhere)
    assert strangers.say(lesson, session_id="s").reply is None


def test_without_an_oracle_the_log_tells_what_works(home):
    def say(words, at=NOW):
        turn = Turn(turn_id=f"t{at}", started=at, request=words, user_id="u9", device_id="d")
        return home.runtime.converse(turn)

    home.store.set_release_in_use(1)
    assert "do not know how" in say("when i say gloom i mean turn of the lamp").reply
    assert say("when i say gloom i mean turn off the lamp", NOW + 1).reply.startswith("When you say")
    # Of what nobody ever said, nobody can tell.
    assert say("when i say gloom i mean water the roses", NOW + 2).reply.startswith("When you say")


def test_rewrite_alone_teaches_nothing(talk):
    turn = Turn(turn_id="t", started=NOW, request="when i say study mode i mean dim the lamp", device_id="kitchen")
    assert talk.runtime.rewrite(turn).reply is None
    assert talk.say("yes").reply is None


SAYINGS = [
    "when i say study mode i mean dim the lamp",
    "when i say work, play jazz and dim the lamp",
    "no i meant play jazz",
    "when i say x1 i mean fnord",
    "call the desk lamp my reading light",
    "yes",
    "no",
    "forget study mode",
    "what did i teach you",
    "study mode",
    "turn on the lamp",
    "",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SAYINGS), st.sampled_from(["kitchen", "bedroom"])), max_size=12))
def test_no_input_blocks_it_and_nothing_is_kept_without_a_yes(tmp_path_factory, inputs):
    store = MemoryStore()
    talk = Talk(store, tmp_path_factory.getbasetemp(), oracle=Assistant())
    for words, device in inputs:
        before = store.taught([HOUSEHOLD])
        decision = talk.say(words, device_id=device)
        after = store.taught([HOUSEHOLD])
        assert after == before or words in {"yes", "forget study mode"}
        if words in {"turn on the lamp", ""}:
            assert (decision.text, decision.reply, decision.changed) == (words, None, False)
    # Whatever was said before, it can be taught.
    assert talk.say("when i say snooze i mean stop the music").reply.startswith("When you say")
    assert talk.say("yes").reply.startswith("All right.")
    assert talk.say("snooze").text == "stop the music"


class Tagger:
    """Reads every sentence as "PHRASE maps onto MEANING", and counts them."""

    def __init__(self):
        self.read_texts = []

    def read(self, text, _language, /):
        self.read_texts.append(text)
        at = text.split().index("maps") if "maps" in text else 1
        count = len(text.split())
        return TaggedSentence(0.9, (TaggedReading((0, at), (at + 2, count), 1.0),) if count > at + 2 else ())


def test_a_wording_that_no_template_lists_is_read_by_a_tagger_if_the_assistant_understands_the_meaning(talk, store):
    talk.runtime.dialogue.tagger = Tagger()
    asked = talk.say("study mode maps onto dim the desk lamp")
    assert asked.reply == "When you say “study mode”, should I take it as “dim the desk lamp”?"
    assert store.taught([HOUSEHOLD]) == []
    talk.say("yes")
    assert talk.say("study mode").text == "dim the desk lamp"
    # A meaning that is not understood, a request that is, and a lesson of which the templates are certain.
    assert talk.say("study mode maps onto wave a wand").reply is None
    read = list(talk.runtime.dialogue.tagger.read_texts)
    assert talk.say("dim the lamp that maps onto nothing").reply is None
    assert talk.runtime.dialogue.tagger.read_texts == read


def test_where_nobody_can_tell_no_tagger_is_asked(store, tmp_path):
    talk = Talk(store, tmp_path)
    talk.runtime.dialogue.tagger = Tagger()
    assert talk.say("study mode maps onto dim the desk lamp").reply is None
    assert talk.runtime.dialogue.tagger.read_texts == []
